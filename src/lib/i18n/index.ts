/**
 * Texts in the reader's language: `m.door_admitted()`. On the server, outside a request (mail, jobs), name
 * the language: `m.mail_subject({}, { locale })`. Links between public pages go through `localizeHref`.
 */
export { m } from './paraglide/messages.js';
export {
  baseLocale,
  deLocalizeUrl,
  getLocale,
  getTextDirection,
  isLocale,
  localizeHref,
  locales,
  setLocale,
  type Locale,
} from './paraglide/runtime.js';
export { intlTag, languageName } from './intl.ts';
