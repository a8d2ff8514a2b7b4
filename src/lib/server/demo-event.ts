import type { CheckpointId, RoomId, WorkgroupId } from '../domain/ids.ts';
import type { Localized } from '../domain/setting.ts';
import { DAY, type Millis } from '../domain/time.ts';
import { berlinDate, berlinTime } from './berlin-time.ts';
import type { NewEvent } from './events.ts';

/** The seven fields of action, from the city's announcement. */
const FIELDS_OF_ACTION: Localized[] = [
  { de: 'Willkommenskultur und interkulturelle Öffnung', en: 'Welcoming culture and intercultural openness' },
  {
    de: 'Bildung und Ausbildung, Qualifizierung und Arbeitsmarkt',
    en: 'Education and training, qualification and the labour market',
  },
  { de: 'Bildung und Erziehung', en: 'Education and upbringing' },
  { de: 'Beratung und Unterstützung', en: 'Advice and support' },
  { de: 'Wohnen', en: 'Housing' },
  { de: 'Teilhabe und Begegnung', en: 'Participation and encounter' },
  { de: 'Gesundheit, Senioren und Generationen', en: 'Health, senior citizens and generations' },
];

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
      title: {
        de: 'Dialogveranstaltung zum Integrationskonzept „Gemeinsam leben in Gütersloh“',
        en: 'Public dialogue on the integration concept “Living together in Gütersloh”',
      },
      introduction: {
        de: 'Das Integrationskonzept „Gemeinsam leben in Gütersloh“, 2017 vom Rat beschlossen, wird fortgeschrieben. Sprechen Sie mit: Nach dem ersten Dialog mit mehr als 80 Teilnehmenden lädt die Stadt zur zweiten öffentlichen Dialogveranstaltung ein. In sieben Arbeitsgruppen geht es um die sieben Handlungsfelder des Konzepts.',
        en: 'The integration concept “Living together in Gütersloh”, adopted by the council in 2017, is being carried forward. Join the discussion: after the first dialogue with more than 80 participants, the city invites you to the second public dialogue. Seven workgroups discuss the seven fields of action of the concept.',
      },
      venue: { de: 'Stadthalle Gütersloh, großer Saal', en: 'Stadthalle Gütersloh, large hall' },
      organiser: 'Stadt Gütersloh',
      contact: {
        name: 'Frank Mertens',
        role: { de: 'Integrationsbeauftragter', en: 'Integration officer' },
        email: 'Frank.Mertens@guetersloh.de',
        phone: '05241 / 822442',
      },
      programme: [
        {
          time: '16:00',
          title: {
            de: 'Kompetenzerfassung als Integrationsaufgabe',
            en: 'Recognising skills as a task of integration',
          },
          detail: {
            de: 'Impulsvortrag von Dr. Martin Noack, Arbeitsmarktexperte der Bertelsmann Stiftung, großer Saal',
            en: 'Keynote by Dr. Martin Noack, labour-market expert, Bertelsmann Stiftung, large hall',
          },
        },
        {
          time: '',
          title: { de: 'Sieben Arbeitsgruppen', en: 'Seven workgroups' },
          detail: { de: 'in eigenen Räumen der Stadthalle', en: 'in rooms of their own in the Stadthalle' },
        },
        { time: '19:00', title: { de: 'Ende', en: 'End' } },
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
        name: { de: 'Großer Saal', en: 'Large hall' },
        capacity: HALL_CAPACITY,
        main: true,
      },
      ...FIELDS_OF_ACTION.map((_, i) => ({
        id: `w${i + 1}` as RoomId,
        name: { de: `Raum ${i + 1}`, en: `Room ${i + 1}` },
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
        name: { de: 'Eingang Stadthalle', en: 'Stadthalle entrance' },
        roomId: 'hall' as RoomId,
        directions: ['entry', 'exit'],
        admits: 'anyone',
        reentry: 'after_exit',
      },
      ...FIELDS_OF_ACTION.map((_, i) => ({
        id: `w${i + 1}-door` as CheckpointId,
        name: { de: `Tür Raum ${i + 1}`, en: `Door of room ${i + 1}` },
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
