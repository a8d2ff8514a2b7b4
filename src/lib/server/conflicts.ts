import { v7 } from 'uuid';
import { isDecidable, kindOf, type ConflictReason, type Decision } from '../domain/decision.ts';
import type { EventState } from '../domain/event-state.ts';
import type { DecisionId, EventId, RegistrationId, ScanId } from '../domain/ids.ts';
import type { Registration } from '../domain/registration.ts';
import { correctedTime, subjectOf, type Scan, type StaffWord } from '../domain/scan.ts';
import type { Direction, Localized } from '../domain/setting.ts';
import { ticketNumberOf, type TicketNumber } from '../domain/ticket-number.ts';
import type { Millis } from '../domain/time.ts';
import { writeAct, type Actor } from './acts.ts';
import { bringerOf, readBringers, type Bringers } from './brought-scans.ts';
import type { Tx } from './database/open.ts';
import { nextChange } from './database/change-numbers.ts';
import { decisionOf } from './feed.ts';
import type { Installation } from './installation.ts';

/** A scan of a conflict, as the office reads it. */
export interface ConflictScan {
  id: ScanId;
  time: Millis;
  direction: Direction;
  /** Null where the event has no such door. */
  checkpoint: Localized | null;
  device: string | null;
  /** The tablet that brought it, where another made it; empty where the event has it no more. */
  broughtBy: string | null;
  number: TicketNumber | null;
  byHand: StaffWord | null;
}

/** A decision, and who made it. */
export interface DecisionOfSomebody {
  decision: Decision;
  /** Null where the account is no more. */
  byName: string | null;
}

/** A conflict with everything that somebody needs who shall decide it. */
export interface ConflictCase {
  /** The same while the same scans are concerned. */
  key: string;
  /** Null where the roster doesn't know whose ticket it is. */
  person: { id: RegistrationId; name: string } | null;
  reasons: ConflictReason[];
  /** The earliest first. */
  scans: ConflictScan[];
  /** The decision that holds; of an open case, what was decided before the facts changed. */
  decision: DecisionOfSomebody | null;
  /** Earlier decisions about any of these scans, the latest first. */
  earlier: DecisionOfSomebody[];
}

export interface ConflictInbox {
  /** The latest first. */
  open: ConflictCase[];
  /** The latest decision first. */
  settled: ConflictCase[];
}

export async function readConflicts(installation: Installation, eventId: EventId): Promise<ConflictInbox> {
  const state = await installation.states.read(eventId);
  const decisions = await listDecisions(installation, eventId);
  const concerned = [...state.conflicts(), ...state.settled()].flatMap(({ scans }) => scans);
  const bringers = await readBringers(
    installation.db,
    eventId,
    concerned.map(({ id }) => id),
  );
  const ofCase = (
    about: { registration: Registration | null; scans: Scan[]; reasons: ConflictReason[] },
    decided: Decision | null,
  ): ConflictCase => {
    const ids = new Set(about.scans.map(({ id }) => id));
    const touching = decisions.filter(({ decision }) => decision.scans.some(({ id }) => ids.has(id)));
    return {
      key: keyOf(about.scans),
      person: about.registration && { id: about.registration.id, name: about.registration.name },
      reasons: about.reasons,
      scans: about.scans.map((scan) => readScan(scan, state, bringers)),
      decision: touching.find(({ decision }) => decision.id === decided?.id) ?? null,
      earlier: touching.filter(({ decision }) => decision.id !== decided?.id),
    };
  };
  const open = state.conflicts();
  // What is open again stands there, with all of its scans.
  const reopened = new Set(open.map(({ formerly }) => formerly?.id));
  return {
    open: open
      .map((conflict) => ofCase(conflict, conflict.formerly))
      .sort((a, b) => b.scans.at(-1)!.time - a.scans.at(-1)!.time),
    settled: state
      .settled()
      .filter(({ decision }) => !reopened.has(decision.id))
      .sort((a, b) => b.decision.order - a.decision.order)
      .map((settled) => ofCase({ ...settled, reasons: settled.decision.reasons }, settled.decision)),
  };
}

const keyOf = (scans: readonly { id: ScanId }[]): string =>
  scans
    .map(({ id }) => id)
    .sort()
    .join(' ');

function readScan(scan: Scan, { venue }: EventState, bringers: Bringers): ConflictScan {
  return {
    id: scan.id,
    time: correctedTime(scan),
    direction: scan.direction,
    checkpoint: venue.checkpoints.get(scan.checkpointId)?.name ?? null,
    device: venue.setting.devices.find(({ id }) => id === scan.deviceId)?.name ?? null,
    broughtBy: bringerOf(bringers, scan.id, venue),
    number: scan.ticketId && ticketNumberOf(scan.ticketId),
    byHand: scan.byHand,
  };
}

/** Every decision of an event, the latest first. */
async function listDecisions({ db }: Installation, eventId: EventId): Promise<DecisionOfSomebody[]> {
  const rows = await db
    .selectFrom('decisions')
    .leftJoin('users', 'users.id', 'decisions.decided_by')
    .selectAll('decisions')
    .select('users.name as by_name')
    .where('event_id', '=', eventId)
    .orderBy('change', 'desc')
    .execute();
  return rows.map((row) => ({ decision: decisionOf(row), byName: row.by_name }));
}

export type SettleOutcome =
  | { kind: 'settled' }
  /** There is no such conflict any more: other scans have arrived, or it has solved itself. */
  | { kind: 'changed' }
  /** Nobody would be left for the further person to be beside, or somebody came in by an exit. */
  | { kind: 'impossible' };

/**
 * Writes down what the office has found out about a conflict, an open one or one that it decided otherwise before. The
 * scans stay as they are; tablets and office fold them anew.
 *
 * @param scans - each scan of the conflict with what was found out about it, in any order
 */
export async function settleConflict(
  installation: Installation,
  eventId: EventId,
  scans: Decision['scans'],
  by: Actor = null,
): Promise<SettleOutcome> {
  const state = await installation.states.read(eventId);
  const key = keyOf(scans);
  const open = state.conflicts().find((conflict) => keyOf(conflict.scans) === key);
  const settled = open ? null : state.settled().find((one) => keyOf(one.scans) === key);
  const found = open ?? settled;
  if (!found) return { kind: 'changed' };
  const roles = new Map(scans.map(({ id, role }) => [id, role]));
  const decided = found.scans.map(({ id }) => ({ id, role: roles.get(id)! }));
  const comesByExit = found.scans.some(
    ({ id, direction }) => direction === 'exit' && roles.get(id) === 'further_person',
  );
  if (!isDecidable(decided) || comesByExit) return { kind: 'impossible' };

  await installation.db.transaction().execute(async (tx) => {
    const change = await nextChange(tx, eventId);
    const scans = JSON.stringify(decided);
    if ((await findLastDecision(tx, eventId, key)) === scans) return;
    const id = v7() as DecisionId;
    await tx
      .insertInto('decisions')
      .values({
        event_id: eventId,
        id,
        reasons: JSON.stringify(open ? open.reasons : settled!.decision.reasons),
        subjects: JSON.stringify([...new Set(found.scans.map((scan) => subjectOf(scan)!))]),
        scans,
        decided_by: by?.id ?? null,
        decided_at: installation.clock(),
        change,
      })
      .execute();
    await writeAct(installation, tx, {
      eventId,
      by,
      kind: 'conflict_settled',
      ...(found.registration && { subject: found.registration.id }),
      details: { decision: id, found: kindOf({ scans: decided }) },
    });
  });
  installation.news.publish(eventId);
  return { kind: 'settled' };
}

/** What was last found out about the scans of a conflict; undefined when nothing was. */
async function findLastDecision(tx: Tx, eventId: EventId, key: string): Promise<string | undefined> {
  const rows = await tx
    .selectFrom('decisions')
    .select('scans')
    .where('event_id', '=', eventId)
    .orderBy('change', 'desc')
    .execute();
  return rows.find(({ scans }) => keyOf(JSON.parse(scans) as Decision['scans']) === key)?.scans;
}
