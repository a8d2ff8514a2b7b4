import type { CheckpointId, RoomId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import type { NewEvent } from '../../src/lib/server/events.ts';

const WORKGROUPS = [1, 2, 3, 4, 5, 6, 7];

/** The day of the first event: 18 November 2022, 16:00 to 19:00, tickets good from 15:00, a hall and seven rooms. */
export function dialogueEvening(slug = 'integration'): NewEvent {
  const localized = (de: string) => ({ de });
  return {
    slug,
    texts: {
      title: localized('Gemeinsam leben in Gütersloh'),
      introduction: localized('Zweite öffentliche Dialogveranstaltung.'),
      venue: localized('Stadthalle Gütersloh'),
      organiser: 'Stadt Gütersloh',
      contact: { name: 'Frank Mertens', role: localized('Integrationsbeauftragter'), email: '', phone: '' },
      programme: [],
    },
    startsAt: berlinTime(2022, 11, 18, 16),
    endsAt: berlinTime(2022, 11, 18, 19),
    registrationUntil: berlinTime(2022, 11, 14),
    admissionFrom: berlinTime(2022, 11, 18, 15),
    admissionUntil: berlinTime(2022, 11, 18, 19),
    rooms: [
      { id: 'hall' as RoomId, name: localized('Großer Saal'), capacity: 300, main: true },
      ...WORKGROUPS.map((number) => ({
        id: `w${number}` as RoomId,
        name: localized(`Raum ${number}`),
        capacity: 30,
        main: false,
      })),
    ],
    workgroups: WORKGROUPS.map((number) => ({
      id: `w${number}` as WorkgroupId,
      number,
      title: localized(`Arbeitsgruppe ${number}`),
      roomId: `w${number}` as RoomId,
      places: 30,
    })),
    checkpoints: ['hall', ...WORKGROUPS.map((number) => `w${number}`)].map((room) => ({
      id: `${room}-door` as CheckpointId,
      name: localized(`Tür ${room}`),
      roomId: room as RoomId,
      directions: ['entry', 'exit'],
      admits: room === 'hall' ? 'anyone' : 'own_workgroup',
      reentry: 'after_exit',
    })),
  };
}
