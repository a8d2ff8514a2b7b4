import { describe, expect, test } from 'vitest';
import type { WorkgroupId } from '../../src/lib/domain/ids.ts';
import {
  parseDetails,
  readTypedDetails,
} from '../../src/routes/office/[event]/registrations/[registration]/details-form.ts';
import {
  readFilters,
  readSearch,
  writeFilters,
} from '../../src/routes/office/[event]/registrations/list-query.ts';
import { readBatch } from '../../src/routes/office/[event]/registrations/selected/batch-form.ts';

const id = crypto.randomUUID();

function form(fields: [string, string][]): FormData {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
}

describe('the list’s address', () => {
  const workgroups = [{ id: 'w5' as WorkgroupId }];

  test.each([
    '',
    'workgroup=w5',
    'state=inside',
    'sort=time',
    'workgroup=w5&state=waitlisted&sort=time&page=3',
  ])('%j is read and written again', (query) => {
    expect(writeFilters(readFilters(new URLSearchParams(query), workgroups))).toBe(query);
  });

  test.each(['workgroup=w9', 'state=gone', 'sort=email', 'page=0', 'page=-1', 'page=1e9', 'search=Fatma'])(
    'what is unknown in %j is as if it were not',
    (query) => {
      expect(writeFilters(readFilters(new URLSearchParams(query), workgroups))).toBe('');
    },
  );

  test('what is searched for comes in the body, on one line and not endless', () => {
    expect(readSearch(form([['search', '  Fatma\n Yılmaz ']]))).toBe('Fatma Yılmaz');
    expect(readSearch(form([['search', 'a'.repeat(500)]]))).toHaveLength(200);
    expect(readSearch(form([]))).toBe('');
  });
});

describe('choosing many', () => {
  const chosen: [string, string][] = [
    ['registration', id],
    ['registration', id],
  ];

  test('reads each once, and what shall be done', () => {
    expect(readBatch(form([...chosen, ['what', 'cancel']]))).toEqual({
      ids: [id],
      batch: { kind: 'cancel' },
    });
    expect(readBatch(form([...chosen, ['what', 'move'], ['workgroup', 'w6'], ['overbook', 'yes']]))).toEqual({
      ids: [id],
      batch: { kind: 'move', workgroupId: 'w6', overbook: true },
    });
  });

  test('says what is missing', () => {
    expect(readBatch(form([['what', 'cancel']]))).toEqual({ problem: 'nobody' });
    expect(readBatch(form([...chosen, ['what', 'move']]))).toEqual({
      problem: 'workgroup_missing',
      ids: [id],
    });
  });

  test.each([
    [
      [
        ['registration', 'x'],
        ['what', 'cancel'],
      ],
    ],
    [
      [
        ['registration', id],
        ['what', 'erase'],
      ],
    ],
    [[['registration', id]]],
  ] as [string, string][][][])('refuses what no form of ours sends: %j', (fields) => {
    expect(readBatch(form(fields))).toEqual({ problem: 'malformed' });
  });
});

describe('correcting', () => {
  const typed = (fields: Record<string, string>) =>
    parseDetails(readTypedDetails(form(Object.entries({ name: 'Fatma', email: '', ...fields }))));

  test('reads name, address and needs', () => {
    expect(typed({ email: ' f@example.org ', wheelchair: 'yes', other: ' Platz ' })).toMatchObject({
      details: { name: 'Fatma', email: 'f@example.org', needs: { wheelchair: true, other: 'Platz' } },
    });
    expect(typed({})).toMatchObject({ details: { email: null } });
  });

  test.each([
    [{ name: ' ' }, { name: 'name_missing' }],
    [{ name: 'a'.repeat(201) }, { name: 'name_too_long' }],
    [{ email: 'fatma' }, { email: 'email_wrong' }],
    [{ other: 'a'.repeat(301) }, { other: 'other_too_long' }],
  ])('%j is refused', (fields, problems) => {
    expect(typed(fields)).toEqual({ problems });
  });
});
