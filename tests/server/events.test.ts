import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localizeHref, locales } from '../../src/lib/i18n/index.ts';
import { createEvent, findEvent, listEvents } from '../../src/lib/server/events.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let opened: TestInstallation;
beforeEach(async () => {
  opened = await testInstallation();
});
afterEach(() => opened.dispose());

const create = (slug: string) => createEvent(opened.installation, dialogueEvening(slug));

/** The first parts of the addresses of all routes, however deep in groups they are. */
function firstParts(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => (name.startsWith('(') ? firstParts(`${folder}/${name}`) : [name]))
    .filter((name) => !name.startsWith('['));
}
const routes = firstParts('src/routes');
const prefixes = locales.map((locale) => localizeHref('/x', { locale }).split('/')[1]!);
const languages = [...locales.filter((locale) => locale !== 'de-simple'), ...prefixes].filter(
  (part) => part !== 'x',
);

describe('an event is called by its short name', () => {
  test.each([['integration'], ['2022'], ['door-2'], ['a'.repeat(63)]])('such as %s', async (slug) => {
    await create(slug);
    expect(await findEvent(opened.installation.db, { slug })).toMatchObject({ slug });
  });

  test('and the routes and the languages have names that could be one', () => {
    expect(routes).toEqual(expect.arrayContaining(['api', 'door', 'office', 'ticket']));
    expect(languages).toEqual(expect.arrayContaining(['leicht', 'en', 'ar']));
  });

  test.each([...new Set([...routes, ...languages])])('but not %s, which is another page', async (slug) => {
    await expect(create(slug)).rejects.toThrow('the address belongs to another page');
    expect(await listEvents(opened.installation.db)).toEqual([]);
  });

  test.each([[''], ['Integration'], ['über'], ['a/b'], ['..'], ['-a'], ['a'.repeat(64)]])(
    'but not %j, which is no good address',
    async (slug) => {
      await expect(create(slug)).rejects.toThrow('small letters, digits and hyphens');
    },
  );
});
