import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery, Kysely, sql, type LogEvent } from 'kysely';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { EventId, ScanId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { millis, type Millis } from '../../src/lib/domain/time.ts';
import { insertScans } from '../../src/lib/server/database/insert-scans.ts';
import { partitionScans } from '../../src/lib/server/database/partitions.ts';
import { postgresDialect, type PostgresAddress } from '../../src/lib/server/database/postgres.ts';
import type { NewScanRow, Schema } from '../../src/lib/server/database/schema.ts';
import { eraseDue } from '../../src/lib/server/erasure.ts';
import { nextChange } from '../../src/lib/server/database/change-numbers.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { readFeed } from '../../src/lib/server/feed.ts';
import { backUp } from '../../src/lib/server/operation/backup.ts';
import { runCommand } from '../../src/lib/server/operation/command-line.ts';
import { restore } from '../../src/lib/server/operation/restore.ts';
import { sumTables, withSnapshot } from '../../src/lib/server/operation/snapshot.ts';
import { openPostgresStore, openSqliteStore, type Store } from '../../src/lib/server/operation/store.ts';
import { verify } from '../../src/lib/server/operation/verify/verify.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { administer, databaseUrl } from '../support/postgres-databases.ts';
import { Tablet } from '../support/tablet.ts';

let now: Millis;
let world: TestInstallation;
let address: PostgresAddress;
let store: Store;
let eventId: EventId;
let tablet: Tablet;
let texts: string[];
const undo: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  now = dialogueEvening().startsAt;
  world = await testInstallation(() => now);
  address = world.database as PostgresAddress;
  undo.push(() => world.dispose());
  store = await openPostgresStore(address);
  undo.push(() => store.close());
  eventId = await createEvent(world.installation, dialogueEvening());
  await createEvent(world.installation, dialogueEvening('another'));
  texts = [];
  for (let i = 0; i < 8; i++) texts.push(await register());
  tablet = await pairedTablet('Saal');
  for (const text of texts.slice(0, 5)) await tablet.scan(text, 'hall-door');
  await tablet.sync();
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function register(): Promise<string> {
  const id = await registerByOffice(world.installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Zoë',
    email: null,
    workgroupId: 'w5' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });
  const ticket = world.installation.db.selectFrom('tickets').select('text').where('registration_id', '=', id);
  return (await ticket.executeTakeFirstOrThrow()).text;
}

async function pairedTablet(name: string): Promise<Tablet> {
  const paired = new Tablet(name, world.installation);
  await paired.start();
  await paired.pair(world.installation, eventId);
  await paired.sync();
  return paired;
}

async function command(...args: string[]): Promise<{ code: number; printed: string }> {
  const lines: string[] = [];
  const environment = { EINLASS_DATA: world.dataFolder, DATABASE_URL: address.url };
  const code = await runCommand(args, environment, (line) => void lines.push(line));
  return { code, printed: lines.join('\n') };
}

const sums = (of: Store = store) => withSnapshot(of, sumTables);
const found = async (of: Store = store) => {
  const outcome = await verify(of, world.installation.secrets, now);
  return outcome.kind === 'verified' ? outcome.findings : outcome;
};

async function partsWithRows(): Promise<Map<string, number>> {
  const { rows } = await sql<{ part: string; count: number }>`select tableoid::regclass::text as part,
    count(*) as count from scans group by 1`.execute(store.db);
  return new Map(rows.map(({ part, count }) => [part, count]));
}

test('dividing the scans loses none, is done once, and the server and its tablets go on', async () => {
  const before = await sums();
  expect(await command('partition', '--into', '4')).toEqual({
    code: 0,
    printed: 'The scans are in 4 parts now, and compared: 5 rows.',
  });
  expect([...(await partsWithRows())]).toEqual([[expect.stringMatching(/^scans_part_[0-3]$/), 5]]);
  expect(await sums()).toEqual(before);

  const again = await command('partition', '--into', '8');
  expect(again).toEqual({ code: 1, printed: 'The scans are in 4 parts already, and nothing was changed.' });

  for (const text of texts.slice(5)) await tablet.scan(text, 'hall-door');
  expect(await tablet.sync()).toEqual({ kind: 'done' });
  const late = await pairedTablet('Seite');
  expect(late.store.state!.venueTotal()).toBe(8);
  expect((await world.installation.states.read(eventId)).venueTotal()).toBe(8);
  expect(await found()).toEqual([]);
  expect((await command('status')).printed).toContain('integration: 8 registrations, 8 scans');
});

test('the feed reads the one part that holds its event', async () => {
  await partitionScans(store.db, 4);
  const queries: CompiledQuery[] = [];
  const log = ({ query }: LogEvent) => void queries.push(query);
  const db = new Kysely<Schema>({ dialect: postgresDialect(address), log });
  undo.push(() => db.destroy());
  expect((await readFeed(db, eventId, 0)).changes.filter(({ kind }) => kind === 'scan')).toHaveLength(5);
  const ofScans = queries.filter((query) => query.sql.includes('from "scans"'));
  expect(ofScans).toHaveLength(1);
  const { rows } = await store.db.executeQuery<{ 'QUERY PLAN': string }>(
    CompiledQuery.raw(`explain ${ofScans[0]!.sql}`, [...ofScans[0]!.parameters]),
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(new Set(plan.match(/scans_part_\d+/g))).toEqual(new Set((await partsWithRows()).keys()));
});

test('a scan that comes again is no new one, and the same id at another event is another scan', async () => {
  await partitionScans(store.db, 4);
  const rows = await store.db.selectFrom('scans').selectAll().orderBy('change').execute();
  const other = (
    await store.db.selectFrom('events').select('id').where('slug', '=', 'another').execute()
  )[0]!;
  const insert = (change: Partial<NewScanRow>, event = eventId) =>
    store.db.transaction().execute(async (tx) => {
      const number = await nextChange(tx, event);
      return insertScans(tx, [{ ...rows[0]!, event_id: event, change: number, ...change }]);
    });
  expect(await insert({})).toEqual([]);
  expect(await insert({ id: crypto.randomUUID() as ScanId })).toEqual([]);
  expect(await insert({ device_seq: 99 })).toEqual([]);
  expect(await insert({ device_seq: 99, id: crypto.randomUUID() as ScanId })).toHaveLength(1);
  expect(await insert({}, other.id)).toHaveLength(1);
});

test('a backup of it goes into either store, where the scans are in one table again', async () => {
  await command('partition', '--into', '3');
  const file = join(world.dataFolder, 'backup');
  const backup = { store, dataFolder: world.dataFolder, secret: undefined, file, passphrase: null, now };
  const outcome = await backUp(backup);
  if (outcome.kind !== 'written') throw new Error(outcome.kind);
  const folder = mkdtempSync(join(tmpdir(), 'einlass-partitions-'));
  undo.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));

  const common = { file, passphrase: null, secret: undefined, clock: () => now };
  expect(await restore({ ...common, dataFolder: join(folder, 'one') })).toMatchObject({ kind: 'restored' });
  const inFile = openSqliteStore(join(folder, 'one'))!;
  undo.push(() => inFile.close());
  expect(await found(inFile)).toEqual([]);

  // A server has been started there, and its scans were divided: it counts as empty all the same.
  const { url } = inject('postgres');
  const name = `einlass_test_${crypto.randomUUID().replaceAll('-', '')}`;
  await administer(url, `create database ${name} template ${inject('postgres').template}`);
  undo.push(() => administer(url, `drop database ${name} with (force)`));
  const other = await openPostgresStore({ url: databaseUrl(url, name), connections: 4 });
  undo.push(() => other.close());
  await partitionScans(other.db, 2);
  const again = { ...common, dataFolder: join(folder, 'two'), postgres: other };
  expect(await restore(again)).toMatchObject({ kind: 'restored', tables: outcome.tables });
  expect(await found(other)).toEqual([]);
  expect(await partitionScans(other.db, 2)).toEqual({ kind: 'partitioned', partitions: 2, rows: 5 });
});

test('what is erased is erased in the parts, and later versions may add to them', async () => {
  await world.installation.db
    .updateTable('scans')
    .set({ override_by: 'Kim', override_why: 'kennt ihn' })
    .execute();
  await partitionScans(store.db, 4);
  now = millis(now + 400 * 86_400_000);
  await eraseDue(world.installation);
  const rows = await store.db.selectFrom('scans').select(['override_by', 'override_why']).execute();
  expect(rows).toEqual(Array.from({ length: 5 }, () => ({ override_by: '', override_why: '' })));

  await sql`alter table scans add column later text not null default 'x'`.execute(store.db);
  await sql`create index scans_later on scans (event_id, later)`.execute(store.db);
  await sql`alter table scans add constraint scans_later_once unique (event_id, id, later)`.execute(store.db);
  expect((await sql`select later from scans`.execute(store.db)).rows).toHaveLength(5);
});

test('whatever an index or a reference of the table was, it is of the parts as well', async () => {
  await sql`create index extra on scans (ticket_id) where ticket_id is not null`.execute(store.db);
  await sql`create unique index once on scans (device_time, id)`.execute(store.db);
  await sql`alter table scans add constraint of_event foreign key (event_id) references events (id)`.execute(
    store.db,
  );
  await partitionScans(store.db, 2);
  const { rows } = await sql<{
    name: string;
  }>`select indexname || ' ' || substring(indexdef from '\\(.*') as name
    from pg_indexes where tablename = 'scans' union all
    select conname || ' ' || contype::text from pg_constraint
      where conrelid = 'scans'::regclass and contype = 'f' order by 1`.execute(store.db);
  expect(rows.map(({ name }) => name)).toEqual([
    'extra (ticket_id) WHERE (ticket_id IS NOT NULL)',
    'of_event f',
    'once (device_time, id, event_id)',
    'scans_feed (event_id, change)',
    'scans_pkey (id, event_id)',
    'scans_sequence (device_id, device_seq, event_id)',
  ]);
});

test('where it fails, everything is as it was, and it can be begun anew', async () => {
  const before = await sums();
  await sql`create view report as select count(*) from scans`.execute(store.db);
  await expect(partitionScans(store.db, 4)).rejects.toThrow(/depend/);
  await sql`drop view report`.execute(store.db);
  expect(await sums()).toEqual(before);
  expect([...(await partsWithRows())]).toEqual([['scans', 5]]);

  await store.db.transaction().execute(async (tx) => {
    await tx.selectFrom('scans').select('id').execute();
    const other = await openPostgresStore(address);
    expect(await partitionScans(other.db, 4, 100)).toEqual({ kind: 'busy' });
    await other.close();
  });
  expect(await partitionScans(store.db, 4)).toMatchObject({ kind: 'partitioned', rows: 5 });
});
