import * as v from 'valibot';
import { AFFILIATIONS, INTERPRETING_LANGUAGES, OTHER_NEEDS_LENGTH } from '../../domain/access-needs.ts';
import { RegistrationStateSchema } from '../../domain/registration.ts';
import { DirectionSchema } from '../../domain/setting.ts';
import { VerdictWordSchema } from '../../domain/verdict.ts';
import { locales } from '../../i18n/index.ts';

/**
 * The shapes of version 1 of the interface, which other systems are built upon: fields may be added, none renamed or
 * dropped. These schemas parse what is sent, shape what is answered, and are what the description is made from; so they
 * use only what JSON Schema can say.
 */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const id = v.pipe(v.string(), v.uuid());
const name = v.pipe(v.string(), v.description('A short name, unique within the event: `hall`, `w1`.'));
const time = v.pipe(v.string(), v.isoTimestamp(), v.description('UTC, to the millisecond.'));
const localized = v.pipe(
  v.objectWithRest({ de: v.string() }, v.string()),
  v.description('The text by language; German is always there.'),
);

/** A moment as the interface writes it. @param moment - milliseconds since 1970 */
export const isoTime = (moment: number): string => new Date(moment).toISOString();

export const ApiEventSchema = v.object({
  slug: v.string(),
  title: localized,
  introduction: localized,
  venue: localized,
  organiser: v.string(),
  startsAt: time,
  endsAt: time,
  registrationUntil: time,
  admissionFrom: time,
  admissionUntil: time,
  held: v.picklist(['on_site', 'digital']),
  rooms: v.array(
    v.object({
      id: name,
      name: localized,
      capacity: v.pipe(count, v.description('The fire-safety limit, in persons.')),
      main: v.pipe(v.boolean(), v.description('Whoever leaves it leaves the venue. One room is.')),
    }),
  ),
  workgroups: v.array(
    v.object({
      id: name,
      number: count,
      title: localized,
      room: name,
      places: count,
      taken: v.pipe(count, v.description('How many registrations are confirmed.')),
    }),
  ),
  checkpoints: v.array(
    v.object({ id: name, name: localized, room: name, directions: v.array(DirectionSchema) }),
  ),
});

export const ApiHeadcountSchema = v.object({
  at: v.pipe(time, v.description('When it was counted, by the server’s clock.')),
  total: v.pipe(v.number(), v.safeInteger(), v.description('Everybody inside, each once.')),
  registered: v.pipe(count, v.description('Everybody with a place.')),
  rooms: v.array(
    v.object({
      id: name,
      headcount: v.pipe(v.number(), v.safeInteger()),
      capacity: count,
      workgroups: v.array(v.object({ id: name, places: count, registered: count })),
    }),
  ),
  tablets: v.pipe(
    v.object({
      inUse: count,
      silent: v.pipe(count, v.description('Not heard for two minutes: their scans may be missing.')),
      waiting: v.pipe(count, v.description('Scans that tablets said they had not handed in yet.')),
    }),
    v.description('How sure the numbers are.'),
  ),
  conflicts: v.pipe(count, v.description('Scans that cannot all be right.')),
});

const AccessNeedsSchema = v.object({
  wheelchair: v.boolean(),
  signLanguage: v.boolean(),
  interpreting: v.nullable(v.picklist(INTERPRETING_LANGUAGES)),
  other: v.string(),
});

export const ApiRegistrationSchema = v.object({
  id,
  state: RegistrationStateSchema,
  stateSince: time,
  createdAt: time,
  workgroup: v.pipe(v.string(), v.description('Where the person has, or waits for, a place.')),
  firstChoice: v.nullable(name),
  secondChoice: v.nullable(name),
  origin: v.picklist(['form', 'office', 'walk_in']),
  broughtBy: v.pipe(v.nullable(id), v.description('Whose form brought this person along.')),
  erased: v.pipe(
    v.boolean(),
    v.description('Everything personal has been erased, and must go from wherever it was copied to.'),
  ),
  person: v.pipe(
    v.nullable(
      v.object({
        name: v.string(),
        email: v.nullable(v.string()),
        affiliation: v.nullable(v.picklist(AFFILIATIONS)),
        locale: v.string(),
        accessNeeds: AccessNeedsSchema,
      }),
    ),
    v.description('Null once erased, and for tokens without the scope `people:read`.'),
  ),
});

const cursor = v.pipe(v.string(), v.maxLength(100));
const page = {
  cursor: v.pipe(cursor, v.description('Ask with it as `after` for what has changed since.')),
  more: v.pipe(v.boolean(), v.description('There is more to fetch at once.')),
};

export const ApiRegistrationPageSchema = v.object({
  registrations: v.array(ApiRegistrationSchema),
  ...page,
});

export const ApiScanSchema = v.object({
  id,
  at: v.pipe(time, v.description('By the tablet’s clock, corrected.')),
  receivedAt: time,
  checkpoint: name,
  direction: DirectionSchema,
  verdict: v.pipe(VerdictWordSchema, v.description('What the door showed.')),
  accepted: v.pipe(
    v.boolean(),
    v.description('Whether the door opened: by the verdict, or by the staff’s word.'),
  ),
  byHand: v.pipe(v.boolean(), v.description('Nobody showed a ticket: the staff found the person.')),
  registration: v.pipe(v.nullable(id), v.description('Null where nobody knows whose ticket it is.')),
  device: id,
  broughtBy: v.pipe(
    v.nullable(id),
    v.description('The device that handed it in for the one that made it. Null: that one did itself.'),
  ),
  undoes: v.pipe(v.nullable(id), v.description('It takes back this earlier scan of the same device.')),
});

export const ApiScanPageSchema = v.object({ scans: v.array(ApiScanSchema), ...page });

const MOST_PER_PAGE = 500;
const pageQuery = {
  after: v.optional(
    v.pipe(cursor, v.description('The cursor of an earlier answer; without it, from the beginning on.')),
  ),
  limit: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(MOST_PER_PAGE),
      v.description('The most entries.'),
    ),
    100,
  ),
};

export const RegistrationQuerySchema = v.strictObject({
  ...pageQuery,
  state: v.optional(RegistrationStateSchema),
  workgroup: v.optional(name),
});

export const ScanQuerySchema = v.strictObject(pageQuery);

/** Letters or digits somewhere, and nothing that nobody sees on purpose or that turns the direction of a line. */
const PERSON_NAME = /^(?=.*[\p{L}\p{N}])[^\p{Cc}\u200B\u202A-\u202E\u2060\u2066-\u2069]{1,200}$/u;
const FREE_TEXT = /^[^\p{Cc}\u200B\u202A-\u202E\u2060\u2066-\u2069]*$/u;

export const NewApiRegistrationSchema = v.strictObject({
  name: v.pipe(v.string(), v.regex(PERSON_NAME)),
  email: v.pipe(
    v.nullable(v.pipe(v.string(), v.maxLength(254), v.regex(/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/))),
    v.description('Where the ticket is sent. Null: to nobody; hand the person the ticket’s address then.'),
  ),
  workgroup: name,
  secondChoice: v.optional(v.nullable(name), null),
  whenFull: v.pipe(
    v.optional(v.nullable(v.picklist(['second_choice', 'waiting_list'])), null),
    v.description('What shall be done where the workgroup is full; null: answer 409.'),
  ),
  affiliation: v.optional(v.nullable(v.picklist(AFFILIATIONS)), null),
  locale: v.pipe(v.optional(v.picklist(locales), 'de'), v.description('The language of the mails.')),
  accessNeeds: v.optional(
    v.strictObject({
      wheelchair: v.optional(v.boolean(), false),
      signLanguage: v.optional(v.boolean(), false),
      interpreting: v.optional(v.nullable(v.picklist(INTERPRETING_LANGUAGES)), null),
      other: v.optional(v.pipe(v.string(), v.maxLength(OTHER_NEEDS_LENGTH), v.regex(FREE_TEXT)), ''),
    }),
    {},
  ),
  consented: v.pipe(
    v.literal(true),
    v.description('The person has agreed to the notice on data protection.'),
  ),
});
export type NewApiRegistration = v.InferOutput<typeof NewApiRegistrationSchema>;

export const CreatedSchema = v.object({
  registration: ApiRegistrationSchema,
  ticketUrl: v.pipe(
    v.string(),
    v.url(),
    v.description(
      'The person’s own page with the ticket. Whoever has it can change and cancel: give it to nobody else.',
    ),
  ),
});

export const IdempotencyKeySchema = v.pipe(v.string(), v.regex(/^[\w.:-]{8,200}$/));
