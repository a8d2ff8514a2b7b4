import * as v from 'valibot';
import type { RoomId } from '../../../../../lib/domain/ids.ts';
import { CheckpointSchema, type Checkpoint } from '../../../../../lib/domain/setting.ts';
import type { CheckpointsEdit, TypedCheckpoint } from '../../../../../lib/server/checkpoint-setting.ts';
import { FieldReader, NeededLineSchema } from '../../../form-reader.ts';
import type { Fields, FormRefusal } from '../../../form-state.ts';

/** The fields of the door that is added. */
export const NEW = 'new';

const { admits: AdmitsSchema, reentry: ReentrySchema } = CheckpointSchema.entries;

export function typedCheckpoints(checkpoints: Checkpoint[], rooms: { id: RoomId }[]): Fields {
  return {
    ...Object.fromEntries(
      checkpoints.flatMap(({ id, name, roomId, directions, admits, reentry }) => [
        [`name-${id}`, name.de],
        [`room-${id}`, roomId],
        [`entry-${id}`, directions.includes('entry') ? 'yes' : ''],
        [`exit-${id}`, directions.includes('exit') ? 'yes' : ''],
        [`admits-${id}`, admits],
        [`reentry-${id}`, reentry],
      ]),
    ),
    [`room-${NEW}`]: rooms[0]?.id ?? '',
    [`entry-${NEW}`]: 'yes',
    [`exit-${NEW}`]: 'yes',
    [`admits-${NEW}`]: 'anyone',
    [`reentry-${NEW}`]: 'after_exit',
  };
}

/** Reads the doors that there are, and the one that is added where it has a name. */
export function parseCheckpoints(
  typed: Fields,
  checkpoints: Checkpoint[],
  rooms: { id: RoomId }[],
): { edit: CheckpointsEdit } | Pick<FormRefusal, 'problems'> {
  const form = new FieldReader(typed);
  const removed = checkpoints.filter(({ id }) => form.ticked(`remove-${id}`)).map(({ id }) => id);
  const read = (id: string, before: Omit<TypedCheckpoint, 'name' | 'directions'>): TypedCheckpoint => {
    const directions = (['entry', 'exit'] as const).filter((way) => form.ticked(`${way}-${id}`));
    if (directions.length === 0) form.problems[`entry-${id}`] = 'direction_missing';
    return {
      name: form.read(`name-${id}`, NeededLineSchema),
      directions,
      // Lists offer what there is; anything else is nobody's wish.
      roomId: rooms.find((room) => room.id === form.raw(`room-${id}`))?.id ?? before.roomId,
      admits: v.parse(v.fallback(AdmitsSchema, before.admits), form.raw(`admits-${id}`)),
      reentry: v.parse(v.fallback(ReentrySchema, before.reentry), form.raw(`reentry-${id}`)),
    };
  };
  const [first] = rooms;
  const adds = first && form.raw(`name-${NEW}`).trim() !== '';
  const edit: CheckpointsEdit = {
    kept: checkpoints
      .filter(({ id }) => !removed.includes(id))
      .map((checkpoint) => ({ ...read(checkpoint.id, checkpoint), id: checkpoint.id })),
    removed,
    added: adds ? [read(NEW, { roomId: first.id, admits: 'anyone', reentry: 'after_exit' })] : [],
    version: typed.version ?? '',
  };
  return form.failed ? form : { edit };
}
