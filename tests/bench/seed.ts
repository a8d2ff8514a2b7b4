import type { DatabaseSync } from 'node:sqlite';
import { type SQLInputValue, type StatementSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Insertable } from 'kysely';
import pino from 'pino';
import { v4, v7 } from 'uuid';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { EventId, RegistrationId, TicketId } from '../../src/lib/domain/ids.ts';
import { nameKey } from '../../src/lib/domain/name-folding.ts';
import { createKeyPair } from '../../src/lib/domain/signing.ts';
import { issueTicketText } from '../../src/lib/domain/ticket.ts';
import { millis } from '../../src/lib/domain/time.ts';
import type { PairResponse } from '../../src/lib/domain/wire.ts';
import type { Schema } from '../../src/lib/server/database/schema.ts';
import { demoEvent } from '../../src/lib/server/demo-event.ts';
import { createPairingCode, pairDevice } from '../../src/lib/server/devices.ts';
import type { Store } from '../../src/lib/server/database/open.ts';
import { createEvent, signingKey } from '../../src/lib/server/events.ts';
import { openInstallation, type Installation } from '../../src/lib/server/installation.ts';

/** An installation in a folder of its own, with events and rosters put there by hand. */
export interface Site {
  folder: string;
  /** The SQLite file; unused where the data is in a PostgreSQL. */
  database: string;
  /** By which a server process finds it. */
  environment: { EINLASS_DATA: string; DATABASE_URL?: string };
  events: SeededEvent[];
  pairingCode(event: SeededEvent): Promise<string>;
  pair(event: SeededEvent, name: string): Promise<PairResponse>;
  close(): Promise<void>;
}

export interface SeededEvent {
  id: EventId;
  ticketIds: TicketId[];
  /** The texts of the QR codes. */
  ticketTexts: string[];
}

/**
 * @param rosters - how many registrations each event has
 * @param url - of an empty PostgreSQL database that shall hold it; by default an SQLite file does
 */
export async function seedSite(rosters: number[], url?: string): Promise<Site> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'einlass-bench-'));
  const database = path.join(folder, 'einlass.sqlite');
  const store: Store = url ? { url, connections: 2 } : { file: database };
  const installation = await openInstallation({
    dataFolder: folder,
    database: store,
    clock: () => millis(Date.now()),
    log: pino({ level: 'silent' }),
    origin: 'http://localhost',
  });
  const events: SeededEvent[] = [];
  for (const [number, size] of rosters.entries()) {
    events.push(await seedEvent(installation, number, size));
  }
  return {
    folder,
    database,
    environment: { EINLASS_DATA: folder, ...(url && { DATABASE_URL: url }) },
    events,
    pairingCode: (event) => createPairingCode(installation, event.id),
    async pair(event, name) {
      const code = await createPairingCode(installation, event.id);
      const publicKey = bytesToBase64url((await createKeyPair()).publicKey);
      const outcome = await pairDevice(installation, { code, name, publicKey });
      if (outcome.kind !== 'paired') throw new Error('the tablet was not paired');
      return outcome.answer;
    },
    async close() {
      await installation.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Rows in one statement: their values must be fewer than SQLite's 32,766. */
const AT_ONCE = 500;

async function seedEvent(installation: Installation, number: number, size: number): Promise<SeededEvent> {
  const demo = demoEvent(installation.clock());
  const id = await createEvent(installation, {
    ...demo,
    slug: `${demo.slug}${number || ''}`,
    rooms: demo.rooms.map((room) => ({ ...room, capacity: 100_000 })),
    workgroups: demo.workgroups.map((workgroup) => ({ ...workgroup, places: 100_000 })),
  });
  const { keyId, privateKey } = await signingKey(installation, id);
  const ticketIds = Array.from({ length: size }, () => v4() as TicketId);
  const ticketTexts: string[] = [];
  const validity = { validFrom: demo.admissionFrom, validUntil: demo.admissionUntil };
  for (let i = 0; i < size; i += 1_000) {
    const texts = ticketIds.slice(i, i + 1_000).map((ticketId, j) => {
      const workgroupNumber = ((i + j) % demo.workgroups.length) + 1;
      return issueTicketText({ keyId, eventId: id, ticketId, workgroupNumber, ...validity }, privateKey);
    });
    ticketTexts.push(...(await Promise.all(texts)));
  }

  const now = installation.clock();
  const registrations = ticketIds.map((_, i): Insertable<Schema['registrations']> => {
    const registrationId = v7() as RegistrationId;
    return {
      event_id: id,
      id: registrationId,
      submission_id: registrationId,
      name: nameOf(i),
      name_key: nameKey(nameOf(i)),
      email: `guest${i}@example.org`,
      workgroup_id: demo.workgroups[i % demo.workgroups.length]!.id,
      state: 'confirmed',
      state_since: now,
      access_needs: JSON.stringify(i % 40 === 0 ? { ...NO_NEEDS, other: 'Platz am Rand' } : NO_NEEDS),
      locale: 'de',
      origin: 'form',
      consented_at: now,
      created_at: now,
      change: i + 2,
    };
  });
  const tickets = ticketIds.map((ticketId, i): Insertable<Schema['tickets']> => ({
    event_id: id,
    id: ticketId,
    registration_id: registrations[i]!.id,
    text: ticketTexts[i]!,
    issued_at: now,
    revoked_at: null,
  }));
  await installation.db.transaction().execute(async (tx) => {
    for (let i = 0; i < size; i += AT_ONCE) {
      await tx
        .insertInto('registrations')
        .values(registrations.slice(i, i + AT_ONCE))
        .execute();
      await tx
        .insertInto('tickets')
        .values(tickets.slice(i, i + AT_ONCE))
        .execute();
    }
    await tx
      .updateTable('events')
      .set({ change: size + 1 })
      .where('id', '=', id)
      .execute();
  });
  return { id, ticketIds, ticketTexts };
}

/** Straight into the file, within a transaction that is open: one statement, run for each row. */
export function insertRows<Table extends keyof Schema>(
  file: DatabaseSync,
  table: Table,
  rows: Insertable<Schema[Table]>[],
): void {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const places = columns.map(() => '?').join(', ');
  const sql = `insert into ${table} (${columns.join(', ')}) values (${places})`;
  const statement = prepared(file, sql);
  for (const row of rows) statement.run(...Object.values<SQLInputValue>(row));
}

const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

function prepared(file: DatabaseSync, sql: string): StatementSync {
  const known = statements.get(file) ?? new Map<string, StatementSync>();
  statements.set(file, known);
  const statement = known.get(sql) ?? file.prepare(sql);
  known.set(sql, statement);
  return statement;
}

const GIVEN_NAMES = [
  'Ayşe',
  'Björn',
  'Chiara',
  'Dmytro',
  'Elif',
  'Frank',
  'Grażyna',
  'Hüseyin',
  'Ines',
  'Jörg',
];
const FAMILY_NAMES = ['Yılmaz', 'Mertens', 'Kovačević', 'Nguyễn', 'Schäfer', 'Okonkwo', 'Haddad', 'Großmann'];

/** The name of the i-th guest. */
export function nameOf(i: number): string {
  return `${GIVEN_NAMES[i % GIVEN_NAMES.length]} ${FAMILY_NAMES[i % FAMILY_NAMES.length]} ${i}`;
}
