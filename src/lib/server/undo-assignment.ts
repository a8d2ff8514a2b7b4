import { setImmediate } from 'node:timers/promises';
import type { Selectable } from 'kysely';
import * as v from 'valibot';
import type { EventId, RegistrationId, WorkgroupId } from '../domain/ids.ts';
import { placedOf, PlaceFiguresSchema } from '../domain/place-figures.ts';
import { writeAct, type Actor } from './acts.ts';
import type { Tx } from './database/open.ts';
import type { AssignmentMovesTable } from './database/tables/registrant-tables.ts';
import { nextChange } from './database/change-numbers.ts';
import { listWorkgroups } from './events.ts';
import type { Installation } from './installation.ts';
import { queueMail } from './outbox.ts';
import { hasBegun, MOVED_AT_ONCE } from './place-assignment.ts';
import { promoteWaiting, putInState, putInWorkgroup } from './places.ts';

export type UndoOutcome =
  /** Also where it had been undone before: then nobody is put back a second time. */
  | { kind: 'undone'; putBack: number; left: number }
  | { kind: 'unknown' }
  /** The event has begun. */
  | { kind: 'too_late' };

/**
 * Puts back whom an assignment has moved, to the place or to the place in the queue that they had. Left as they are:
 * whoever has been moved, cancelled or erased since, and whoever's former place somebody else has now.
 *
 * @param tell - whether they are told by mail
 */
export async function undoAssignment(
  installation: Installation,
  eventId: EventId,
  assignmentId: string,
  { tell }: { tell: boolean },
  by: Actor = null,
): Promise<UndoOutcome> {
  const outcome = await installation.db.transaction().execute(async (tx): Promise<UndoOutcome> => {
    await nextChange(tx, eventId);
    const assignment = await tx
      .selectFrom('assignments')
      .selectAll()
      .where('event_id', '=', eventId)
      .where('id', '=', assignmentId)
      .executeTakeFirst();
    if (!assignment) return { kind: 'unknown' };
    const moves = await readMoves(tx, assignmentId);
    if (assignment.undone_at !== null) return countUndone(moves);
    if (await hasBegun(tx, installation, eventId)) return { kind: 'too_late' };

    const before = v.parse(PlaceFiguresSchema, JSON.parse(assignment.figures));
    const takenBefore = new Map(before.workgroups.map(({ id, now }) => [id, placedOf(now)]));
    const workgroups = await listWorkgroups(tx, eventId);
    const limits = new Map(
      workgroups.map(({ id, places, taken }) => [id, Math.max(places, taken, takenBefore.get(id) ?? 0)]),
    );
    const taken = new Map(workgroups.map((workgroup) => [workgroup.id, workgroup.taken]));
    const decided = decide(moves, taken, limits);
    for (const [index, { move, undone }] of decided.entries()) {
      if (index % MOVED_AT_ONCE === 0) await setImmediate();
      if (undone === 'put_back') await putBack(tx, installation, eventId, move, tell);
      await tx
        .updateTable('assignment_moves')
        .set({ undone })
        .where('assignment_id', '=', assignmentId)
        .where('registration_id', '=', move.registration_id)
        .execute();
    }
    for (const { id } of workgroups)
      await promoteWaiting(tx, installation, eventId, id, tell ? 'promotion' : null);
    await tx
      .updateTable('assignments')
      .set({ undone_at: installation.clock() })
      .where('id', '=', assignmentId)
      .execute();
    const counted = countUndone(decided.map(({ undone }) => ({ undone })));
    await writeAct(installation, tx, {
      eventId,
      by,
      kind: 'assignment_undone',
      details: { assignment: assignmentId, people: counted.putBack, left: counted.left, tell },
    });
    return counted;
  });
  if (outcome.kind === 'undone') installation.news.publish(eventId);
  return outcome;
}

/** A move, and how whom it moved stands today. */
type MoveRow = Selectable<AssignmentMovesTable> & {
  workgroup_id: WorkgroupId;
  state: string;
  erased_at: number | null;
};

/** Who registered first comes first. */
function readMoves(tx: Tx, assignmentId: string): Promise<MoveRow[]> {
  return tx
    .selectFrom('assignment_moves')
    .innerJoin('registrations', 'registrations.id', 'assignment_moves.registration_id')
    .selectAll('assignment_moves')
    .select(['registrations.workgroup_id', 'registrations.state', 'registrations.erased_at'])
    .where('assignment_id', '=', assignmentId)
    .orderBy('registrations.created_at')
    .orderBy('registrations.id')
    .execute();
}

function countUndone(moves: readonly Pick<MoveRow, 'undone'>[]): Extract<UndoOutcome, { kind: 'undone' }> {
  const putBack = moves.filter(({ undone }) => undone === 'put_back').length;
  return { kind: 'undone', putBack, left: moves.length - putBack };
}

/**
 * Decides who is put back. Everybody untouched, at first; where that gives away more places than there are, those who
 * registered last stay, which may take the place of others, until it fits.
 */
function decide(
  moves: readonly MoveRow[],
  taken: ReadonlyMap<WorkgroupId, number>,
  limits: ReadonlyMap<WorkgroupId, number>,
): { move: MoveRow; undone: NonNullable<MoveRow['undone']> }[] {
  const full = new Set<RegistrationId>();
  const untouched = moves.filter(
    (move) =>
      move.erased_at === null && move.workgroup_id === move.to_workgroup_id && move.state === move.to_state,
  );
  for (let stays: RegistrationId[] = [], first = true; first || stays.length > 0; first = false) {
    for (const id of stays) full.add(id);
    stays = tooMany(
      untouched.filter((move) => !full.has(move.registration_id)),
      taken,
      limits,
    );
  }
  const kept = new Set(untouched);
  return moves.map((move) => {
    if (!kept.has(move)) return { move, undone: 'changed_since' };
    return { move, undone: full.has(move.registration_id) ? 'full' : 'put_back' };
  });
}

/** For whom there would be no place if all these were put back. */
function tooMany(
  back: readonly MoveRow[],
  taken: ReadonlyMap<WorkgroupId, number>,
  limits: ReadonlyMap<WorkgroupId, number>,
): RegistrationId[] {
  const then = new Map(taken);
  const add = (id: WorkgroupId, count: number) => then.set(id, (then.get(id) ?? 0) + count);
  for (const move of back) {
    if (move.to_state === 'confirmed') add(move.to_workgroup_id, -1);
    if (move.from_state === 'confirmed') add(move.from_workgroup_id, 1);
  }
  return [...then].flatMap(([id, count]) => {
    const excess = count - (limits.get(id) ?? 0);
    const there = back.filter((move) => move.from_state === 'confirmed' && move.from_workgroup_id === id);
    return excess > 0 ? there.slice(-excess).map((move) => move.registration_id) : [];
  });
}

async function putBack(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  move: MoveRow,
  tell: boolean,
): Promise<void> {
  const id = move.registration_id;
  const person = { event_id: eventId, id, state: move.to_state };
  if (move.from_workgroup_id !== move.to_workgroup_id)
    await putInWorkgroup(tx, person, move.from_workgroup_id, await nextChange(tx, eventId));
  if (move.from_state !== move.to_state) await putInState(tx, installation, person, move.from_state, null);
  // Whoever waits again does so where they stood before, and not at the end.
  await tx
    .updateTable('registrations')
    .set({ waiting_since: move.from_waiting_since })
    .where('id', '=', id)
    .execute();
  if (!tell) return;
  await queueMail(tx, installation, eventId, {
    registrationId: id,
    kind: move.from_state === 'waitlisted' ? 'waiting_list' : 'change',
    reason: `undo:${move.assignment_id}:${id}`,
  });
}
