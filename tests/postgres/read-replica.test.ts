import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceId, EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, MINUTE, SECOND, type Millis } from '../../src/lib/domain/time.ts';
import type { PostgresAddress } from '../../src/lib/server/database/postgres.ts';
import { eraseRegistration } from '../../src/lib/server/erasure.ts';
import { readFigures } from '../../src/lib/server/event-figures.ts';
import { nextChange } from '../../src/lib/server/database/change-numbers.ts';
import { createEvent, listPublicEvents } from '../../src/lib/server/events.ts';
import { openInstallation, type Installation } from '../../src/lib/server/installation.ts';
import { publicReading } from '../../src/lib/server/reading.ts';
import { exportRegistrations } from '../../src/lib/server/registration-export.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { readTicketContent } from '../../src/lib/server/ticket-content.ts';
import { GET as readyz } from '../../src/routes/readyz/+server.ts';
import { load as loadEvent } from '../../src/routes/(public)/[event]/+layout.server.ts';
import { dialogueEvening } from '../support/events.ts';
import { administer, databaseUrl } from '../support/postgres-databases.ts';
import { startPostgres, type PostgresServer } from '../support/postgres-server.ts';
import { startStandby } from '../support/postgres-standby.ts';

let primary: PostgresServer;
let standby: PostgresServer;
beforeAll(async () => {
  // A standby gets what is on the primary's disk.
  primary = await startPostgres({ durable: true });
  standby = await startStandby(primary);
});
afterAll(async () => {
  await standby?.stop();
  await primary?.stop();
});

let now: Millis;
let folder: string;
let database: string;
let logged: string[];
let open: Installation[];
beforeEach(async () => {
  now = dialogueEvening().startsAt;
  folder = mkdtempSync(join(tmpdir(), 'einlass-replica-'));
  database = `einlass_${crypto.randomUUID().replaceAll('-', '')}`;
  logged = [];
  open = [];
  await administer(primary.url, `create database ${database}`);
});
afterEach(async () => {
  await administer(standby.url, 'select pg_wal_replay_resume()');
  for (const installation of open) await installation.close();
  await administer(primary.url, `drop database ${database} with (force)`);
  rmSync(folder, { recursive: true, force: true });
});

const at = (server: PostgresServer, name = database): PostgresAddress => ({
  url: databaseUrl(server.url, name),
  connections: 4,
});

async function start(readDatabase?: PostgresAddress): Promise<Installation> {
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
  const installation = await openInstallation({
    dataFolder: folder,
    database: at(primary),
    readDatabase,
    clock: () => now,
    log,
    origin: 'http://localhost:3000',
  });
  open.push(installation);
  return installation;
}

const positionOf = async (installation: Installation) => {
  const { rows } = await sql<{ at: string }>`select pg_current_wal_flush_lsn()::text as at`.execute(
    installation.db,
  );
  return rows[0]!.at;
};

/** Waits until the standby has what the primary has by now. */
async function caughtUp(installation: Installation): Promise<void> {
  const position = await positionOf(installation);
  const client = new pg.Client({ connectionString: standby.url });
  await client.connect();
  await expect
    .poll(
      async () =>
        (
          await client.query<{ there: boolean }>('select pg_last_wal_replay_lsn() >= $1::pg_lsn as there', [
            position,
          ])
        ).rows[0]!.there,
      { timeout: 20_000 },
    )
    .toBe(true);
  await client.end();
}

/** From now on the standby answers with what it has, and nothing that comes later. */
async function standStill(installation: Installation): Promise<void> {
  await caughtUp(installation);
  await administer(standby.url, 'select pg_wal_replay_pause()');
}

async function ready(installation: Installation): Promise<unknown> {
  return (await readyz({ locals: { installation } } as never)).json();
}

const register = (installation: Installation, eventId: EventId, name: string) =>
  registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name,
    email: null,
    workgroupId: 'w5' as WorkgroupId,
    locale: 'de',
    origin: 'walk_in',
    state: 'confirmed',
    consented: true,
  });

/** An installation whose standby has an event with one guest, and nothing that comes after. */
async function lagging(): Promise<{
  installation: Installation;
  eventId: EventId;
  first: Awaited<ReturnType<typeof register>>;
}> {
  const before = await start();
  const eventId = await createEvent(before, dialogueEvening());
  const first = await register(before, eventId, 'Früh');
  await standStill(before);
  const installation = await start(at(standby));
  expect(installation.replica!.state).toBe('used');
  return { installation, eventId, first };
}

const request = (headers: Record<string, string> = {}, method = 'GET') =>
  new Request('http://localhost:3000/integration', { method, headers });

function takenPlaces(installation: Installation, route: string, asked = request()): Promise<number> {
  const event = {
    locals: { installation },
    params: { event: 'integration' },
    request: asked,
    route: { id: route },
  };
  return (loadEvent(event as never) as Promise<{ workgroups: { id: string; free: number }[] }>).then(
    ({ workgroups }) => 30 - workgroups.find(({ id }) => id === 'w5')!.free,
  );
}

async function exportedNames(installation: Installation, eventId: EventId): Promise<string> {
  const filters = { workgroupId: null, state: null, sort: 'name' } as never;
  const { parts } = await exportRegistrations(installation, eventId, filters, 'de');
  const rows: string[][] = [];
  for await (const some of parts) rows.push(...some);
  return rows.flat().join(' ');
}

describe('a standby that lags', () => {
  test('answers public pages, exports and figures, and nothing that must be true now', async () => {
    const { installation, eventId } = await lagging();
    const late = await register(installation, eventId, 'Spät');
    await createEvent(installation, dialogueEvening('another'));
    const odd = { device_id: 'x' as DeviceId, record_hash: 'x', reason: 'malformed', record: '{}' } as const;
    await installation.db
      .insertInto('anomalies')
      .values({ event_id: eventId, ...odd, received_at: now })
      .execute();

    expect(await listPublicEvents(publicReading(installation, request()))).toHaveLength(1);
    expect(await takenPlaces(installation, '/(public)/[event]')).toBe(1);
    expect(await exportedNames(installation, eventId)).toContain('Früh');
    expect(await exportedNames(installation, eventId)).not.toContain('Spät');
    expect((await readFigures(installation, eventId)).completeness.anomalies).toBe(0);

    // The form, whoever sent something, and whoever may have changed something in the office.
    expect(await takenPlaces(installation, '/(public)/[event]/register')).toBe(2);
    expect(await takenPlaces(installation, '/(public)/[event]', request({}, 'POST'))).toBe(2);
    const signedIn = request({ cookie: 'einlass.session_token=x' });
    expect(await takenPlaces(installation, '/(public)/[event]', signedIn)).toBe(2);
    expect(await listPublicEvents(publicReading(installation, signedIn))).toHaveLength(2);
    expect(await readTicketContent(installation.db, late)).toMatchObject({ registration: { name: 'Spät' } });
  });

  test('hides no event that has just been made, and nobody who was erased is exported', async () => {
    const { installation, eventId, first } = await lagging();
    await createEvent(installation, dialogueEvening('another'));
    const event = {
      locals: { installation },
      params: { event: 'another' },
      request: request(),
      route: { id: '/(public)/[event]' },
    };
    expect(await loadEvent(event as never)).toMatchObject({ event: { slug: 'another' } });

    await installation.db
      .transaction()
      .execute(async (tx) => eraseRegistration(tx, installation, first, await nextChange(tx, eventId)));
    expect(await exportedNames(installation, eventId)).not.toContain('Früh');
  });

  test('is not asked any more once it is too far behind, and is again when it has caught up', async () => {
    const { installation } = await lagging();
    await createEvent(installation, dialogueEvening('another'));
    await installation.replica!.check();
    expect(installation.replica!.state).toBe('used');
    now = addMillis(now, 11 * SECOND);
    await installation.replica!.check();
    expect(await ready(installation)).toEqual({ ready: true, replica: 'behind' });
    expect(await listPublicEvents(installation.reading)).toHaveLength(2);
    expect(await installation.metrics.registry.metrics()).toMatch(
      /einlass_read_replica_used 0\n[^]*einlass_read_replica_lag_seconds 11\n/,
    );

    await administer(standby.url, 'select pg_wal_replay_resume()');
    await caughtUp(installation);
    await installation.replica!.check();
    expect(await ready(installation)).toEqual({ ready: true, replica: 'used' });
    now = addMillis(now, MINUTE);
    await installation.replica!.check();
    // Where nothing is written, nothing is missing.
    expect(installation.replica!.lag).toBe(0);
    expect(await installation.metrics.registry.metrics()).toMatch(/einlass_read_replica_used 1\n/);
  });
});

test('one that goes away is told of once, and the primary answers in its place', async () => {
  const before = await start();
  await createEvent(before, dialogueEvening());
  await caughtUp(before);
  const gone = await startStandby(primary);
  const installation = await start(at(gone));
  expect(installation.replica!.state).toBe('used');
  expect(await listPublicEvents(installation.reading)).toHaveLength(1);
  await gone.stop();
  expect(await listPublicEvents(installation.reading)).toHaveLength(1);
  expect(await listPublicEvents(installation.reading)).toHaveLength(1);
  await installation.replica!.check();
  expect(await ready(installation)).toEqual({ ready: true, replica: 'away' });
  expect(logged.filter((line) => line.includes('read replica'))).toHaveLength(1);
  expect(logged.join()).not.toContain('einlass:einlass');
});

test('one that is not there keeps no process from starting', async () => {
  const installation = await start({ url: 'postgres://einlass:secret@127.0.0.1:1/einlass', connections: 2 });
  expect(await ready(installation)).toEqual({ ready: true, replica: 'away' });
  expect(await listPublicEvents(installation.reading)).toEqual([]);
  expect(logged.join()).not.toContain('secret');
});

test('what is no standby of the database is never read: not the primary itself, and not another installation', async () => {
  const itself = await start(at(primary));
  expect(await ready(itself)).toEqual({ ready: true, replica: 'other_database' });
  const other = `${database}_other`;
  await administer(primary.url, `create database ${other}`);
  const foreign = await openInstallation({
    dataFolder: mkdtempSync(join(folder, 'other-')),
    database: at(primary, other),
    clock: () => now,
    log: pino({ level: 'silent' }),
    origin: 'http://localhost:3000',
  });
  await createEvent(foreign, dialogueEvening('foreign'));
  await caughtUp(foreign);
  const installation = await start(at(standby, other));
  expect(installation.replica!.state).toBe('other_database');
  expect(await listPublicEvents(installation.reading)).toEqual([]);
  await foreign.close();
  await administer(primary.url, `drop database ${other} with (force)`);
});

test('nothing can be written there', async () => {
  const before = await start();
  await caughtUp(before);
  const installation = await start(at(standby));
  await expect(installation.reading.transaction().execute((tx) => createRow(tx))).rejects.toThrow(
    /no transactions/,
  );
});

const createRow = (db: Installation['db']) => db.deleteFrom('installation').execute();
