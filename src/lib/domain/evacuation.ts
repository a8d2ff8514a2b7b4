import type { EventState } from './event-state.ts';
import type { HolderId } from './ids.ts';
import type { Registration } from './registration.ts';
import type { Room } from './setting.ts';
import type { Millis } from './time.ts';

/** Somebody who is inside, as far as is known. */
export interface PersonInside {
  holder: HolderId;
  /** Null for a ticket that the roster doesn't hold (yet). */
  registration: Registration | null;
  since: Millis;
  /** The holder's id; of a further person on the same ticket, with a number behind it. */
  key: string;
}

/** Who is in one room. */
export interface RoomList {
  room: Room;
  /** Whoever needs help first, then by name. */
  people: PersonInside[];
}

/** Who is inside, room by room, for the assembly point; rooms without anybody are left out. */
export function evacuationList(state: EventState): RoomList[] {
  const byRoom = new Map<string, PersonInside[]>();
  const seen = new Map<HolderId, number>();
  for (const [holder, presence] of state.present()) {
    const number = seen.get(holder) ?? 0;
    seen.set(holder, number + 1);
    const people = byRoom.get(presence.place!) ?? [];
    byRoom.set(presence.place!, people);
    const registration = state.registrations.get(holder as Registration['id']) ?? null;
    people.push({
      holder,
      registration,
      since: presence.since!.time,
      key: number === 0 ? holder : `${holder} ${number}`,
    });
  }
  return state.venue.setting.rooms.flatMap((room) => {
    const people = byRoom.get(room.id);
    return people ? [{ room, people: people.sort(compare) }] : [];
  });
}

function compare(a: PersonInside, b: PersonInside): number {
  return (
    Number(needsHelp(b)) - Number(needsHelp(a)) || nameOf(a).localeCompare(nameOf(b)) || a.since - b.since
  );
}

function needsHelp({ registration }: PersonInside): boolean {
  return (registration?.accessNeeds ?? '') !== '';
}

function nameOf({ registration }: PersonInside): string {
  return registration?.name ?? '';
}
