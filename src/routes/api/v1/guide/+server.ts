import guide from '../../../../../docs/api.md?raw';
import type { RequestHandler } from './$types';

/** The description of this interface for people, as it comes with this version. */
export const GET: RequestHandler = () =>
  new Response(guide, {
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' },
  });
