import type { GermanTexts } from '../../../../../lib/server/event-texts.ts';
import {
  AddressSchema,
  FieldReader,
  LineSchema,
  NeededLineSchema,
  ParagraphSchema,
} from '../../../form-reader.ts';
import type { Fields, FormRefusal } from '../../../form-state.ts';

/** More than any evening has. */
const MOST_POINTS = 60;
/** Points of the programme that the form offers beside those that there are. */
const BLANK_POINTS = 2;

export function typedTexts(german: GermanTexts): Fields {
  return {
    title: german.title,
    introduction: german.introduction,
    venue: german.venue,
    organiser: german.organiser,
    'contact-name': german.contact.name,
    'contact-role': german.contact.role,
    'contact-email': german.contact.email,
    'contact-phone': german.contact.phone,
    ...Object.fromEntries(
      german.programme.flatMap(({ was, time, title, detail }, i) => [
        [`point-was-${i}`, String(was)],
        [`point-time-${i}`, time],
        [`point-title-${i}`, title],
        [`point-detail-${i}`, detail],
      ]),
    ),
    points: String(Math.min(MOST_POINTS, german.programme.length + BLANK_POINTS)),
  };
}

/** How many points of the programme a form has. */
export function countPoints({ points }: Fields): number {
  return /^\d{1,2}$/.test(points ?? '') ? Math.min(MOST_POINTS, Number(points)) : 0;
}

export function parseTexts(
  typed: Fields,
  points: number,
): { german: GermanTexts } | Pick<FormRefusal, 'problems'> {
  const form = new FieldReader(typed);
  const german: GermanTexts = {
    title: form.read('title', NeededLineSchema),
    introduction: form.read('introduction', ParagraphSchema),
    venue: form.read('venue', LineSchema),
    organiser: form.read('organiser', LineSchema),
    contact: {
      name: form.read('contact-name', LineSchema),
      role: form.read('contact-role', LineSchema),
      email: form.read('contact-email', AddressSchema),
      phone: form.read('contact-phone', LineSchema),
    },
    programme: [],
  };
  for (let i = 0; i < points; i++) {
    const fields = ['time', 'title', 'detail'].map((field) => form.raw(`point-${field}-${i}`).trim());
    if (fields.every((text) => text === '')) continue;
    const was = form.raw(`point-was-${i}`);
    const point = {
      was: /^\d{1,2}$/.test(was) ? Number(was) : null,
      time: form.read(`point-time-${i}`, LineSchema),
      title: form.read(`point-title-${i}`, NeededLineSchema),
      detail: form.read(`point-detail-${i}`, ParagraphSchema),
    };
    if (!form.failed) addPoint(german.programme, point);
  }
  return form.failed ? form : { german };
}

/** A new point comes before the first that is later; where times don't tell, at the end. */
function addPoint(programme: GermanTexts['programme'], point: GermanTexts['programme'][number]): void {
  const minute = minuteOf(point.time);
  const later =
    point.was === null && minute !== null
      ? programme.findIndex(({ time }) => (minuteOf(time) ?? -1) > minute)
      : -1;
  programme.splice(later === -1 ? programme.length : later, 0, point);
}

function minuteOf(time: string): number | null {
  const [, hour, minute] = /^(\d{1,2})[:.](\d\d)/.exec(time) ?? [];
  return hour === undefined ? null : Number(hour) * 60 + Number(minute);
}
