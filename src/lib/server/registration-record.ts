import type { AccessNeeds } from '../domain/access-needs.ts';
import { rolesIn, type ScanRole } from '../domain/decision.ts';
import type { EventState } from '../domain/event-state.ts';
import { personsOf } from '../domain/history.ts';
import type { EventId, RegistrationId } from '../domain/ids.ts';
import type { RegistrationState } from '../domain/registration.ts';
import { correctedTime, type Scan, type StaffWord } from '../domain/scan.ts';
import type { Direction, Localized } from '../domain/setting.ts';
import { ticketNumberOf, type TicketNumber } from '../domain/ticket-number.ts';
import type { Millis } from '../domain/time.ts';
import type { VerdictWord } from '../domain/verdict.ts';
import { bringerOf, readBringers } from './brought-scans.ts';
import type { Database } from './database/open.ts';
import type { MailRow, RegistrationRow } from './database/schema.ts';
import type { Installation } from './installation.ts';
import { findAddress } from './outbox.ts';
import { waitingBefore } from './places.ts';
import { findRegistration, listCompanions, readNeeds } from './registrations.ts';

/** Everything that the office may know of one registration. */
export interface RegistrationRecord {
  registration: RegistrationRow;
  needs: AccessNeeds;
  /** Whether mails about it reach anybody. */
  hasAddress: boolean;
  /** How many wait for the same workgroup and come first; null for whoever doesn't wait. */
  before: number | null;
  host: Relative | null;
  companions: Relative[];
  /** The newest first. */
  tickets: { number: TicketNumber; issuedAt: Millis; revokedAt: Millis | null }[];
  /** Where everybody on the ticket is: mostly one person; nobody before the first scan. */
  presence: { room: Localized | null; since: Millis }[];
  /** The earliest first. */
  history: HistoryEntry[];
}

type Relative = Pick<RegistrationRow, 'id' | 'name' | 'state'>;

export type HistoryEntry = { at: Millis } & (
  | { kind: 'registered'; origin: RegistrationRow['origin'] }
  /** Only the last state is known by its time; of earlier ones the mails tell. */
  | { kind: 'state'; state: RegistrationState }
  | { kind: 'reissued'; number: TicketNumber }
  | ({ kind: 'mail' } & Pick<MailRow, 'id' | 'state'> & { mail: MailRow['kind'] })
  | ScanEntry
  | { kind: 'erased' }
);

interface ScanEntry {
  kind: 'scan';
  direction: Direction;
  /** Null where the event has no such door. */
  checkpoint: Localized | null;
  device: string | null;
  /** The tablet that brought it, where another made it; empty where the event has it no more. */
  broughtBy: string | null;
  verdict: VerdictWord;
  override: StaffWord | null;
  byHand: StaffWord | null;
  /** The tablet took it back. */
  undone: boolean;
  /** What the office has found out about it; null where it was part of no conflict that is settled. */
  found: ScanRole | null;
}

/** @returns null when the event has no such registration */
export async function readRecord(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
): Promise<RegistrationRecord | null> {
  const { db } = installation;
  const registration = await findRegistration(db, eventId, id);
  if (!registration) return null;
  const host = registration.host_id && (await findRegistration(db, eventId, registration.host_id));
  const tickets = await listTickets(db, id);
  const log = await installation.states.readScanned(eventId);
  return {
    registration,
    needs: readNeeds(registration.access_needs),
    hasAddress: (await findAddress(db, id)) !== null,
    before: await waitingBefore(db, registration),
    host: host ? relative(host) : null,
    companions: (await listCompanions(db, id)).map(relative),
    tickets,
    presence: log ? presenceIn(log, id) : [],
    history: [
      ...ownHistory(registration),
      // The first ticket came with the registration.
      ...tickets.slice(0, -1).map(({ number, issuedAt }) => ({
        kind: 'reissued' as const,
        at: issuedAt,
        number,
      })),
      ...(await listMailsOf(db, id)),
      ...(log ? await scansOf(db, log, id) : []),
    ].sort((a, b) => a.at - b.at),
  };
}

const relative = ({ id, name, state }: RegistrationRow): Relative => ({ id, name, state });

function ownHistory(registration: RegistrationRow): HistoryEntry[] {
  const { created_at, state, state_since, erased_at, origin } = registration;
  const history: HistoryEntry[] = [
    { kind: 'registered', at: created_at, origin },
    { kind: 'state', at: state_since, state },
  ];
  if (erased_at !== null) history.push({ kind: 'erased', at: erased_at });
  return history;
}

async function listTickets(db: Database, id: RegistrationId): Promise<RegistrationRecord['tickets']> {
  const rows = await db
    .selectFrom('tickets')
    .select(['id', 'issued_at', 'revoked_at'])
    .where('registration_id', '=', id)
    .orderBy('issued_at', 'desc')
    // Issued within one millisecond: the valid one is the newest.
    .orderBy((eb) => eb.case().when('revoked_at', 'is', null).then(0).else(1).end())
    .execute();
  return rows.map((row) => ({
    number: ticketNumberOf(row.id),
    issuedAt: row.issued_at,
    revokedAt: row.revoked_at,
  }));
}

async function listMailsOf(db: Database, id: RegistrationId): Promise<HistoryEntry[]> {
  const rows = await db
    .selectFrom('mails')
    .select(['id', 'kind', 'state', 'created_at', 'settled_at'])
    .where('registration_id', '=', id)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(({ id, kind, state, created_at, settled_at }) => ({
    kind: 'mail',
    at: settled_at ?? created_at,
    id,
    mail: kind,
    state,
  }));
}

async function scansOf(db: Database, log: EventState, id: RegistrationId): Promise<HistoryEntry[]> {
  const devices = new Map(log.venue.setting.devices.map((device) => [device.id, device.name]));
  const scans = log.scansOf(id);
  const bringers = await readBringers(
    db,
    log.venue.setting.eventId,
    scans.map((scan) => scan.id),
  );
  const roles = rolesIn(
    log
      .settled()
      .filter(({ holder }) => holder === id)
      .map(({ decision }) => decision),
  );
  const isUndone = (scan: Scan) =>
    scans.some((undo) => undo.undoes === scan.id && undo.deviceId === scan.deviceId);
  return scans
    .filter(({ undoes }) => undoes === null)
    .map((scan) => ({
      kind: 'scan',
      at: correctedTime(scan),
      direction: scan.direction,
      checkpoint: log.venue.checkpoints.get(scan.checkpointId)?.name ?? null,
      device: devices.get(scan.deviceId) ?? null,
      broughtBy: bringerOf(bringers, scan.id, log.venue),
      verdict: scan.verdictShown,
      override: scan.override,
      byHand: scan.byHand,
      undone: isUndone(scan),
      found: roles.get(scan.id) ?? null,
    }));
}

/** Where everybody on a registration's ticket is; somebody who was never scanned is left out. */
export function presenceIn(log: EventState, id: RegistrationId): RegistrationRecord['presence'] {
  return personsOf(log.presenceOf(id)).flatMap(({ place, since }) =>
    since ? [{ room: place && (log.venue.rooms.get(place)?.name ?? null), since: since.time }] : [],
  );
}
