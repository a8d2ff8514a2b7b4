import { describe, expect, test } from 'vitest';
import type { RegistrationId } from '../../src/lib/domain/ids.ts';
import type { Registration } from '../../src/lib/domain/registration.ts';
import { NameSearch } from '../../src/lib/door/name-search.ts';
import { aRegistration } from '../domain/support.ts';

const NAMES = [
  'Ayşe Yılmaz',
  'Jürgen Müller',
  'Łukasz Wiśniewski',
  'Ștefan Țurcanu',
  'Олена Шевченко',
  'Сергей Щербаков',
  'فاطمة الزهراء Fatima Alzahra',
  'أحمد خالد',
  'Søren Æbelø',
  'İbrahim Öztürk',
  "Seán O'Neill",
  'Anna-Lena Groß',
  'Anna Lenz',
];

function rosterOf(names: string[]): Map<RegistrationId, Registration> {
  const registrations = names.map((name, i) => aRegistration(`r${i}`, { name }));
  return new Map(registrations.map((registration) => [registration.id, registration]));
}

const atOnce = () => Promise.resolve();

async function searchIn(names: string[]) {
  const roster = rosterOf(names);
  const search = new NameSearch();
  await search.follow(roster, atOnce);
  return (query: string) => search.find(query, 10).map((id) => roster.get(id)!.name);
}

describe('a name is found', () => {
  test.each([
    ['as it is written', 'Ayşe Yılmaz', 'Ayşe Yılmaz'],
    ['without its marks', 'ayse yilmaz', 'Ayşe Yılmaz'],
    ['by its first letters', 'yil', 'Ayşe Yılmaz'],
    ['in any order', 'Yilmaz Ayse', 'Ayşe Yılmaz'],
    ['with the umlaut left out', 'Muller', 'Jürgen Müller'],
    ['with the umlaut as two letters', 'Mueller', 'Jürgen Müller'],
    ['in Polish', 'Lukasz Wisniewski', 'Łukasz Wiśniewski'],
    ['in Romanian', 'Stefan Turcanu', 'Ștefan Țurcanu'],
    ['in Danish', 'Soren Aebelo', 'Søren Æbelø'],
    ['in Turkish, of a capital İ', 'ibrahim ozturk', 'İbrahim Öztürk'],
    ['in Ukrainian letters', 'Шевч', 'Олена Шевченко'],
    ['in Latin letters for Ukrainian ones', 'Shevchenko Olena', 'Олена Шевченко'],
    ['in Latin letters for Russian ones', 'Shcherbakov', 'Сергей Щербаков'],
    ['by the Latin spelling that it gives', 'Fatima', 'فاطمة الزهراء Fatima Alzahra'],
    ['in Arabic with another spelling', 'فاطمه', 'فاطمة الزهراء Fatima Alzahra'],
    ['in Arabic without the article', 'زهراء', 'فاطمة الزهراء Fatima Alzahra'],
    ['in Arabic with another alef', 'احمد', 'أحمد خالد'],
    ['across an apostrophe', 'oneill sean', "Seán O'Neill"],
    ['with ß as ss', 'gross', 'Anna-Lena Groß'],
    ['with a letter too many', 'Shevchennko', 'Олена Шевченко'],
    ['with two letters swapped', 'Wisneiwski', 'Łukasz Wiśniewski'],
    ['with a letter missing', 'Yilmz', 'Ayşe Yılmaz'],
  ])('%s: %s', async (_, query, name) => {
    expect((await searchIn(NAMES))(query)[0]).toBe(name);
  });
});

test('names that begin as typed come before names that are like it', async () => {
  const find = await searchIn(['Anja Lentz', 'Anna Lenz']);
  expect(find('Anna')).toEqual(['Anna Lenz', 'Anja Lentz']);
});

test.each(['', ' ', 'y', "'", 'Niemand Nirgendwo'])('nobody is found by "%s"', async (query) => {
  expect((await searchIn(NAMES))(query)).toEqual([]);
});

test('no more are told than were asked for', async () => {
  const roster = rosterOf(Array.from({ length: 50 }, (_, i) => `Anna ${i}`));
  const search = new NameSearch();
  await search.follow(roster, atOnce);
  expect(search.find('Anna', 10)).toHaveLength(10);
});

test('it follows the roster: new people, new names, and whoever is gone', async () => {
  const roster = rosterOf(['Ayşe Yılmaz', 'Jürgen Müller', 'Anna Lenz']);
  const search = new NameSearch();
  await search.follow(roster, atOnce);
  const [first, second, third] = [...roster.values()];
  roster.set(first!.id, { ...first!, name: 'Ayşe Demir' });
  roster.delete(second!.id);
  roster.set(third!.id, { ...third!, name: '' });
  const added = aRegistration('new', { name: 'Olga Petrova' });
  roster.set(added.id, added);
  await search.follow(roster, atOnce);
  expect(search.find('Yilmaz', 10)).toEqual([]);
  expect(search.find('Demir', 10)).toEqual([first!.id]);
  expect(search.find('Müller', 10)).toEqual([]);
  expect(search.find('Lenz', 10)).toEqual([]);
  expect(search.find('Petrova', 10)).toEqual([added.id]);
});

test('a large roster is taken in a piece at a time', async () => {
  let pauses = 0;
  await new NameSearch().follow(rosterOf(Array.from({ length: 1_000 }, (_, i) => `Anna ${i}`)), async () => {
    pauses += 1;
  });
  expect(pauses).toBeGreaterThan(3);
});
