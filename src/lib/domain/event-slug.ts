import * as v from 'valibot';

/**
 * The first parts of addresses that are no event's: the app's own, those of the languages, and some that a public site
 * may need one day.
 */
const RESERVED: readonly string[] = [
  ...['api', 'door', 'office', 'ticket', 'tickets'],
  ...['de', 'leicht', 'en', 'uk', 'ru', 'tr', 'ar', 'pl', 'ro'],
  ...[
    'accessibility',
    'admin',
    'contact',
    'events',
    'help',
    'imprint',
    'legal',
    'login',
    'privacy',
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
