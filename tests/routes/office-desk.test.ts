import { describe, expect, test } from 'vitest';
import { v7 } from 'uuid';
import type { ConflictReason } from '../../src/lib/domain/decision.ts';
import {
  choiceOf,
  choicesFor,
  choiceValue,
  readDecisionForm,
} from '../../src/routes/office/[event]/conflicts/conflict-form.ts';
import { readCheckForm } from '../../src/routes/office/[event]/desk/desk-form.ts';
import { parseWalkIn, readTypedWalkIn } from '../../src/routes/office/[event]/desk/walk-in/walk-in-form.ts';
import { aDecision, aScan } from '../domain/support.ts';

function formOf(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

const [one, two, three] = [aScan(), aScan(), aScan()];
const keyOf = (...scans: { id: string }[]) => scans.map(({ id }) => id).join(' ');

describe('what can be chosen of a conflict', () => {
  const values = (reasons: ConflictReason[], scans: (typeof one)[]) =>
    choicesFor({ reasons, scans })?.map(choiceValue) ?? null;

  test.each<[string, ConflictReason[], (typeof one)[], string[] | null]>([
    [
      'two entries',
      ['double_entry'],
      [one, two],
      ['one_person', `two_persons ${two.id}`, `mistake ${one.id}`, `mistake ${two.id}`],
    ],
    ['one entry too many', ['cancelled'], [one], ['one_person', `mistake ${one.id}`]],
    ['three entries: each is asked for', ['double_entry'], [one, two, three], null],
    ['two entries of somebody cancelled', ['cancelled'], [one, two], null],
    [
      'a stay that began by an exit: nobody comes by one',
      ['double_entry'],
      [aScan({ direction: 'exit' }), two],
      ['one_person', `two_persons ${two.id}`, expect.any(String) as string, `mistake ${two.id}`],
    ],
  ])('%s', (_, reasons, scans, expected) => {
    expect(values(reasons, scans)).toEqual(expected);
  });

  test('is what the form reads, and what was decided is chosen already', () => {
    for (const choice of choicesFor({ reasons: ['double_entry'], scans: [one, two] })!) {
      const form = readDecisionForm(formOf({ scans: keyOf(one, two), choice: choiceValue(choice) }));
      if ('problem' in form) throw new Error(form.problem);
      expect(choiceOf(form)).toBe(choiceValue(choice));
    }
    expect(
      choiceOf(
        aDecision([
          [one, 'mistake'],
          [two, 'mistake'],
          [three, 'counts'],
        ]),
      ),
    ).toBe(null);
  });
});

describe('the form of a decision', () => {
  const read = (fields: Record<string, string>) => readDecisionForm(formOf(fields));
  const scans = keyOf(one, two);

  test('asks of each scan where there are many', () => {
    const fields = { scans, [`role ${one.id}`]: 'mistake', [`role ${two.id}`]: 'counts' };
    expect(read(fields)).toEqual({
      scans: [
        { id: one.id, role: 'mistake' },
        { id: two.id, role: 'counts' },
      ],
    });
  });

  test.each([
    ['without a choice', { scans }],
    ['with a word that there is not', { scans, choice: 'anything' }],
    ['with one of the scans left out', { scans, [`role ${one.id}`]: 'mistake' }],
    ['about no scan', { scans, choice: 'mistake' }],
    ['about a scan of another conflict', { scans, choice: `mistake ${three.id}` }],
  ])('%s is asked again', (_, fields) => {
    expect(read(fields)).toEqual({ problem: 'choose_first', key: scans });
  });

  test.each<Record<string, string>>([{}, { scans: '' }, { scans: 'a b' }, { scans: `${one.id},${two.id}` }])(
    'that is none of ours is unreadable: %j',
    (fields) => {
      expect(read(fields)).toEqual({ problem: 'unreadable' });
    },
  );
});

describe('the form of the desk', () => {
  const scan = v7();
  const fields = { scan, checkpoint: 'hall-door', direction: 'entry', why: ' Handy\u202e leer ' };

  test('is read, with the reason on one line', () => {
    expect(readCheckForm(formOf(fields))).toEqual({
      check: { id: scan, checkpointId: 'hall-door', direction: 'entry', why: 'Handy leer', override: false },
    });
    expect(readCheckForm(formOf({ ...fields, override: 'yes' }))).toMatchObject({
      check: { override: true },
    });
  });

  test.each([
    [{ why: ' ' }, 'why_missing'],
    [{ scan: 'x' }, 'unreadable'],
    [{ direction: 'up' }, 'unreadable'],
    [{ checkpoint: '../x' }, 'unreadable'],
  ])('%j is a problem', (changed, problem) => {
    expect(readCheckForm(formOf({ ...fields, ...changed }))).toEqual({ problem });
  });

  test('cuts a reason that is longer than the log understands', () => {
    const form = readCheckForm(formOf({ ...fields, why: 'x'.repeat(500) }));
    expect('check' in form && form.check.why.length).toBe(200);
  });
});

describe('the form for somebody without a registration', () => {
  const fields = { submission: v7(), name: ' Olena  K ', workgroup: 'w5', checkpoint: 'hall-door' };
  const parse = (changed: Record<string, string> = {}, overbook = false) =>
    parseWalkIn(readTypedWalkIn(formOf({ ...fields, ...changed })), overbook);

  test('needs a name and a workgroup, and no more', () => {
    expect(parse()).toMatchObject({
      at: null,
      walkIn: { name: 'Olena K', email: null, workgroupId: 'w5', locale: 'de', overbook: false },
    });
    expect(parse({ inNow: 'yes', language: 'uk' }, true)).toMatchObject({
      at: 'hall-door',
      walkIn: { locale: 'uk', overbook: true },
    });
  });

  test.each([
    [{ name: ' ' }, { name: 'name_missing' }],
    [{ email: 'olena@' }, { email: 'email_wrong' }],
    [{ workgroup: '' }, { workgroup: 'missing' }],
    [
      { name: '', workgroup: '' },
      { name: 'name_missing', workgroup: 'missing' },
    ],
  ])('%j is a problem', (changed, problems) => {
    expect(parse(changed)).toEqual({ problems });
  });
});
