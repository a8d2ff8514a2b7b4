import * as v from 'valibot';
import type { CheckpointId, EventId, RoomId } from '../domain/ids.ts';
import { DirectionSchema, type Checkpoint } from '../domain/setting.ts';
import { writeAct, type Actor } from './acts.ts';
import type { Database, Tx } from './database/open.ts';
import { editEvent, versionOf, type ChangedMeanwhile } from './event-edit.ts';
import { german } from './event-texts.ts';
import { listWorkgroups, localized, touchSetting } from './events.ts';
import type { Installation } from './installation.ts';
import { freeId, insertPlaces } from './venue-rows.ts';

/** The doors of an event, in the order in which tablets offer them. */
export async function listCheckpoints(db: Database | Tx, eventId: EventId): Promise<Checkpoint[]> {
  const rows = await db
    .selectFrom('checkpoints')
    .selectAll()
    .where('event_id', '=', eventId)
    .orderBy('position')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: localized(row.name),
    roomId: row.room_id,
    directions: v.parse(v.array(DirectionSchema), JSON.parse(row.directions)),
    admits: row.admits,
    reentry: row.reentry,
  }));
}

/** How many scans the log holds of each door that has any. */
export async function countScans(db: Database | Tx, eventId: EventId): Promise<Map<CheckpointId, number>> {
  const rows = await db
    .selectFrom('scans')
    .select(['checkpoint_id', (eb) => eb.fn.countAll<number>().as('count')])
    .where('event_id', '=', eventId)
    .groupBy('checkpoint_id')
    .execute();
  return new Map(rows.map((row) => [row.checkpoint_id, Number(row.count)]));
}

/** A door as it is typed: named in German. */
export type TypedCheckpoint = Omit<Checkpoint, 'id' | 'name'> & { name: string };

export interface CheckpointsEdit {
  kept: (TypedCheckpoint & { id: CheckpointId })[];
  removed: CheckpointId[];
  added: TypedCheckpoint[];
  /** Of the doors that the form showed. */
  version: string;
}

/** Why a door stays as it is. */
export type CheckpointProblem =
  /** Scans were made there: where their holders are follows from the door's room. */
  | 'scanned'
  /** A tablet still holds scans, maybe of this door. */
  | 'scans_waiting'
  /** A workgroup's room must have a door. */
  | 'last_door';

export type CheckpointsOutcome =
  { kind: 'saved' } | ChangedMeanwhile | { kind: 'refused'; problems: Map<CheckpointId, CheckpointProblem> };

export const checkpointsVersion = (checkpoints: readonly Checkpoint[]): string =>
  versionOf(
    checkpoints.map(({ id, name, roomId, directions, admits, reentry }) => [
      ...[id, name.de, roomId, admits, reentry],
      directions,
    ]),
  );

/** Changes, adds and removes doors, all or nothing. */
export async function saveCheckpoints(
  installation: Installation,
  eventId: EventId,
  { kept, removed, added, version }: CheckpointsEdit,
  by: Actor = null,
): Promise<CheckpointsOutcome> {
  return editEvent<CheckpointsOutcome>(installation, eventId, async (tx, refuse) => {
    const before = await listCheckpoints(tx, eventId);
    if (checkpointsVersion(before) !== version) refuse({ kind: 'changed_meanwhile' });
    const problems = await problemsOf(tx, eventId, before, { kept, removed, added });
    if (problems.size > 0) refuse({ kind: 'refused', problems });

    for (const { id, name, roomId, directions, admits, reentry } of kept) {
      const present = before.find((checkpoint) => checkpoint.id === id);
      await tx
        .updateTable('checkpoints')
        .set({
          name: JSON.stringify(german(present?.name, name)),
          room_id: roomId,
          directions: JSON.stringify(directions),
          admits,
          reentry,
        })
        .where('event_id', '=', eventId)
        .where('id', '=', id)
        .execute();
    }
    await removeCheckpoints(tx, eventId, removed);
    const taken = new Set<string>(before.map(({ id }) => id));
    const checkpoints = added.map(({ name, ...checkpoint }) => ({
      ...checkpoint,
      id: freeId(`${checkpoint.roomId}-door`.slice(0, 60), taken) as CheckpointId,
      name: { de: name },
    }));
    await insertPlaces(tx, eventId, { rooms: [], workgroups: [], checkpoints });
    await touchSetting(tx, eventId);
    const details = { added: added.length, removed: removed.length };
    await writeAct(installation, tx, { eventId, by, kind: 'checkpoints_changed', details });
    return { kind: 'saved' };
  });
}

async function problemsOf(
  tx: Tx,
  eventId: EventId,
  before: Checkpoint[],
  { kept, removed, added }: Omit<CheckpointsEdit, 'version'>,
): Promise<Map<CheckpointId, CheckpointProblem>> {
  const problems = new Map<CheckpointId, CheckpointProblem>();
  const scans = await countScans(tx, eventId);
  const waiting = await scansWait(tx, eventId);
  const doors = new Set<RoomId>([...kept, ...added].map(({ roomId }) => roomId));
  const needed = new Set<RoomId>((await listWorkgroups(tx, eventId)).map(({ roomId }) => roomId));
  for (const { id, roomId } of before) {
    const stays = kept.find((checkpoint) => checkpoint.id === id);
    if (stays?.roomId === roomId || (!stays && !removed.includes(id))) continue;
    if (scans.has(id)) problems.set(id, 'scanned');
    else if (waiting) problems.set(id, 'scans_waiting');
    else if (needed.has(roomId) && !doors.has(roomId)) problems.set(id, 'last_door');
  }
  return problems;
}

/** Whether a tablet that is still in use has said that it holds scans: nobody knows of which door. */
export async function scansWait(db: Database | Tx, eventId: EventId): Promise<boolean> {
  const device = await db
    .selectFrom('devices')
    .select('id')
    .where('event_id', '=', eventId)
    .where('waiting', '>', 0)
    .limit(1)
    .executeTakeFirst();
  return device !== undefined;
}

export async function removeCheckpoints(
  tx: Tx,
  eventId: EventId,
  ids: readonly CheckpointId[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx.deleteFrom('checkpoints').where('event_id', '=', eventId).where('id', 'in', ids).execute();
}
