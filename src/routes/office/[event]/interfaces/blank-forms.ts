import type { TypedToken, TypedWebhook } from './interfaces-form';

/** What stands in the forms before anybody has filled them in. Apart, because the browser needs it, too. */
export const BLANK_TOKEN: TypedToken = { name: '', scopes: [], lifetime: 'year' };
export const BLANK_WEBHOOK: TypedWebhook = { url: '', kinds: [] };
