import type { EventState } from '$lib/domain/event-state';
import type { WorkgroupId } from '$lib/domain/ids';
import { fullnessOf, type Fullness } from '$lib/domain/live-view';
import type { Localized } from '$lib/domain/setting';

/** A workgroup that somebody without a registration can join. */
export interface WalkInChoice {
  workgroupId: WorkgroupId;
  title: Localized;
  roomName: Localized;
  /** Places in its room, as far as this tablet knows who is there. */
  free: number;
  fullness: Fullness;
}

/** Every workgroup that has a room, in the event's order. */
export function walkInChoices(state: EventState): WalkInChoice[] {
  const { venue } = state;
  return venue.setting.workgroups.flatMap((workgroup) => {
    const room = venue.rooms.get(workgroup.roomId);
    if (!room) return [];
    const count = { headcount: state.headcount(room.id), capacity: room.capacity };
    return {
      workgroupId: workgroup.id,
      title: workgroup.title,
      roomName: room.name,
      free: Math.max(0, count.capacity - count.headcount),
      fullness: fullnessOf(count),
    };
  });
}
