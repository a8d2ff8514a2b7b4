import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY } from '../../src/lib/domain/time.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { listActs, writeAct } from '../../src/lib/server/acts.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import type { Progress } from '../../src/lib/server/registration-import/import.ts';
import { GET as exportActs } from '../../src/routes/office/[event]/acts.csv/+server.ts';
import { actions, load } from '../../src/routes/office/[event]/import-registrations/+page.server.ts';
import { GET as example } from '../../src/routes/office/[event]/import-registrations/example.csv/+server.ts';
import type { ImportView } from '../../src/routes/office/[event]/import-registrations/import-view.ts';
import { fractionOf, runImport } from '../../src/routes/office/[event]/import-registrations/run-import.ts';
import { POST as run } from '../../src/routes/office/[event]/import-registrations/run/+server.ts';
import { GET as exportRegistrations } from '../../src/routes/office/[event]/registrations.csv/+server.ts';
import { tableOf } from '../support/csv.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const evening = dialogueEvening();
let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;

beforeEach(async () => {
  opened = await testInstallation(() => addMillis(evening.registrationUntil, -DAY));
  installation = opened.installation;
  eventId = await createEvent(installation, evening);
});
afterEach(() => opened.dispose());

const around = (request: Request) =>
  ({
    params: { event: 'integration' },
    url: new URL(request.url),
    request,
    locals: { installation, organiser: null },
  }) as never;
const get = (query = '') => around(new Request(`http://localhost/${query}`));
const post = (fields: Record<string, string | File>) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return around(new Request('http://localhost/', { method: 'POST', body }));
};

interface Answer {
  status?: number;
  data?: { problem?: string; view?: ImportView; importId?: string };
  view?: ImportView;
  importId?: string;
}
const check = async (text: string): Promise<Answer> =>
  (await actions.check!(post({ file: new File([text], 'liste.csv') }))) as Answer;

describe('checking a file', () => {
  test('shows what would happen, and keeps the file under an id', async () => {
    const { view, importId } = await check('Name;Haustier;AG\nAyşe;Katze;1\nBo;;1');
    expect(importId).toMatch(/^[0-9a-f-]{36}$/);
    expect(view).toMatchObject({
      separator: ';',
      columns: { read: ['name', 'workgroup'], ignored: ['Haustier'] },
      counts: { added: 2, changed: 0, waitlisted: 0 },
      added: [{ line: 2, name: 'Ayşe' }, { line: 3 }],
    });
  });

  test('shows errors by line and column as the file names them, in their order', async () => {
    const { status, data } = await check('Name;Mail;AG\nAyşe;;9\n;x;1');
    expect(status).toBe(400);
    expect(data!.view!.problems).toMatchObject([
      { line: 2, columnName: 'AG', kind: 'workgroup_unknown', value: '9' },
      { line: 3, columnName: 'Name', kind: 'name_missing' },
      { line: 3, columnName: 'Mail', kind: 'email_wrong' },
    ]);
    expect(data!.importId).toBeUndefined();
  });

  test('shows a part of what is much', async () => {
    const { data } = await check('Name\n' + '-\n'.repeat(2_000));
    expect(data!.view!.problemCount).toBe(2_000);
    expect(data!.view!.problems).toHaveLength(100);
  });

  test.each([
    ['no file', {}, 'empty'],
    ['a text in place of a file', { file: 'Name;AG' }, 'empty'],
    ['an empty file', { file: new File([], 'a.csv') }, 'empty'],
    ['a workbook', { file: new File(['PK\u0003\u0004'], 'a.xlsx') }, 'workbook'],
  ])('says what is wrong with %s', async (_, fields, problem) => {
    expect(await actions.check!(post(fields as Record<string, string | File>))).toMatchObject({
      status: 400,
      data: { problem },
    });
  });
});

describe('taking a file in', () => {
  test('by the form leads to what came of it', async () => {
    const { importId } = await check('Name;AG\nAyşe;1');
    const query = `?import=${importId}`;
    await expect(actions.import!(post({ import: importId! }))).rejects.toMatchObject({
      status: 303,
      location: `/office/integration/import-registrations${query}`,
    });
    expect(await load(get(query))).toMatchObject({ result: { added: 1, mails: false } });
    expect(await load(get('?import=x'))).toMatchObject({ result: null });
  });

  test('by a script tells how far it is, and how it ended', async () => {
    const { importId } = await check('Name;AG\nAyşe;1');
    const steps: Progress[] = [];
    const fetcher = (async (_: string, { body }: { body: FormData }) =>
      run(around(new Request('http://localhost/', { method: 'POST', body })))) as unknown as typeof fetch;
    const form = new FormData();
    form.append('import', importId!);
    expect(await runImport('', form, (progress) => steps.push(progress), fetcher)).toBe('imported');
    expect(steps[0]!.step).toBe('reading');
    expect(await listActs(installation.db, eventId, { kind: 'registrations_imported' }, 9)).toHaveLength(1);
    // A table that is not there, and a server that is not.
    form.set('import', crypto.randomUUID());
    expect(await runImport('', form, () => undefined, fetcher)).toBeNull();
    form.delete('import');
    expect(await runImport('', form, () => undefined, fetcher)).toBeNull();
    const broken = (() => Promise.reject(new TypeError('offline'))) as unknown as typeof fetch;
    expect(await runImport('', form, () => undefined, broken)).toBeNull();
  });

  test.each([{}, { import: 'x' }, { import: crypto.randomUUID() }])(
    '%j: says that it is gone',
    async (fields) => {
      expect(await actions.import!(post(fields as Record<string, string>))).toMatchObject({
        status: 400,
        data: { problem: 'gone' },
      });
    },
  );

  test('that has become impossible shows why, and keeps what was ticked', async () => {
    await opened.installation.db.updateTable('workgroups').set({ places: 1 }).execute();
    await runAll('Name;AG\nA;1\nB;2');
    const { importId, view } = await check('Name;AG\nA;2');
    expect(view).toMatchObject({ onlyFull: true, problemCount: 1 });
    expect(await actions.import!(post({ import: importId!, mails: 'yes' }))).toMatchObject({
      status: 409,
      data: { importId, options: { mails: true, overbook: false }, view: { onlyFull: true } },
    });
  });
});

async function runAll(text: string): Promise<void> {
  const { importId } = await check(text);
  await expect(actions.import!(post({ import: importId! }))).rejects.toMatchObject({ status: 303 });
}

test('progress never goes back', () => {
  const steps: Progress[] = [
    { step: 'reading', done: 0, total: 1 },
    { step: 'reading', done: 1, total: 1 },
    { step: 'tickets', done: 5, total: 10 },
    { step: 'tickets', done: 0, total: 0 },
    { step: 'writing', done: 3, total: 9 },
    { step: 'writing', done: 9, total: 9 },
  ];
  const fractions = steps.map(fractionOf);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions[0]).toBe(0);
  expect(fractions.at(-1)).toBeCloseTo(1);
});

test('the example is understood, with the workgroups of the event', async () => {
  const rows = await tableOf(await example(get()));
  const { view } = await check(rows.map((cells) => cells.join(';')).join('\n'));
  expect(view).toMatchObject({ problemCount: 0, counts: { added: 3 }, columns: { ignored: [] } });
});

test('the list goes out as its address narrows it', async () => {
  await runAll('Name;AG;Stand\nAyşe;1;\nBo;2;abgesagt\n=Cem;2;');
  const names = async (query: string) =>
    (await tableOf(await exportRegistrations(get(query)))).slice(1).map(([, name]) => name);
  expect(await names('')).toEqual(['Ayşe', 'Bo', "'=Cem"]);
  expect(await names('?workgroup=w2&state=cancelled')).toEqual(['Bo']);
  expect(await names('?workgroup=nowhere')).toHaveLength(3);
});

test('the log goes out in words, all of it, filtered as the page is, and says so itself', async () => {
  await installation.db.transaction().execute(async (tx) => {
    for (let i = 0; i < 600; i++) {
      const by = { id: 'x', name: `=Wer ${i}` };
      await writeAct(installation, tx, { eventId, by, kind: 'scans_imported', details: { added: i } });
    }
  });
  const all = await tableOf(await exportActs(get()));
  expect(all).toHaveLength(1 + 1 + 600);
  expect(all[0]).toEqual(['Wann', 'Wer', 'Was', 'Näheres']);
  expect(all[1]!.slice(1, 3)).toEqual(['Einlass selbst', 'Protokoll heruntergeladen']);
  expect(all[2]).toEqual([
    '2022-11-13 00:00',
    "'=Wer 599",
    'Scans aus einer Datei übernommen',
    '599 neue Einträge',
  ]);
  expect(await tableOf(await exportActs(get('?kind=acts_exported')))).toHaveLength(1 + 2);
});
