import * as v from 'valibot';
import { DecisionSchema, type Decision } from '../domain/decision.ts';
import { baseLocale } from '../i18n/index.ts';
import { describeNeeds } from '../i18n/access-needs.ts';
import type { DeviceId, EventId, RegistrationId, Cursor } from '../domain/ids.ts';
import type { Registration } from '../domain/registration.ts';
import type { Scan } from '../domain/scan.ts';
import type { ChangeWire } from '../domain/wire.ts';
import type { Database, Tx } from './database/open.ts';
import type { DecisionRow, RegistrationRow, ScanRow } from './database/schema.ts';
import { readSetting } from './event-setting.ts';
import { readNeeds } from './registrations.ts';

/** The most changes in one page of the feed. */
export const FEED_PAGE = 2_000;

export interface FeedPage {
  changes: ChangeWire[];
  /** The number of the last change in this page. */
  position: number;
  more: boolean;
  /** How often what stands in the log has been rewritten; more often than before: read it from the beginning. */
  rewrites: number;
}

/**
 * What has changed in an event since a position, in the order of the changes' numbers.
 *
 * @param after - the number of the last change that is known; 0 for nothing
 * @param except - the device that reads: its own scans are left out, and the others' carry their signatures
 */
export async function readFeed(
  db: Database | Tx,
  eventId: EventId,
  after: number,
  except: DeviceId | null = null,
): Promise<FeedPage> {
  // Whatever is committed while this reads is left to the next page, so that nothing between two queries is skipped.
  const event = await db
    .selectFrom('events')
    .select(['change', 'setting_change', 'rewrites'])
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  if (event.change === after && after > 0)
    return { changes: [], position: after, more: false, rewrites: event.rewrites };
  const registrations = await db
    .selectFrom('registrations')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('change', '>', after)
    .where('change', '<=', event.change)
    .orderBy('change')
    .limit(FEED_PAGE + 1)
    .execute();
  let scanQuery = db
    .selectFrom('scans')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('change', '>', after)
    .where('change', '<=', event.change);
  if (except) scanQuery = scanQuery.where('device_id', '!=', except);
  const scans = await scanQuery
    .orderBy('change')
    .limit(FEED_PAGE + 1)
    .execute();

  const decisions = await db
    .selectFrom('decisions')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('change', '>', after)
    .where('change', '<=', event.change)
    .orderBy('change')
    .limit(FEED_PAGE + 1)
    .execute();

  const rows = [...registrations, ...scans, ...decisions].sort((a, b) => a.change - b.change);
  const more = rows.length > FEED_PAGE;
  const page = rows.slice(0, FEED_PAGE);
  const position = more ? page.at(-1)!.change : event.change;

  const changes: ChangeWire[] = [];
  if (after === 0 || (event.setting_change > after && event.setting_change <= position)) {
    changes.push({ kind: 'setting', setting: await readSetting(db, eventId) });
  }
  const tickets = await readTickets(
    db,
    page.filter((row) => 'submission_id' in row).map((row) => row.id),
  );
  const needsInWords = describeOnce();
  for (const row of page) {
    if ('submission_id' in row) {
      const accessNeeds = needsInWords(row.access_needs);
      const registration = registrationOf(row, tickets.get(row.id) ?? [], accessNeeds);
      if (registration) changes.push({ kind: 'registration', registration });
    } else if ('decided_at' in row) {
      changes.push({ kind: 'decision', decision: decisionOf(row) });
    } else {
      const signed = except !== null && row.signature !== null && { signature: row.signature };
      changes.push({ kind: 'scan', scan: scanOf(row), ...signed });
    }
  }
  return { changes, position, more, rewrites: event.rewrites };
}

interface TicketRow {
  id: Registration['ticketId'];
  registration_id: RegistrationId;
  revoked_at: Registration['stateSince'] | null;
}

async function readTickets(
  db: Database | Tx,
  ids: RegistrationId[],
): Promise<Map<RegistrationId, TicketRow[]>> {
  const byRegistration = new Map<RegistrationId, TicketRow[]>();
  if (ids.length === 0) return byRegistration;
  const rows = await db
    .selectFrom('tickets')
    .select(['id', 'registration_id', 'revoked_at'])
    .where('registration_id', 'in', ids)
    .orderBy('issued_at')
    .execute();
  for (const row of rows) {
    const rowsOfOne = byRegistration.get(row.registration_id);
    if (rowsOfOne) rowsOfOne.push(row);
    else byRegistration.set(row.registration_id, [row]);
  }
  return byRegistration;
}

/** Puts access needs in words; most people have the same ones, and a roster is long. */
function describeOnce(): (needs: RegistrationRow['access_needs']) => string {
  const described = new Map<string, string>();
  return (needs) => {
    const known = described.get(needs);
    if (known !== undefined) return known;
    const words = describeNeeds(readNeeds(needs), baseLocale);
    described.set(needs, words);
    return words;
  };
}

/** The roster row of a registration: what the door needs, and no more. */
function registrationOf(
  row: RegistrationRow,
  tickets: TicketRow[],
  accessNeeds: string,
): Registration | null {
  const current = tickets.find((ticket) => ticket.revoked_at === null);
  if (!current) return null;
  return {
    id: row.id,
    name: row.name,
    workgroupId: row.workgroup_id,
    state: row.state,
    stateSince: row.state_since,
    ticketId: current.id,
    formerTickets: tickets.flatMap((ticket) =>
      ticket.revoked_at === null ? [] : [{ ticketId: ticket.id, revokedAt: ticket.revoked_at }],
    ),
    accessNeeds,
  };
}

/** A row of the log, as tablet and server speak of it. */
export function scanOf(row: ScanRow): Scan {
  return {
    id: row.id,
    deviceId: row.device_id,
    deviceSeq: row.device_seq,
    ticketId: row.ticket_id,
    payloadHash: row.payload_hash,
    checkpointId: row.checkpoint_id,
    direction: row.direction,
    deviceTime: row.device_time,
    clockOffset: row.clock_offset,
    rosterCursor: row.roster_cursor as Cursor | null,
    verdictShown: row.verdict_shown,
    override: row.override_by === null ? null : { by: row.override_by, why: row.override_why ?? '' },
    byHand: row.by_hand_by === null ? null : { by: row.by_hand_by, why: row.by_hand_why ?? '' },
    undoes: row.undoes,
  };
}

/** A decision as it travels: without who made it, which is nothing for a tablet. */
export function decisionOf(row: DecisionRow): Decision {
  return v.parse(DecisionSchema, {
    id: row.id,
    order: row.change,
    at: row.decided_at,
    reasons: JSON.parse(row.reasons) as unknown,
    subjects: JSON.parse(row.subjects) as unknown,
    scans: JSON.parse(row.scans) as unknown,
  });
}

/** A cursor names the database it belongs to, so that one from before a restore is noticed. */
export function formatCursor(databaseId: string, position: number): Cursor {
  return `${databaseId}.${position}` as Cursor;
}

/** @returns the position, or null when the cursor is of another database or ahead of this one */
export function parseCursor(cursor: string, databaseId: string, newest: number): number | null {
  const [, id, digits] = /^([^.]+)\.(\d{1,15})$/.exec(cursor) ?? [];
  const position = Number(digits);
  return id === databaseId && position <= newest ? position : null;
}
