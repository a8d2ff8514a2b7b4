import type { AccessNeeds } from '../domain/access-needs.ts';
import { decideAdmission } from '../domain/admission.ts';
import type { EventState } from '../domain/event-state.ts';
import type { CheckpointId, EventId, RegistrationId, ScanId, WorkgroupId } from '../domain/ids.ts';
import { isErased } from '../domain/registration.ts';
import {
  compareScans,
  correctedTime,
  effectiveScans,
  isAccepted,
  staffWord,
  type Scan,
} from '../domain/scan.ts';
import type { Direction, Localized } from '../domain/setting.ts';
import type { Millis } from '../domain/time.ts';
import { isFavourable, type Verdict } from '../domain/verdict.ts';
import { vouchedFor } from '../domain/vouched-for.ts';
import { writeAct, type Actor } from './acts.ts';
import type { Tx } from './database/open.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';
import { queueMail } from './outbox.ts';
import { appendOwnScan, deskDevice } from './own-scans.ts';
import { freePlaces } from './places.ts';
import { findSubmission, insertRegistration } from './registrations.ts';
import { insertTicket, ticketSigner } from './tickets.ts';

/**
 * What the reception desk does by hand. It is a tablet as any other, only that the server holds it: the same code
 * decides, the scan stands in the log with who and why, and every tablet learns of it.
 */

/**
 * Does what rests on what is known of a person. Two at the desk, at whichever process, must not decide on the same
 * knowledge: where a scan of that person has come up meanwhile, it is decided anew.
 *
 * @param decide - given the state, what is to be done within a transaction; or the outcome, where nothing is
 */
async function onNewest<Outcome>(
  installation: Installation,
  eventId: EventId,
  registrationId: RegistrationId,
  decide: (state: EventState) => { outcome: Outcome; write?: (tx: Tx, change: number) => Promise<void> },
): Promise<Outcome> {
  for (;;) {
    const { state, position } = await installation.states.readAt(eventId);
    const { outcome, write } = decide(state);
    if (!write) return outcome;
    const isWritten = await installation.db.transaction().execute(async (tx) => {
      const change = await nextChange(tx, eventId);
      if (await hasChanged(tx, eventId, registrationId, position)) return false;
      await write(tx, change);
      return true;
    });
    if (!isWritten) continue;
    installation.news.publish(eventId);
    return outcome;
  }
}

/** Whether anything that a decision about a person rests on has changed since a position of the event's feed. */
async function hasChanged(
  tx: Tx,
  eventId: EventId,
  registrationId: RegistrationId,
  position: number,
): Promise<boolean> {
  const setting = tx
    .selectFrom('events')
    .select('id')
    .where('id', '=', eventId)
    .where('setting_change', '>', position);
  const registration = tx
    .selectFrom('registrations')
    .select('id')
    .where('id', '=', registrationId)
    .where('change', '>', position);
  const scan = tx
    .selectFrom('scans')
    .innerJoin('tickets', 'tickets.id', 'scans.ticket_id')
    .select('scans.id')
    .where('tickets.registration_id', '=', registrationId)
    .where('scans.event_id', '=', eventId)
    .where('scans.change', '>', position)
    .limit(1);
  return Boolean(
    (await setting.executeTakeFirst()) ??
    (await registration.executeTakeFirst()) ??
    (await scan.executeTakeFirst()),
  );
}

export interface DeskScan {
  /** Made with the form, so that sending it twice counts once. */
  id: ScanId;
  registrationId: RegistrationId;
  checkpointId: CheckpointId;
  direction: Direction;
  why: string;
  /** Lets the person through also against the verdict. */
  override: boolean;
}

export type DeskOutcome =
  | { kind: 'through'; verdict: Verdict }
  /** Written down as such; nobody was let through. */
  | { kind: 'turned_away'; verdict: Verdict }
  /** The same form was sent before, and has been taken. */
  | { kind: 'known' }
  /** No such registration, or no such door, or not in this direction. */
  | { kind: 'not_possible' };

/** Lets somebody in or out without a ticket at hand, as if the current ticket had been scanned. */
export function checkByHand(
  installation: Installation,
  eventId: EventId,
  asked: DeskScan,
  by: Actor = null,
): Promise<DeskOutcome> {
  const { registrationId, direction } = asked;
  return onNewest<DeskOutcome>(installation, eventId, registrationId, (state) => {
    const registration = state.registrations.get(registrationId);
    const checkpoint = state.venue.checkpoints.get(asked.checkpointId);
    if (!registration || isErased(registration) || !checkpoint?.directions.includes(direction))
      return { outcome: { kind: 'not_possible' } };
    if (state.scansOf(registrationId).some(({ id }) => id === asked.id))
      return { outcome: { kind: 'known' } };
    const { ticketId } = registration;
    const reading = vouchedFor(ticketId, state);
    const verdict = decideAdmission({ reading, checkpoint, direction, now: installation.clock() }, state);
    const word = staffWord({ by: by?.name ?? '', why: asked.why });
    const against = !isFavourable(verdict.word);
    const scan = {
      id: asked.id,
      deviceId: deskDevice(eventId),
      ticketId,
      checkpointId: checkpoint.id,
      direction,
      verdictShown: verdict.word,
      override: against && asked.override ? word : null,
      byHand: word,
      undoes: null,
    };
    const through = isAccepted(scan);
    return {
      outcome: { kind: through ? 'through' : 'turned_away', verdict },
      async write(tx, change) {
        await appendOwnScan(tx, installation, eventId, scan, change);
        if (!through) return;
        const kind = direction === 'entry' ? 'checked_in_by_hand' : 'checked_out_by_hand';
        const details = { checkpoint: checkpoint.id, ...(against && { against: verdict.word }) };
        await writeAct(installation, tx, { eventId, by, kind, subject: registrationId, details });
      },
    };
  });
}

/** What the desk did last with somebody, and may take back. */
export interface LastByHand {
  id: ScanId;
  at: Millis;
  direction: Direction;
  checkpoint: Localized | null;
}

export function lastByHand(state: EventState, id: RegistrationId): LastByHand | null {
  const scan = lastScan(state, id);
  return (
    scan && {
      id: scan.id,
      at: correctedTime(scan),
      direction: scan.direction,
      checkpoint: state.venue.checkpoints.get(scan.checkpointId)?.name ?? null,
    }
  );
}

function lastScan(state: EventState, id: RegistrationId): Scan | null {
  const desk = deskDevice(state.venue.setting.eventId);
  return (
    effectiveScans(state.scansOf(id))
      .filter(({ deviceId }) => deviceId === desk)
      .sort(compareScans)
      .at(-1) ?? null
  );
}

/**
 * Takes back what the desk did last with somebody: by a scan of its own, because the log only grows.
 *
 * @param scanId - what is meant, so that sending it twice takes back one
 */
export function undoByHand(
  installation: Installation,
  eventId: EventId,
  registrationId: RegistrationId,
  scanId: ScanId,
  by: Actor = null,
): Promise<{ kind: 'undone' | 'not_possible' }> {
  return onNewest<{ kind: 'undone' | 'not_possible' }>(installation, eventId, registrationId, (state) => {
    const last = lastScan(state, registrationId);
    if (last?.id !== scanId) return { outcome: { kind: 'not_possible' } };
    const { deviceId, ticketId, payloadHash, checkpointId, direction, verdictShown } = last;
    const undo = {
      deviceId,
      ticketId,
      payloadHash,
      checkpointId,
      direction,
      verdictShown,
      undoes: scanId,
    };
    return {
      outcome: { kind: 'undone' },
      async write(tx, change) {
        await appendOwnScan(tx, installation, eventId, undo, change);
        await writeAct(installation, tx, { eventId, by, kind: 'check_in_undone', subject: registrationId });
      },
    };
  });
}

/** Somebody who has come without a registration. */
export interface DeskWalkIn {
  /** Made with the form, so that sending it twice registers once. */
  submissionId: string;
  name: string;
  email: string | null;
  needs: AccessNeeds;
  workgroupId: WorkgroupId;
  locale: string;
  /** Also where the workgroup has no place any more. */
  overbook: boolean;
}

export type WalkInOutcome =
  { kind: 'registered'; id: RegistrationId } | { kind: 'full' } | { kind: 'unknown_workgroup' };

/** Registers somebody at the desk, and sends the ticket where there is an address. */
export async function registerAtDesk(
  installation: Installation,
  eventId: EventId,
  walkIn: DeskWalkIn,
  by: Actor = null,
): Promise<WalkInOutcome> {
  const signer = await ticketSigner(installation, eventId);
  const outcome = await installation.db.transaction().execute(async (tx): Promise<WalkInOutcome> => {
    const change = await nextChange(tx, eventId);
    const before = await findSubmission(tx, eventId, walkIn.submissionId);
    if (before) return { kind: 'registered', id: before };
    const free = await freePlaces(tx, eventId, walkIn.workgroupId);
    if (free === null) return { kind: 'unknown_workgroup' };
    if (free === 0 && !walkIn.overbook) return { kind: 'full' };
    const { overbook: _, ...person } = walkIn;
    const registration = { ...person, origin: 'walk_in', state: 'confirmed', consented: false } as const;
    const id = await insertRegistration(tx, installation, eventId, registration, change);
    await insertTicket(tx, installation, eventId, id, await signer.sign(walkIn.workgroupId));
    await queueMail(tx, installation, eventId, {
      registrationId: id,
      kind: 'confirmation',
      reason: `desk:${id}`,
    });
    const details = { overbooked: free === 0 };
    await writeAct(installation, tx, { eventId, by, kind: 'walk_in_registered', subject: id, details });
    return { kind: 'registered', id };
  });
  if (outcome.kind === 'registered') {
    installation.metrics.registrations.inc({ origin: 'walk_in' });
    installation.news.publish(eventId);
  }
  return outcome;
}
