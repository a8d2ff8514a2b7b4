import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import { writeCsvRow } from '../../src/lib/domain/csv.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { nameKey } from '../../src/lib/domain/name-folding.ts';
import { tidy } from '../../src/lib/domain/person.ts';
import type { RegistrationState } from '../../src/lib/domain/registration.ts';
import { addMillis, DAY, HOUR, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import { createEvent, touchSetting } from '../../src/lib/server/events.ts';
import { readFeed } from '../../src/lib/server/feed.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { cancelRegistrations } from '../../src/lib/server/places.ts';
import { exportRegistrations } from '../../src/lib/server/registration-export.ts';
import {
  checkImport,
  deleteOldImports,
  runImport,
  type ImportOptions,
} from '../../src/lib/server/registration-import/import.ts';
import { decodeTable } from '../../src/lib/server/registration-import/table.ts';
import { countMails } from '../../src/lib/server/registration-import/write.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { eraseOwnRegistration } from '../../src/lib/server/self-service.ts';
import { cellsOf } from '../support/csv.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const evening = dialogueEvening();
const w1 = 'w1' as WorkgroupId;
const w2 = 'w2' as WorkgroupId;
const PLACES = 2;
const SILENT: ImportOptions = { mails: false, overbook: false };

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = addMillis(evening.registrationUntil, -DAY);
  opened = await testInstallation(() => now);
  installation = opened.installation;
  const workgroups = evening.workgroups.map((workgroup) => ({ ...workgroup, places: PLACES }));
  eventId = await createEvent(installation, { ...evening, workgroups });
});
afterEach(() => opened.dispose());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function register(
  name: string,
  {
    workgroupId = w1,
    state = 'confirmed',
    email = null,
    hostId = null,
  }: {
    workgroupId?: WorkgroupId;
    state?: RegistrationState;
    email?: string | null;
    hostId?: RegistrationId | null;
  } = {},
): Promise<RegistrationId> {
  now = addMillis(now, MINUTE);
  const submissionId = crypto.randomUUID();
  const origin = 'office';
  const person = {
    submissionId,
    name,
    email,
    workgroupId,
    locale: 'de',
    origin,
    state,
    consented: true,
    hostId,
  } as const;
  return registerByOffice(installation, eventId, person);
}

async function check(text: string, event = eventId) {
  const checked = await checkImport(installation, event, bytes(text));
  if ('problem' in checked) throw new Error(checked.problem);
  const { plan, table, id } = checked;
  return {
    id,
    added: plan.added.length,
    changed: plan.changed.length,
    unchanged: plan.unchanged,
    keptCancelled: plan.keptCancelled,
    promoted: plan.promoted.length,
    mails: countMails(plan, checked.situation),
    problems: [...table.problems, ...plan.problems].map(
      ({ line, column, kind }) => `${line} ${column}: ${kind}`,
    ),
  };
}

async function take(text: string, options = SILENT, event = eventId) {
  const { id, problems } = await check(text, event);
  if (!id) throw new Error(problems.join(', '));
  const outcome = await runImport(installation, event, id, options);
  return outcome.kind === 'imported' ? outcome.result : outcome.kind;
}

async function rows(event = eventId) {
  return installation.db
    .selectFrom('registrations')
    .selectAll()
    .where('event_id', '=', event)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}
const people = async (event = eventId) =>
  (await rows(event)).map(({ name, workgroup_id, state }) => `${name} ${workgroup_id} ${state}`);

async function mails(): Promise<string[]> {
  const found = await installation.db.selectFrom('mails').select('kind').orderBy('id').execute();
  return found.map(({ kind }) => kind);
}

describe('new rows', () => {
  test('become registrations with tickets, found by search, told to the tablets, and written down', async () => {
    const table =
      'Name;E-Mail;Arbeitsgruppe;Rollstuhl;Sprache;Einwilligung\nAyşe Yılmaz;ayse@example.org;2;ja;Türkisch;ja';
    expect(await take(table)).toMatchObject({ added: 1, changed: 0, unchanged: 0, waitlisted: 0 });
    const [row] = await rows();
    expect(row).toMatchObject({
      name: 'Ayşe Yılmaz',
      name_key: nameKey('Ayşe Yılmaz'),
      email: 'ayse@example.org',
      workgroup_id: w2,
      state: 'confirmed',
      locale: 'tr',
      origin: 'office',
      access_needs: JSON.stringify({ ...NO_NEEDS, wheelchair: true }),
      consented_at: now,
    });
    const { changes } = await readFeed(installation.db, eventId, 0);
    expect(changes.filter(({ kind }) => kind === 'registration')).toHaveLength(1);
    const [act] = await listActs(installation.db, eventId, {}, 10);
    expect(act).toMatchObject({ kind: 'registrations_imported', details: { added: 1, changed: 0 } });
    expect(JSON.stringify(act)).not.toContain('Ay');
    expect(await mails()).toEqual([]);
  });

  test('take the places in their order; the others wait, unless more may be given away', async () => {
    const table = 'Name;AG\nA;1\nB;1\nC;1\nD;2\n';
    expect(await take(table)).toMatchObject({ added: 4, waitlisted: 1 });
    expect(await people()).toEqual(['A w1 confirmed', 'B w1 confirmed', 'C w1 waitlisted', 'D w2 confirmed']);
    expect(await take('Name;AG\nE;1', { mails: false, overbook: true })).toMatchObject({ waitlisted: 0 });
  });

  test('that are cancelled take none, and those for the waiting list get what is left', async () => {
    await take('Name;AG;Stand\nA;1;Warteliste\nB;1;\nC;1;abgesagt\nD;1;mit Platz\n');
    expect(await people()).toEqual(['A w1 waitlisted', 'B w1 confirmed', 'C w1 cancelled', 'D w1 confirmed']);
    await take('Name;AG;Stand\nE;2;Warteliste\n');
    expect((await people()).at(-1)).toBe('E w2 confirmed');
  });

  test('go to their first choice where they name no workgroup', async () => {
    await take('Name;Erste Wahl;Zweite Wahl\nA;2;1');
    expect((await rows())[0]).toMatchObject({ workgroup_id: w2, first_choice_id: w2, second_choice_id: w1 });
  });

  test('are told by mail only where that is wanted', async () => {
    const table = 'Name;E-Mail;AG\nA;a@example.org;1\nB;;1\nC;c@example.org;1';
    expect(await check(table)).toMatchObject({ mails: 2 });
    await take(table, { mails: true, overbook: false });
    expect(await mails()).toEqual(['confirmation', 'waiting_list']);
  });
});

describe('importing again', () => {
  const table = 'Name;E-Mail;AG\nAyşe;ayse@example.org;1\nBo;;1\nCem;;1\n';

  test('changes nothing, nor do other spellings of the same', async () => {
    await take(table);
    const before = await rows();
    const same = { added: 0, changed: 0, unchanged: 3 };
    expect(await take(table, { mails: true, overbook: false })).toMatchObject(same);
    expect(await check('Name,E-Mail,AG\n"Ayşe",AYSE@example.org,w1\nBo,,1\nCem,,1')).toMatchObject(same);
    expect(await rows()).toEqual(before);
    expect(await mails()).toEqual([]);
  });

  test('knows people by their ids, whatever else has changed', async () => {
    await take('ID;Name;E-Mail;AG\n7;Ayşe;ayse@example.org;1\n8;Ayşe;ayse@example.org;1');
    const [first, second] = await rows();
    const changed = await take('ID;Name;E-Mail;AG\n8;Ayşe Demir;neu@example.org;2\n7;Ayşe;;');
    expect(changed).toMatchObject({ added: 0, changed: 1, unchanged: 1 });
    const after = await rows();
    expect(after[0]).toEqual(first);
    expect(after[1]).toMatchObject({
      id: second!.id,
      name: 'Ayşe Demir',
      email: 'neu@example.org',
      workgroup_id: w2,
    });
    expect(after[1]!.name_key).toBe(nameKey('Ayşe Demir'));
    expect(await take(`ID;Name\n${second!.id};Ayşe Yıldız`)).toMatchObject({ added: 0, changed: 1 });
  });

  test("at another event makes other registrations, also of that event's ids", async () => {
    await take('ID;Name;AG\n7;Ayşe;1');
    const other = await createEvent(installation, dialogueEvening('other'));
    expect(await take('ID;Name;AG\n7;Ayşe;1', SILENT, other)).toMatchObject({ added: 1 });
    const [row] = await rows();
    expect(await take(`ID;Name;AG\n${row!.id};Ayşe;1`, SILENT, other)).toMatchObject({ added: 1 });
  });

  test('does not register again who has cancelled since, nor take a place back that was given', async () => {
    await take('Name;AG;Stand\nA;1;\nB;1;\nC;1;Warteliste');
    const [a] = await rows();
    await installation.db
      .transaction()
      .execute((tx) => cancelRegistrations(tx, installation, eventId, [a!.id]));
    const before = await people();
    expect(before).toEqual(['A w1 cancelled', 'B w1 confirmed', 'C w1 confirmed']);
    expect(await take('Name;AG;Stand\nA;1;\nB;1;\nC;1;Warteliste')).toMatchObject({
      keptCancelled: 1,
      unchanged: 2,
    });
    expect(await people()).toEqual(before);
  });
});

describe('changes', () => {
  test('free places for those who wait, and are told by mail', async () => {
    await register('A', { email: 'a@example.org' });
    await register('B');
    await register('W', { state: 'waitlisted', email: 'w@example.org' });
    await register('V', { state: 'waitlisted' });
    const table = 'Name;E-Mail;AG;Stand\nA;a@example.org;;abgesagt\nNeu;;1;';
    expect(await check(table)).toMatchObject({ added: 1, changed: 1, promoted: 1 });
    await take(table);
    expect(await people()).toEqual([
      'A w1 cancelled',
      'B w1 confirmed',
      'W w1 confirmed',
      'V w1 waitlisted',
      'Neu w1 waitlisted',
    ]);
    // Who is in the table shall not be written to; who gets a place by it must know.
    expect(await mails()).toEqual(['promotion']);
  });

  test('move people only where places are free, also such as others of the table give up', async () => {
    await register('A');
    await register('B');
    await register('C', { workgroupId: w2 });
    await register('D', { workgroupId: w2 });
    const swap = 'Name;AG\nA;2\nC;1';
    expect(await check(swap)).toMatchObject({ changed: 2, problems: [] });
    await take(swap);
    expect(await people()).toEqual(['A w2 confirmed', 'B w1 confirmed', 'C w1 confirmed', 'D w2 confirmed']);
    const full = await check('Name;AG\nB;2');
    expect(full.problems).toEqual(['2 workgroup: full']);
    expect((await runImport(installation, eventId, full.id!, SILENT)).kind).toBe('refused');
    expect((await people())[1]).toBe('B w1 confirmed');
    const overbooked = await runImport(installation, eventId, full.id!, { mails: false, overbook: true });
    expect(overbooked).toMatchObject({ kind: 'imported', result: { changed: 1 } });
    expect((await people())[1]).toBe('B w2 confirmed');
  });

  test('put whoever waits at the end of another list', async () => {
    for (const name of ['A', 'B']) await register(name, { workgroupId: w2 });
    await register('V', { state: 'waitlisted', workgroupId: w2 });
    await register('W', { state: 'waitlisted' });
    await take('Name;AG\nW;2');
    const waiting = (await rows()).filter(({ state }) => state === 'waitlisted');
    expect(waiting.map(({ name, workgroup_id }) => `${name} ${workgroup_id}`)).toEqual(['V w2', 'W w2']);
    expect(waiting[0]!.waiting_since!).toBeLessThan(waiting[1]!.waiting_since!);
  });

  test('add needs and keep the others, keep what cells leave open, and leave a companion without an address', async () => {
    const host = await register('Host', { email: 'host@example.org' });
    const companion = await register('Kind', { hostId: host });
    await take(`ID;Name;E-Mail;Rollstuhl\n${companion};Kind;kind@example.org;ja\n${host};Host;;`);
    await take(`ID;Name;Dolmetschen\n${companion};Kind;Türkisch`, { mails: true, overbook: false });
    const [first, second] = await rows();
    expect(first).toMatchObject({ email: 'host@example.org' });
    expect(second).toMatchObject({ email: null });
    expect(JSON.parse(second!.access_needs)).toEqual({ ...NO_NEEDS, wheelchair: true, interpreting: 'tr' });
    expect(await mails()).toEqual(['change']);
  });
});

describe('errors', () => {
  test('are told with line and column, and then nothing is taken in', async () => {
    const table = 'Name;E-Mail;AG\nA;;1\n;b@example.org;1\n\n"C\nD";c@;9\nE;;';
    const checked = await check(table);
    expect(checked).toMatchObject({ id: null });
    expect(checked.problems).toEqual([
      '3 name: name_missing',
      '5 email: email_wrong',
      '5 workgroup: workgroup_unknown',
      '6 workgroup: workgroup_missing',
    ]);
    expect(await rows()).toEqual([]);
  });

  test('are two rows about one person, one row about several, and one about somebody erased', async () => {
    expect((await check('Name;AG\nA;1\nA;2')).problems).toEqual(['3 null: repeated']);
    expect((await check('ID;Name;AG\n1;A;1\n1;B;2')).problems).toEqual(['3 null: repeated']);
    await register('Zwilling');
    await register('Zwilling');
    expect((await check('Name\nZwilling')).problems).toEqual(['2 name: ambiguous']);
    const id = await register('Geist', { workgroupId: w2 });
    await eraseOwnRegistration(installation, eventId, id);
    expect((await check(`ID;Name\n${id};Geist`)).problems).toEqual(['2 id: erased']);
  });

  test('of which there may be one for each cell are all counted, and not all kept', async () => {
    const checked = await checkImport(installation, eventId, bytes('Name\n' + '-\n'.repeat(5_000)));
    if ('problem' in checked) throw new Error(checked.problem);
    expect(checked.table.problemCount).toBe(5_000);
    expect(checked.table.problems).toHaveLength(1_000);
  });

  test.each([
    ['', 'empty'],
    ['Name;AG\n', 'empty'],
    ['PK\u0003\u0004xx', 'workbook'],
    ['Name\n\0', 'not_text'],
    ['Ayşe;1\nBo;2', 'no_header'],
    ['E-Mail\na@example.org', 'no_names'],
    ['Name\n' + 'a\n'.repeat(50_001), 'too_many_rows'],
  ])('%# no table of registrations', async (text, problem) => {
    expect(await checkImport(installation, eventId, bytes(text))).toEqual({ problem });
  });

  test('are all that comes of any text', async () => {
    const piece = fc.constantFrom(
      'Name',
      'E-Mail',
      'AG',
      ';',
      ',',
      '\t',
      '\n',
      '"',
      '1',
      'ID',
      'Stand',
      '=',
      'ü',
    );
    const text = fc.string({
      unit: fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 2 })),
      maxLength: 60,
    });
    const check = async (text: string) => {
      const checked = await checkImport(installation, eventId, bytes(text));
      if ('id' in checked && checked.id) await runImport(installation, eventId, checked.id, SILENT);
    };
    await fc.assert(fc.asyncProperty(text, check), { numRuns: 50 });
    await fc.assert(
      fc.asyncProperty(text, (rest) => check(`Name;AG;ID\n${rest}`)),
      { numRuns: 100 },
    );
  });
});

describe('a file', () => {
  const text = 'Name;AG\nJörg Müßig – „Łódź“;1';
  const encode = (encoding: string): Uint8Array => {
    switch (encoding) {
      case 'utf-8':
        return bytes(text);
      case 'utf-8 with a mark':
        return bytes('\uFEFF' + text);
      case 'utf-16':
        return Buffer.from('\uFEFF' + text, 'utf16le');
      default:
        throw new Error(encoding);
    }
  };

  test.each(['utf-8', 'utf-8 with a mark', 'utf-16'])('in %s is understood', (encoding) => {
    const decoded = decodeTable(encode(encoding));
    expect('text' in decoded && decoded.text.replace('\uFEFF', '')).toBe(text);
  });

  test('in Windows-1252 is understood', () => {
    // „Müßig € –“
    const old = Uint8Array.of(0x84, 0x4d, 0xfc, 0xdf, 0x69, 0x67, 0x20, 0x80, 0x20, 0x96, 0x93);
    expect(decodeTable(old)).toEqual({ text: '„Müßig € –“' });
  });

  test('is kept for an hour, and what came of it for a day', async () => {
    const { id } = await check('Name;AG\nA;1');
    now = addMillis(now, HOUR);
    await deleteOldImports(installation);
    expect((await runImport(installation, eventId, id!, SILENT)).kind).toBe('gone');
    const { id: second } = await check('Name;AG\nA;1');
    await runImport(installation, eventId, second!, SILENT);
    now = addMillis(now, HOUR);
    await deleteOldImports(installation);
    const again = await runImport(installation, eventId, second!, SILENT);
    expect(again).toMatchObject({ kind: 'imported', result: { added: 1 } });
    expect(await people()).toEqual(['A w1 confirmed']);
    const { content } = await installation.db
      .selectFrom('imports')
      .select('content')
      .executeTakeFirstOrThrow();
    expect(content).toBe('');
    now = addMillis(now, DAY);
    await deleteOldImports(installation);
    expect((await runImport(installation, eventId, second!, SILENT)).kind).toBe('gone');
  });

  test('is gone when another is looked at, and belongs to one event', async () => {
    const { id } = await check('Name;AG\nA;1');
    const other = await createEvent(installation, dialogueEvening('other'));
    expect((await runImport(installation, other, id!, SILENT)).kind).toBe('gone');
    await check('Name;AG\nB;1');
    expect((await runImport(installation, eventId, id!, SILENT)).kind).toBe('gone');
  });

  test('that two people take in at once is taken in once', async () => {
    const { id } = await check('Name;AG\nA;1');
    const both = await Promise.all([1, 2].map(() => runImport(installation, eventId, id!, SILENT)));
    expect(both.map(({ kind }) => kind)).toEqual(['imported', 'imported']);
    expect(await people()).toEqual(['A w1 confirmed']);
  });
});

test('what has happened since a file was looked at counts: a place that was taken, a person who is there now', async () => {
  const { id } = await check('Name;AG\nA;1\nB;1\nC;1');
  await register('Andere');
  await register('B');
  const outcome = await runImport(installation, eventId, id!, SILENT);
  expect(outcome).toMatchObject({ kind: 'imported', result: { added: 2, waitlisted: 2, unchanged: 1 } });
});

test.each([
  [
    'a registration',
    () => Promise.all([register('A'), register('Andere')]),
    { added: 1, waitlisted: 1, unchanged: 1 },
  ],
  ['fewer places', () => setPlaces(0), { added: 2, waitlisted: 2 }],
  ['more places', () => setPlaces(9), { added: 2, waitlisted: 0 }],
] as const)('what comes up while a file is taken in counts: %s', async (_, happen, result) => {
  const { id } = await check('Name;AG\nA;1\nB;1');
  const outcome = await runImport(interrupted(happen), eventId, id!, SILENT);
  expect(outcome).toMatchObject({ kind: 'imported', result });
});

async function setPlaces(places: number): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    await tx.updateTable('workgroups').set({ places }).execute();
    await touchSetting(tx, eventId);
  });
}

/** The installation, in which something happens just before the next transaction. */
function interrupted(happen: () => Promise<unknown>): Installation {
  const transaction = () => ({
    async execute(work: Parameters<ReturnType<Installation['db']['transaction']>['execute']>[0]) {
      await happen();
      return installation.db.transaction().execute(work);
    },
  });
  const db = new Proxy(installation.db, {
    get(target, key) {
      if (key === 'transaction') return transaction;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { ...installation, db };
}

test('nothing is written where writing breaks off in the middle', async () => {
  const { id } = await check('Name;AG\n' + Array.from({ length: 300 }, (_, i) => `A${i};1`).join('\n'));
  const failing = runImport(installation, eventId, id!, SILENT, null, ({ step, done }) => {
    if (step === 'writing' && done >= 200) throw new Error('the power is gone');
  });
  await expect(failing).rejects.toThrow('power');
  expect(await rows()).toEqual([]);
  expect(await runImport(installation, eventId, id!, SILENT)).toMatchObject({ result: { added: 300 } });
});

test('an export that is imported changes nothing there, and gives back everybody elsewhere, whatever they are called', async () => {
  const name = fc
    .oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
      fc.constantFrom('=SUM(A1)', '+49', '-1', '@x', "'=x", 'a;b', '"q"', "D'Arc", 'a,b\tc', '="";"'),
    )
    .map((text) => tidy(`${text}x`))
    .filter((text) => /[\p{L}\p{N}]/u.test(text));
  const names = fc.sample(fc.uniqueArray(name, { maxLength: 40, selector: (one) => one.toLowerCase() }), {
    numRuns: 3,
    seed: 7,
  });
  for (const name of new Set(names.flat())) await register(name, { state: 'waitlisted', workgroupId: w2 });
  for (const language of ['de', 'en'] as const) {
    const filters = { workgroupId: null, state: null, sort: 'name' } as const;
    const table = await cellsOf(await exportRegistrations(installation, eventId, filters, language));
    const text = '\uFEFF' + table.map(writeCsvRow).join('');
    const all = await rows();
    expect(table).toHaveLength(all.length + 1);
    expect(await check(text)).toMatchObject({ problems: [], added: 0, changed: 0, unchanged: all.length });
    const slug = `other-${language}`;
    const other = await createEvent(installation, dialogueEvening(slug));
    await take(text, SILENT, other);
    const sorted = (list: { name: string }[]) => list.map(({ name }) => name).sort();
    expect(sorted(await rows(other))).toEqual(sorted(all));
  }
});
