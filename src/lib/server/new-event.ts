import type { CheckpointId, RoomId } from '../domain/ids.ts';
import type { Localized } from '../domain/setting.ts';
import { addMillis, HOUR, millis, MINUTE, type Millis } from '../domain/time.ts';
import { berlinDate, berlinTime } from './berlin-time.ts';
import { listCheckpoints } from './checkpoint-setting.ts';
import type { Database } from './database/open.ts';
import { ENTRANCE, MAIN_ROOM } from './default-names.ts';
import { german } from './event-texts.ts';
import {
  listRooms,
  listWorkgroups,
  type EventPage,
  type EventTexts,
  type NewEvent,
  type WorkgroupPlaces,
} from './events.ts';
import { workgroupWithRoom } from './venue-setting.ts';

/** The few things that make an event; everything else has a default. */
export interface EventIdea {
  slug: string;
  title: string;
  venue: string;
  startsAt: Millis;
  endsAt: Millis;
}

export interface BlankEvent extends EventIdea {
  organiser: string;
  contact: { name: string; email: string };
  /** How many people the main room holds. */
  capacity: number;
  /** Titles; each workgroup gets a room of its own. */
  workgroups: string[];
  /** In each workgroup. */
  places: number;
}

/** An event made from nothing, as a draft: a main room with an entrance, and a room and a door for each workgroup. */
export function blankEvent(idea: BlankEvent, now: Millis): NewEvent {
  const { slug, startsAt, endsAt, places } = idea;
  const hall = 'hall' as RoomId;
  const roomIds = new Set<string>([hall]);
  const doorIds = new Set<string>(['hall-door']);
  const own = idea.workgroups.map((title, i) =>
    workgroupWithRoom(i + 1, { title: { de: title }, places }, roomIds, doorIds),
  );
  return {
    slug,
    draft: true,
    texts: {
      title: { de: idea.title },
      introduction: { de: '' },
      venue: { de: idea.venue },
      organiser: idea.organiser,
      contact: { ...idea.contact, role: { de: '' }, phone: '' },
      programme: [],
    },
    startsAt,
    endsAt,
    registrationFrom: null,
    registrationUntil: deadlineFor(startsAt, now),
    admissionFrom: addMillis(startsAt, -HOUR),
    admissionUntil: endsAt,
    rooms: [
      { id: hall, name: MAIN_ROOM, capacity: idea.capacity, main: true },
      ...own.map(({ room }) => room),
    ],
    workgroups: own.map(({ workgroup }) => workgroup),
    checkpoints: [
      {
        id: 'hall-door' as CheckpointId,
        name: ENTRANCE,
        roomId: hall,
        directions: ['entry', 'exit'],
        admits: 'anyone',
        reentry: 'after_exit',
      },
      ...own.map(({ door }) => door),
    ],
  };
}

/** The end of the day before; for an event of today or tomorrow morning its begin. */
function deadlineFor(startsAt: Millis, now: Millis): Millis {
  const { year, month, day } = berlinDate(startsAt);
  const dayBefore = addMillis(berlinTime(year, month, day), -1);
  return dayBefore > now ? dayBefore : startsAt;
}

/**
 * A former event once more, as a draft at another time: everything but people and tablets. Its dates keep their
 * distance from the beginning by the clock on the wall, whatever the season.
 */
export async function copyOfEvent(db: Database, former: EventPage, idea: EventIdea): Promise<NewEvent> {
  const { slug, startsAt, endsAt } = idea;
  const shift = (moment: Millis) => shiftByClock(moment, former.startsAt, startsAt);
  const shiftEnd = (moment: Millis) => shiftByClock(moment, former.endsAt, endsAt);
  const registrationUntil = shift(former.registrationUntil);
  const registrationFrom = former.registrationFrom === null ? null : shift(former.registrationFrom);
  return {
    slug,
    draft: true,
    texts: textsFor(former.texts, idea),
    startsAt,
    endsAt,
    registrationFrom,
    registrationUntil: registrationUntil > endsAt ? endsAt : registrationUntil,
    admissionFrom: shift(former.admissionFrom),
    admissionUntil: shiftEnd(former.admissionUntil),
    rooms: await listRooms(db, former.id),
    workgroups: (await listWorkgroups(db, former.id)).map(withoutPeople),
    checkpoints: await listCheckpoints(db, former.id),
  };
}

const withoutPeople = ({ taken: _taken, ...workgroup }: WorkgroupPlaces) => workgroup;

/** A title or a venue that is another one is translated anew. */
function textsFor(texts: EventTexts, { title, venue }: EventIdea): EventTexts {
  const kept = (text: Localized, de: string) => (text.de === de ? text : german(undefined, de));
  return { ...texts, title: kept(texts.title, title), venue: kept(texts.venue, venue) };
}

/** A moment as far from `to` as it was from `from`, by what clocks in Germany show. */
export function shiftByClock(moment: Millis, from: Millis, to: Millis): Millis {
  const minutes = (clockOf(moment) + clockOf(to) - clockOf(from)) / MINUTE;
  const shown = new Date(Math.floor(minutes) * MINUTE);
  const shifted = berlinTime(
    shown.getUTCFullYear(),
    shown.getUTCMonth() + 1,
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
  );
  return millis(shifted + (moment % MINUTE));
}

/** What clocks in Germany show at a moment, as if it were UTC, to the minute. */
function clockOf(moment: Millis): number {
  const { year, month, day, hour, minute } = berlinDate(moment);
  return Date.UTC(year, month - 1, day, hour, minute);
}
