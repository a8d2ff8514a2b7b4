import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { type Millis } from '../../src/lib/domain/time.ts';
import type { PostgresAddress } from '../../src/lib/server/database/postgres.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { openInstallation, type Installation } from '../../src/lib/server/installation.ts';
import { backUp } from '../../src/lib/server/operation/backup.ts';
import { move } from '../../src/lib/server/operation/move.ts';
import { restore } from '../../src/lib/server/operation/restore.ts';
import { sumTables, withSnapshot } from '../../src/lib/server/operation/snapshot.ts';
import { openPostgresStore, openSqliteStore, type Store } from '../../src/lib/server/operation/store.ts';
import { verify } from '../../src/lib/server/operation/verify/verify.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../support/events.ts';
import { setUpBrowser } from '../support/office-browser.ts';
import { administer, databaseUrl } from '../support/postgres-databases.ts';
import { Tablet } from '../support/tablet.ts';

let now: Millis;
let folder: string;
let source: Installation;
let eventId: EventId;
const undo: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  now = dialogueEvening().startsAt;
  folder = mkdtempSync(join(tmpdir(), 'einlass-stores-'));
  undo.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  source = await open(null);
  eventId = await createEvent(source, dialogueEvening());
  await setUpBrowser(source);
  for (let i = 0; i < 20; i++) await register(source);
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function open(database: PostgresAddress | null, name = 'data'): Promise<Installation> {
  const installation = await openInstallation({
    dataFolder: join(folder, name),
    database: database ?? undefined,
    clock: () => now,
    log: pino({ level: 'silent' }),
    origin: 'http://localhost:3000',
  });
  undo.push(() => installation.close());
  return installation;
}

const register = (installation: Installation) =>
  registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Zoë',
    email: null,
    workgroupId: 'w5' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });

async function emptyPostgres(): Promise<PostgresAddress> {
  const { url } = inject('postgres');
  const name = `einlass_test_${crypto.randomUUID().replaceAll('-', '')}`;
  await administer(url, `create database ${name}`);
  undo.push(() => administer(url, `drop database ${name} with (force)`));
  return { url: databaseUrl(url, name), connections: 4 };
}

async function openStore(address: PostgresAddress): Promise<Store> {
  const store = await openPostgresStore(address);
  undo.push(() => store.close());
  return store;
}

function sourceStore(): Store {
  const store = openSqliteStore(join(folder, 'data'))!;
  undo.push(() => store.close());
  return store;
}

const wellIn = async (store: Store) =>
  expect(await verify(store, source.secrets, now)).toMatchObject({ kind: 'verified', findings: [] });

test('an installation that moved to PostgreSQL is the same: every row is there, and tablets read on', async () => {
  const tablet = new Tablet('Saal', source);
  await tablet.start();
  await tablet.pair(source, eventId);
  await tablet.sync();
  const texts = (await source.db.selectFrom('tickets').select('text').execute()).map(({ text }) => text);
  for (const text of texts.slice(0, 5)) await tablet.scan(text, 'hall-door');
  await tablet.sync();
  const before = await withSnapshot(sourceStore(), sumTables);

  const address = await emptyPostgres();
  const target = await openStore(address);
  expect(await move(sourceStore(), target)).toMatchObject({ kind: 'moved' });
  expect(await withSnapshot(target, sumTables)).toEqual(before);
  expect(await withSnapshot(sourceStore(), sumTables)).toEqual(before);
  await wellIn(target);
  expect(await move(sourceStore(), target)).toEqual({ kind: 'not_empty' });

  const moved = await open(address);
  Object.assign(tablet, { transport: new Tablet('Saal', moved).transport });
  const { cursor } = tablet.store.progress;
  for (const text of texts.slice(5, 8)) await tablet.scan(text, 'hall-door');
  expect(await tablet.sync()).toEqual({ kind: 'done' });
  expect(tablet.store.progress.cursor!.split('.')[0]).toBe(cursor!.split('.')[0]);
  expect((await moved.states.read(eventId)).venueTotal()).toBe(8);
  await register(moved);
  await wellIn(target);
});

test('a move that fails leaves nothing, and can be begun anew', async () => {
  const address = await emptyPostgres();
  const target = await openStore(address);
  await administer(address.url, `create table scans (id text primary key)`);
  // Only text without the zero byte fits into PostgreSQL.
  await source.db.updateTable('registrations').set({ name: 'a\u0000b' }).execute();
  await expect(move(sourceStore(), target)).rejects.toThrow();
  const left = await target.db.introspection.getTables();
  expect(left.map(({ name }) => name)).toEqual([]);
  await source.db.updateTable('registrations').set({ name: 'ab' }).execute();
  expect(await move(sourceStore(), target)).toMatchObject({ kind: 'moved' });
  await wellIn(target);
});

test('a backup of PostgreSQL, taken while others write, is whole, and goes into either store', async () => {
  const address = await emptyPostgres();
  const store = await openStore(address);
  await move(sourceStore(), store);
  const moved = await open(address);
  let going = true;
  let written = 0;
  const writer = (async () => {
    for (; going; written++) await register(moved);
  })();
  await expect.poll(() => written).toBeGreaterThan(3);
  const file = join(folder, 'backup');
  const dataFolder = join(folder, 'data');
  const passphrase = null;
  const taken = await backUp({ store, dataFolder, secret: undefined, file, passphrase, now });
  going = false;
  await writer;
  expect(taken.kind).toBe('written');

  const common = { file, passphrase, secret: undefined, clock: () => now };
  expect(await restore({ ...common, dataFolder: join(folder, 'one') })).toMatchObject({ kind: 'restored' });
  const file1 = openSqliteStore(join(folder, 'one'))!;
  undo.push(() => file1.close());
  await wellIn(file1);

  const other = await openStore(await emptyPostgres());
  const again = { ...common, dataFolder: join(folder, 'two'), postgres: other };
  expect(await restore(again)).toMatchObject({ kind: 'restored' });
  await wellIn(other);
  expect(await restore(again)).toEqual({ kind: 'not_empty' });
});
