import { readFileSync, readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type { CheckpointId, DeviceId, EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, type Millis } from '../../src/lib/domain/time.ts';
import { eraseDue, eraseEarly } from '../../src/lib/server/erasure.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { giveFeedback } from '../../src/lib/server/feedback.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { queueMail } from '../../src/lib/server/outbox.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { appendScan } from '../support/scans.ts';
import { COLUMNS, type Meaning } from './personal-columns.ts';

const evening = dialogueEvening();
const PEOPLE = 40;

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = evening.startsAt;
  opened = await testInstallation(() => now);
  installation = opened.installation;
  eventId = await createEvent(installation, evening);
});
afterEach(() => opened.dispose());

const file = () => path.join(opened.dataFolder, 'einlass.sqlite');

/** Looks at the file beside the server, as whoever copies it can. */
function beside<T>(look: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file());
  try {
    return look(database);
  } finally {
    database.close();
  }
}

function columnsThatAre(...meanings: Meaning[]): [table: string, column: string][] {
  return Object.entries(COLUMNS).flatMap(([table, columns]) =>
    Object.entries(columns).flatMap(([column, meaning]): [string, string][] =>
      meanings.includes(meaning) ? [[table, column]] : [],
    ),
  );
}

test('of every column it is said what it says of people', () => {
  const there = beside((database) =>
    database
      .prepare(
        `select m.name as "table", c.name as "column" from sqlite_master m, pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like 'kysely_%' and m.name not like 'sqlite_%'`,
      )
      .all(),
  ) as { table: string; column: string }[];
  const said = Object.entries(COLUMNS).flatMap(([table, columns]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  );
  expect(there.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(said.sort());
});

/** Somebody with everything that is kept about people. */
async function somebody(number = 0): Promise<void> {
  const registrationId = await registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Fatma Yılmaz',
    email: 'fatma@example.org',
    workgroupId: 'w5' as WorkgroupId,
    locale: 'tr',
    origin: 'form',
    state: 'confirmed',
    consented: true,
    affiliation: 'school',
    firstChoiceId: 'w5' as WorkgroupId,
    secondChoiceId: 'w6' as WorkgroupId,
    needs: { ...NO_NEEDS, other: 'Platz am Rand' },
  });
  const mail = { registrationId, kind: 'ticket', reason: `test:${number}` } as const;
  await installation.db.transaction().execute((tx) => queueMail(tx, installation, eventId, mail));
  const { id } = await installation.db
    .selectFrom('tickets')
    .select('id')
    .where('registration_id', '=', registrationId)
    .executeTakeFirstOrThrow();
  const scan = {
    at: now,
    device_id: crypto.randomUUID() as DeviceId,
    checkpoint_id: 'hall-door' as CheckpointId,
    ticket_id: id,
  };
  await appendScan(installation, eventId, { ...scan, override_by: 'Kim', override_why: 'bekannt' });
  await appendScan(installation, eventId, { ...scan, by_hand_by: 'Kim', by_hand_why: 'Akku leer' });
  await installation.db
    .insertInto('anomalies')
    .values({
      event_id: eventId,
      device_id: scan.device_id,
      record_hash: `hash ${number}`,
      reason: 'malformed',
      record: JSON.stringify({ name: 'Fatma Yılmaz' }),
      received_at: now,
    })
    .execute();
  await installation.db
    .insertInto('imports')
    .values({ event_id: eventId, id: `import ${number}`, created_at: now, content: 'Fatma', result: '{}' })
    .execute();
  const report = {
    eventId,
    text: 'zu klein',
    email: 'fatma@example.org',
    page: '/integration',
    locale: 'tr',
  };
  await giveFeedback(installation, { id: crypto.randomUUID(), ...report }, '127.0.0.1');
}

/** Stands for what was in a column, and can be found among the bytes of a file. */
const markOf = (table: string, column: string) => `mark-of-${table}-${column}-`.padEnd(60, 'x');

/** What holds no mark: links to other rows, numbers, words of a fixed list. */
const NO_TEXT = /^(event_id|registration_id|announcement_id|state|kind|attempts|bulk)$|_(at|until)$/;
const marked = columnsThatAre('erased', 'goes').filter(([, column]) => !NO_TEXT.test(column));
const marks = marked.map(([table, column]) => markOf(table, column));

/** Writes its mark into each personal column; of what must be unique, a number behind it. */
function mark(): void {
  beside((database) => {
    for (const [table, column] of marked) {
      const text = markOf(table, column);
      const value = column === 'access_needs' ? JSON.stringify({ ...NO_NEEDS, other: text }) : text;
      const end = column === 'access_needs' ? "''" : 'rowid';
      database.prepare(`update ${table} set ${column} = ? || ${end}`).run(value);
    }
  });
}

/** The marks that stand anywhere in the files of the database, also in what is no part of it any more. */
function marksOnDisk(): string[] {
  const bytes = readdirSync(opened.dataFolder)
    .filter((name) => name.startsWith('einlass.sqlite'))
    .map((name) => readFileSync(path.join(opened.dataFolder, name), 'latin1'))
    .join('\0');
  return marks.filter((mark) => bytes.includes(mark));
}

test.each(['on the promised day', 'early'])(
  'erased %s, nothing personal is left in any file',
  async (when) => {
    // Enough of them to fill many pages, which are then split and merged.
    for (let i = 0; i < PEOPLE; i++) await somebody(i);
    mark();
    expect(marksOnDisk()).toEqual(marks);
    if (when === 'early') {
      now = evening.endsAt;
      await eraseEarly(installation, eventId);
    } else {
      now = addMillis(evening.endsAt, 28 * DAY);
      await eraseDue(installation);
    }
    expect(marksOnDisk()).toEqual([]);
  },
);

test('what is erased is empty, what goes is gone, and the numbers stay', async () => {
  await somebody();
  const rows = (table: string) =>
    beside((database) => database.prepare(`select * from ${table}`).all() as Record<string, unknown>[]);
  const numbers = () =>
    columnsThatAre('number', 'random')
      .filter(([table]) => ['registrations', 'tickets', 'scans'].includes(table))
      .filter(([, column]) => !['change', 'erased_at'].includes(column))
      .map(([table, column]) => rows(table).map((row) => row[column]));
  const before = numbers();
  now = evening.endsAt;
  await eraseEarly(installation, eventId);
  expect(numbers()).toEqual(before);
  for (const [table] of columnsThatAre('goes')) expect(rows(table)).toEqual([]);
  const left = columnsThatAre('erased').map(([table, column]) => rows(table).map((row) => row[column]));
  expect(new Set(left.flat())).toEqual(new Set(['', null, JSON.stringify(NO_NEEDS), 'de']));
});
