import * as v from 'valibot';

/**
 * The first parts of addresses that are no event's: the app's own, those of the languages, and some that a public site
 * may need one day.
 */
const RESERVED: readonly string[] = [
  ...['api', 'door', 'office', 'ticket', 'tickets'],
  // The office's own pages: an event's are at `/office/integration`.
  ...['invitation', 'new', 'no-access', 'setup', 'sign-in', 'sign-out'],
  ...['de', 'leicht', 'en', 'uk', 'ru', 'tr', 'ar', 'pl', 'ro'],
  ...[
    'accessibility',
    'admin',
    'contact',
    'events',
    'healthz',
    'help',
    'imprint',
    'legal',
    'login',
    'privacy',
    'readyz',
    'static',
  ],
];

/** What an event is called in addresses: `integration` in `/integration/register`. */
export const EventSlugSchema = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'An event’s short name has 1 to 63 characters: small letters, digits and hyphens.',
  ),
  v.check(
    (slug) => !RESERVED.includes(slug),
    'An event can’t have this short name: the address belongs to another page.',
  ),
);

/** A short name for a title, as somebody would type it: `offenes-forum-2027`; empty where nothing of it can be one. */
export function slugOf(title: string): string {
  const plain = title
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '');
  const words = plain.split(/[^a-z0-9]+/).filter(Boolean);
  let slug = words.shift()?.slice(0, 40) ?? '';
  for (const word of words) {
    if (slug.length + 1 + word.length > 40) break;
    slug += `-${word}`;
  }
  return v.is(EventSlugSchema, slug) ? slug : '';
}
