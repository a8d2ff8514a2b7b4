import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { v7 } from 'uuid';
import type { EventId } from '../domain/ids.ts';
import { assignPlaces, type AssignmentRules } from '../domain/place-assignment.ts';
import { MOVE_KINDS, movesOf, placeFigures, type Move, type PlaceFigures } from '../domain/place-figures.ts';
import { writeAct, type Actor } from './acts.ts';
import { readApplicants } from './applicants.ts';
import type { Tx } from './database/open.ts';
import type { MailKind } from './database/tables/registrant-tables.ts';
import { nextChange } from './database/change-numbers.ts';
import { listWorkgroups } from './events.ts';
import { inSlices } from './in-slices.ts';
import type { Installation } from './installation.ts';
import { queueMail } from './outbox.ts';
import { putInState, putInWorkgroup } from './places.ts';

/** How often an assignment is computed anew because somebody registered meanwhile. */
const ATTEMPTS = 3;
/** After how many people a transaction gives up its turn. */
export const MOVED_AT_ONCE = 50;

/** What would change if places were assigned by choices. */
export interface Proposal {
  figures: PlaceFigures;
  moves: Move[];
  /** How many mails would tell of it. */
  mails: number;
  /** Whether it is known that nothing is better. */
  proven: boolean;
  /** The same for the same moves. */
  fingerprint: string;
  /** The number of the event's change that it was computed from. */
  change: number;
}

/** Computes the best assignment of all who have a place or wait for one; nothing is changed. */
export async function proposeAssignment(
  { db }: Installation,
  eventId: EventId,
  rules: AssignmentRules,
): Promise<Proposal> {
  const { applicants, reachable, change } = await readApplicants(db, eventId);
  const workgroups = (await listWorkgroups(db, eventId)).map(({ id, places }) => ({ id, places }));
  const { outcomes, proven } = await inSlices(assignPlaces(applicants, workgroups, rules));
  await setImmediate();
  const moves = movesOf(outcomes, workgroups);
  await setImmediate();
  const figures = placeFigures(outcomes, workgroups);
  await setImmediate();
  return {
    figures,
    moves,
    mails: moves.filter(({ applicant }) => reachable.has(applicant.id)).length,
    proven,
    fingerprint: fingerprintOf(moves),
    change,
  };
}

function fingerprintOf(moves: readonly Move[]): string {
  const hash = createHash('sha256');
  for (const { applicant, workgroupId, state } of moves)
    hash.update([applicant.id, applicant.workgroupId, applicant.state, workgroupId, state, ''].join());
  return hash.digest('base64url');
}

export interface ApplyRequest {
  rules: AssignmentRules;
  /** Of the proposal that the office has seen. */
  fingerprint: string;
  /** Whether whoever is moved is told by mail. */
  tell: boolean;
}

export type ApplyOutcome =
  | { kind: 'applied'; id: string }
  /** The best is no longer what the office has seen. */
  | { kind: 'changed_since' }
  /** The event has begun: from then on only single people are moved. */
  | { kind: 'too_late' };

/** Does what was proposed, all of it or nothing; a form that is sent twice is done once. */
export async function applyAssignment(
  installation: Installation,
  eventId: EventId,
  request: ApplyRequest,
  by: Actor = null,
): Promise<ApplyOutcome> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const proposal = await proposeAssignment(installation, eventId, request.rules);
    const outcome = await installation.db
      .transaction()
      .execute((tx) => applyProposal(tx, installation, eventId, request, proposal, by));
    if (outcome.kind === 'applied') installation.news.publish(eventId);
    if (outcome.kind !== 'outdated') return outcome;
  }
  return { kind: 'changed_since' };
}

async function applyProposal(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  { fingerprint, tell }: ApplyRequest,
  proposal: Proposal,
  by: Actor,
): Promise<ApplyOutcome | { kind: 'outdated' }> {
  const change = await nextChange(tx, eventId);
  if (await hasBegun(tx, installation, eventId)) return { kind: 'too_late' };
  if (change !== proposal.change + 1) return { kind: 'outdated' };
  if (proposal.fingerprint !== fingerprint || proposal.moves.length === 0) {
    const last = await findLast(tx, eventId);
    const isDone = last?.fingerprint === fingerprint && last.undone_at === null;
    return isDone ? { kind: 'applied', id: last.id } : { kind: 'changed_since' };
  }

  const id = v7();
  await tx
    .insertInto('assignments')
    .values({
      id,
      event_id: eventId,
      at: installation.clock(),
      fingerprint,
      figures: JSON.stringify(proposal.figures),
    })
    .execute();
  for (const [index, move] of proposal.moves.entries()) {
    if (index % MOVED_AT_ONCE === 0) await setImmediate();
    await writeDown(tx, id, move);
    await perform(tx, installation, eventId, move, tell ? `assignment:${id}` : null);
  }
  const kinds = Map.groupBy(proposal.moves, ({ kind }) => kind);
  const counts = MOVE_KINDS.map((kind) => [kind, kinds.get(kind)?.length ?? 0] as const);
  await writeAct(installation, tx, {
    eventId,
    by,
    kind: 'places_assigned',
    details: { assignment: id, ...Object.fromEntries(counts), people: proposal.moves.length, tell },
  });
  return { kind: 'applied', id };
}

function findLast(tx: Tx, eventId: EventId) {
  return tx
    .selectFrom('assignments')
    .select(['id', 'fingerprint', 'undone_at'])
    .where('event_id', '=', eventId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Whether an event has begun. */
export async function hasBegun(tx: Tx, { clock }: Installation, eventId: EventId): Promise<boolean> {
  const { starts_at } = await tx
    .selectFrom('events')
    .select('starts_at')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  return clock() >= starts_at;
}

async function writeDown(tx: Tx, assignmentId: string, move: Move): Promise<void> {
  const { id, workgroupId, state } = move.applicant;
  await tx
    .insertInto('assignment_moves')
    .values((eb) => ({
      assignment_id: assignmentId,
      registration_id: id,
      kind: move.kind,
      from_workgroup_id: workgroupId,
      from_state: state,
      from_waiting_since: eb.selectFrom('registrations').select('waiting_since').where('id', '=', id),
      to_workgroup_id: move.workgroupId,
      to_state: move.state,
    }))
    .execute();
}

/** @param mailReason - of the mail that tells of it; null for none */
async function perform(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  { applicant, workgroupId, state }: Move,
  mailReason: string | null,
): Promise<void> {
  const person = { event_id: eventId, id: applicant.id, state: applicant.state };
  const isPlaced = state !== applicant.state;
  if (workgroupId !== applicant.workgroupId)
    await putInWorkgroup(tx, person, workgroupId, await nextChange(tx, eventId));
  if (isPlaced) await putInState(tx, installation, person, state, null);
  if (!mailReason) return;
  const kind: MailKind = isPlaced ? 'promotion' : 'change';
  await queueMail(tx, installation, eventId, {
    registrationId: applicant.id,
    kind,
    reason: `${mailReason}:${applicant.id}`,
  });
}
