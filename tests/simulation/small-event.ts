import type { CheckpointId, RoomId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { HOUR, MINUTE, millis } from '../../src/lib/domain/time.ts';
import type { NewEvent } from '../../src/lib/server/events.ts';
import type { Chance } from './random.ts';
import { DAY_START } from './world.ts';

const localized = (de: string) => ({ de });

/** A small event: a hall and some rooms, whose doors have rules of the day's own. */
export function smallEvent(chance: Chance, rooms: number): NewEvent {
  const numbers = Array.from({ length: rooms }, (_, i) => i + 1);
  const start = DAY_START + chance.pick([30, 5, -20]) * MINUTE;
  return {
    slug: 'integration',
    texts: {
      title: localized('Gemeinsam leben'),
      introduction: localized(''),
      venue: localized('Stadthalle'),
      organiser: 'Stadt',
      contact: { name: 'Frank', role: localized(''), email: 'frank@example.org', phone: '' },
      programme: [],
    },
    startsAt: millis(start),
    endsAt: millis(DAY_START + 3 * HOUR),
    registrationUntil: millis(DAY_START - 24 * HOUR),
    admissionFrom: millis(DAY_START - 30 * MINUTE + (chance.happens(0.1) ? 31 * MINUTE : 0)),
    admissionUntil: millis(DAY_START + 3 * HOUR),
    rooms: [
      { id: 'hall' as RoomId, name: localized('Saal'), capacity: chance.pick([3, 300, 300]), main: true },
      ...numbers.map((number) => ({
        id: `w${number}` as RoomId,
        name: localized(`Raum ${number}`),
        capacity: chance.pick([2, 30, 30]),
        main: false,
      })),
    ],
    workgroups: numbers.map((number) => ({
      id: `w${number}` as WorkgroupId,
      number,
      title: localized(`Gruppe ${number}`),
      roomId: `w${number}` as RoomId,
      places: chance.pick([2, 30]),
    })),
    checkpoints: ['hall', ...numbers.map((number) => `w${number}`)].map((room) => ({
      id: `${room}-door` as CheckpointId,
      name: localized(`Tür ${room}`),
      roomId: room as RoomId,
      directions: ['entry', 'exit'],
      admits: room === 'hall' || chance.happens(0.3) ? 'anyone' : 'own_workgroup',
      reentry: chance.pick(['after_exit', 'after_exit', 'never', 'always'] as const),
    })),
  };
}
