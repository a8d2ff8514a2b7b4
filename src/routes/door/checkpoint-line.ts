import type { EventState } from '$lib/domain/event-state';
import type { Direction, Localized } from '$lib/domain/setting';
import type { Duty } from '$lib/door/database';

/** What the staff see of their door all the time. */
export interface CheckpointLine {
  name: Localized;
  direction: Direction;
  /** What the door serves. */
  directions: Direction[];
  roomName: Localized;
  headcount: number;
  capacity: number;
}

/** @returns null when the event has no such checkpoint (any more) */
export function checkpointLine(state: EventState, duty: Duty): CheckpointLine | null {
  const checkpoint = state.venue.checkpoints.get(duty.checkpointId);
  const room = checkpoint && state.venue.rooms.get(checkpoint.roomId);
  if (!checkpoint || !room) return null;
  return {
    name: checkpoint.name,
    direction: duty.direction,
    directions: checkpoint.directions,
    roomName: room.name,
    headcount: state.headcount(room.id),
    capacity: room.capacity,
  };
}
