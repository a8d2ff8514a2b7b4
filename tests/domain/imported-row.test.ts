import { describe, expect, test } from 'vitest';
import type { WorkgroupId } from '../../src/lib/domain/ids.ts';
import {
  namesPeople,
  readRow,
  workgroupReader,
  type ImportedRow,
} from '../../src/lib/domain/imported-row.ts';
import {
  columnName,
  EXPORTED_COLUMNS,
  findSeparator,
  IMPORTED_COLUMNS,
  readHeader,
} from '../../src/lib/domain/registration-columns.ts';
import { languageReader } from '../../src/lib/domain/registration-words.ts';

const w1 = 'w1' as WorkgroupId;
const w2 = 'w2' as WorkgroupId;
const WORKGROUPS: Parameters<typeof workgroupReader>[0] = [
  { id: w1, number: 1, title: { de: 'Bildung & Schule', en: 'Education', ar: 'التعليم' } },
  { id: w2, number: 2, title: { de: 'Wohnen' } },
];

function read(row: Record<string, string>): ReturnType<typeof readRow> {
  const header = readHeader(Object.keys(row));
  const context = { header, workgroup: workgroupReader(WORKGROUPS), language: languageReader(['de', 'uk']) };
  return readRow({ line: 7, cells: Object.values(row), unclosed: false }, context);
}
const problemsOf = (row: Record<string, string>) => {
  const result = read(row);
  return Array.isArray(result) ? result.map(({ column, kind }) => `${column}: ${kind}`) : [];
};

describe('a header', () => {
  test.each(['de', 'en'] as const)('of all our columns is understood in %s', (language) => {
    for (const columns of [EXPORTED_COLUMNS, IMPORTED_COLUMNS]) {
      const {
        columns: found,
        unknown,
        repeated,
      } = readHeader(columns.map((column) => columnName(column, language)));
      expect([...found.keys()]).toEqual([...columns]);
      expect([...unknown, ...repeated]).toEqual([]);
    }
  });

  test('is understood in any order, case and spelling, and tells what nobody knows', () => {
    const header = readHeader(['E-MAIL ADDRESS', ' vorname', 'Nachname:', 'Haustier', 'Mail', '']);
    expect([...header.columns]).toEqual([
      ['email', 0],
      ['firstName', 1],
      ['lastName', 2],
    ]);
    expect(header).toMatchObject({ unknown: ['Haustier'], repeated: ['Mail'] });
    expect(namesPeople(header)).toBe(true);
    expect(namesPeople(readHeader(['E-Mail']))).toBe(false);
  });

  test.each([
    ['Name;E-Mail\nA, B und C;x', ';'],
    ['Name,E-Mail\n"A;B;C;D",x', ','],
    ['Name\tE-Mail\nA\tx', '\t'],
    ['"Name; ganz";"E-Mail";Stand', ';'],
    ['Name', ';'],
  ])('%j tells the separator', (text, separator) => {
    expect(findSeparator(text)).toBe(separator);
  });
});

describe('a row', () => {
  test('is understood in German and in English', () => {
    const expected: ImportedRow = {
      line: 7,
      id: 'A-1',
      name: 'Ayşe Yılmaz',
      email: 'ayse@example.org',
      workgroupId: w1,
      state: 'waitlisted',
      locale: 'uk',
      affiliation: 'school',
      firstChoiceId: w2,
      secondChoiceId: w1,
      needs: { wheelchair: true, signLanguage: false, interpreting: 'tr', other: 'Platz am Rand' },
      consented: true,
    };
    expect(
      read({
        ID: 'A-1',
        Name: ' Ayşe  Yılmaz ',
        'E-Mail': 'ayse@example.org',
        Arbeitsgruppe: 'bildung und schule'.replace('und', '&'),
        Stand: 'Warteliste',
        Sprache: 'Ukrainisch',
        Institution: 'Schule',
        'Erste Wahl': '2',
        'Zweite Wahl': 'w1',
        Rollstuhl: 'x',
        Gebärdensprache: 'nein',
        Dolmetschen: 'Türkisch',
        'Weitere Unterstützung': 'Platz am Rand',
        Einwilligung: 'ja',
      }),
    ).toEqual(expected);
    expect(
      read({
        'External ID': 'A-1',
        'First name': 'Ayşe',
        Surname: 'Yılmaz',
        Email: '',
        'E-mail': 'ayse@example.org',
        Workgroup: 'EDUCATION',
        State: 'waiting list',
        Language: 'українська',
        Role: 'school',
        'First choice': 'Wohnen',
        'Second choice': 'التعليم',
        Wheelchair: 'yes',
        'Sign language': 'no',
        Interpreting: 'Turkish',
        'Other needs': 'Platz am Rand',
        Consent: 'TRUE',
      }),
    ).toMatchObject({ name: expected.name, workgroupId: w1, firstChoiceId: w2, needs: expected.needs });
  });

  test('says nothing of what its cells leave open', () => {
    expect(read({ Name: 'A', 'E-Mail': '', Rollstuhl: ' ', Arbeitsgruppe: '' })).toMatchObject({
      email: null,
      workgroupId: null,
      state: null,
      needs: {},
      consented: null,
    });
  });

  test('gives back what an export has made harmless', () => {
    expect(read({ Name: "'=Ada", ID: "'-7" })).toMatchObject({ name: '=Ada', id: '-7' });
    expect(read({ Name: "'s Gravenhage" })).toMatchObject({ name: "'s Gravenhage" });
  });

  test.each([
    [{ Name: ' - ' }, ['name: name_missing']],
    [{ Vorname: '', Nachname: '' }, ['lastName: name_missing']],
    [{ Name: 'x'.repeat(201) }, ['name: name_too_long']],
    [{ Name: 'A', 'E-Mail': 'a@b' }, ['email: email_wrong']],
    [{ Name: 'A', AG: '9', Stand: 'da' }, ['workgroup: workgroup_unknown', 'state: state_unknown']],
    [{ Name: 'A', Sprache: 'Latein' }, ['language: language_unknown']],
    [{ Name: 'A', Rollstuhl: 'vielleicht' }, ['wheelchair: answer_unknown']],
    [{ Name: 'A', Dolmetschen: 'Latein' }, ['interpreting: interpreting_unknown']],
    [{ Name: 'A', Institution: 'Zirkus' }, ['affiliation: affiliation_unknown']],
    [{ Name: 'A', ID: 'x'.repeat(201) }, ['id: id_too_long']],
    [{ Name: 'A', 'Weitere Unterstützung': 'x'.repeat(301) }, ['otherNeeds: other_too_long']],
  ])('%j is complained about', (row, problems) => {
    expect(problemsOf(row)).toEqual(problems);
  });

  test('names the cell that is wrong, but not more of it than can be read', () => {
    const [problem] = read({ Name: 'A', 'E-Mail': 'x'.repeat(100) }) as { value?: string }[];
    expect(problem).toMatchObject({ line: 7, value: 'x'.repeat(60) });
  });
});

test('a title that two workgroups have names neither, their numbers do', () => {
  const find = workgroupReader([
    { id: w1, number: 1, title: { de: 'Gruppe' } },
    { id: w2, number: 2, title: { de: 'gruppe' } },
  ]);
  expect([find('Gruppe'), find('1'), find('W2')]).toEqual([null, w1, w2]);
});
