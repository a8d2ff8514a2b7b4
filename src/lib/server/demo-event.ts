import type { CheckpointId, RoomId, WorkgroupId } from '../domain/ids.ts';
import { DAY, type Millis } from '../domain/time.ts';
import { berlinDate, berlinTime } from './berlin-time.ts';
import { roomDoor, roomName } from './default-names.ts';
import {
  CONTACT_ROLE,
  END,
  FIELDS_OF_ACTION,
  HALL,
  HALL_DOOR,
  INTRODUCTION,
  KEYNOTE,
  TITLE,
  VENUE,
  WORKGROUPS_POINT,
} from './demo-event-texts.ts';
import type { NewEvent } from './events.ts';

/** The announcement names no capacities; these are the demo's. */
const HALL_CAPACITY = 300;
const WORKGROUP_CAPACITY = 30;

/**
 * The first event that Einlass serves, with its dates moved: a Friday, 16:00 to 19:00, at least a week ahead, with the
 * deadline at the end of the Sunday before. Its doors are open from now on, so that a ticket can be tried at once.
 */
export function demoEvent(now: Millis): NewEvent {
  const friday = fridayAtLeastAWeekAhead(now);
  return {
    slug: 'integration',
    texts: {
      title: TITLE,
      introduction: INTRODUCTION,
      venue: VENUE,
      organiser: 'Stadt Gütersloh',
      contact: {
        name: 'Frank Mertens',
        role: CONTACT_ROLE,
        email: 'Frank.Mertens@guetersloh.de',
        phone: '05241 / 822442',
      },
      programme: [
        { time: '16:00', ...KEYNOTE },
        { time: '', ...WORKGROUPS_POINT },
        { time: '19:00', title: END },
      ],
    },
    startsAt: friday(0, 16),
    endsAt: friday(0, 19),
    registrationUntil: (friday(-4, 0) - 1) as Millis,
    admissionFrom: now,
    admissionUntil: friday(0, 19),
    rooms: [
      {
        id: 'hall' as RoomId,
        name: HALL,
        capacity: HALL_CAPACITY,
        main: true,
      },
      ...FIELDS_OF_ACTION.map((_, i) => ({
        id: `w${i + 1}` as RoomId,
        name: roomName(i + 1),
        capacity: WORKGROUP_CAPACITY,
        main: false,
      })),
    ],
    workgroups: FIELDS_OF_ACTION.map((title, i) => ({
      id: `w${i + 1}` as WorkgroupId,
      number: i + 1,
      title,
      roomId: `w${i + 1}` as RoomId,
      places: WORKGROUP_CAPACITY,
    })),
    checkpoints: [
      {
        id: 'hall-door' as CheckpointId,
        name: HALL_DOOR,
        roomId: 'hall' as RoomId,
        directions: ['entry', 'exit'],
        admits: 'anyone',
        reentry: 'after_exit',
      },
      ...FIELDS_OF_ACTION.map((_, i) => ({
        id: `w${i + 1}-door` as CheckpointId,
        name: roomDoor(i + 1),
        roomId: `w${i + 1}` as RoomId,
        directions: ['entry', 'exit'] as ('entry' | 'exit')[],
        admits: 'own_workgroup' as const,
        reentry: 'after_exit' as const,
      })),
    ],
  };
}

/** @returns gives a time of that Friday, or of a day some days before or after it */
function fridayAtLeastAWeekAhead(now: Millis): (daysAfter: number, hour: number) => Millis {
  const weekAhead = berlinDate((now + 7 * DAY) as Millis);
  const weekday = new Date(Date.UTC(weekAhead.year, weekAhead.month - 1, weekAhead.day)).getUTCDay();
  const untilFriday = (5 - weekday + 7) % 7;
  return (daysAfter, hour) =>
    berlinTime(weekAhead.year, weekAhead.month, weekAhead.day + untilFriday + daysAfter, hour);
}
