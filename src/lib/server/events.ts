import * as v from 'valibot';
import { bytesToBase64url, bytesToHex } from '../domain/bytes.ts';
import type { EventDates } from '../domain/event-dates.ts';
import { EventSlugSchema } from '../domain/event-slug.ts';
import type { EventId, KeyId } from '../domain/ids.ts';
import type { RegistrationTimes } from '../domain/registration-window.ts';
import {
  LocalizedSchema,
  type Checkpoint,
  type Localized,
  type Room,
  type Workgroup,
} from '../domain/setting.ts';
import { keyIdOf, keyPairFromSeed, type PrivateKey } from '../domain/signing.ts';
import { DAY, type Millis } from '../domain/time.ts';
import { writeAct, type Actor } from './acts.ts';
import { nextChange } from './database/change-numbers.ts';
import { lockInstallation } from './database/locks.ts';
import type { Database, Tx } from './database/open.ts';
import type { EventRow } from './database/schema.ts';
import type { Installation } from './installation.ts';
import { insertPlaces } from './venue-rows.ts';

/** What people read about an event, besides its times. */
export const EventTextsSchema = v.object({
  title: LocalizedSchema,
  /** A paragraph. */
  introduction: LocalizedSchema,
  venue: LocalizedSchema,
  organiser: v.string(),
  contact: v.object({ name: v.string(), role: LocalizedSchema, email: v.string(), phone: v.string() }),
  /** Points of the programme, each with its time as text. */
  programme: v.array(
    v.object({ time: v.string(), title: LocalizedSchema, detail: v.optional(LocalizedSchema) }),
  ),
});
export type EventTexts = v.InferOutput<typeof EventTextsSchema>;

export interface NewEvent {
  slug: string;
  texts: EventTexts;
  startsAt: Millis;
  endsAt: Millis;
  registrationUntil: Millis;
  admissionFrom: Millis;
  admissionUntil: Millis;
  /** Null: as soon as the event is published. */
  registrationFrom?: Millis | null;
  /** Only who sets it up sees it, until it is published. */
  draft?: boolean;
  rooms: Room[];
  workgroups: (Workgroup & { places: number; meetingUrl?: string | null })[];
  checkpoints: Checkpoint[];
}

/** An event as the public side and the office see it. */
export interface EventPage extends EventDates, RegistrationTimes {
  id: EventId;
  slug: string;
  texts: EventTexts;
  held: EventRow['held'];
  /** How many days after its end the personal data of its registrants is erased. */
  keptDays: number;
  /** When that was done; null while it is not. */
  erasedAt: Millis | null;
}

/**
 * Makes an event with its rooms, workgroups, checkpoints and a key of its own for its tickets.
 *
 * @throws with a sentence when it can't have this slug
 */
export async function createEvent(
  installation: Installation,
  event: NewEvent,
  by: Actor = null,
): Promise<EventId> {
  const { db, clock, secrets } = installation;
  const slug = v.parse(EventSlugSchema, event.slug);
  const id = bytesToHex(crypto.getRandomValues(new Uint8Array(8))) as EventId;
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const { publicKey } = await keyPairFromSeed(seed);
  const keyId = await keyIdOf(publicKey);
  await db.transaction().execute(async (tx) => {
    await lockInstallation(tx);
    await tx
      .insertInto('events')
      .values({
        id,
        slug,
        texts: JSON.stringify(event.texts),
        starts_at: event.startsAt,
        ends_at: event.endsAt,
        registration_until: event.registrationUntil,
        admission_from: event.admissionFrom,
        admission_until: event.admissionUntil,
        registration_from: event.registrationFrom ?? null,
        published_at: event.draft ? null : clock(),
        change: 1,
        setting_change: 1,
      })
      .execute();
    await insertPlaces(tx, id, event);
    await tx
      .insertInto('event_keys')
      .values({
        event_id: id,
        key_id: keyId,
        public_key: bytesToBase64url(publicKey),
        sealed_seed: secrets.seal(seed),
        created_at: clock(),
      })
      .execute();
    await touchNearbySettings(tx, clock(), id);
    // The demo is nobody's act.
    if (by) await writeAct(installation, tx, { eventId: id, by, kind: 'event_created' });
  });
  return id;
}

/**
 * How far apart two events may be for a guest of one to come to the other's door, in milliseconds: an evening too early
 * or too late, or with the ticket of the month before. In a monthly series, five weeks lie between two evenings at most.
 */
const NEAR = 36 * DAY;
/** How long after its end an event's tablets may still be at work, in milliseconds. */
const AFTERWARDS = DAY;

/** When an event is. */
export type Span = Pick<EventRow, 'starts_at' | 'ends_at'>;

export async function spanOf(tx: Tx, eventId: EventId): Promise<Span> {
  return tx
    .selectFrom('events')
    .select(['starts_at', 'ends_at'])
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
}

/**
 * The tablets of those events at whose doors its tickets may be shown learn of an event's key, title and day with their
 * next sync. Those of the others have what they have, and get everything anew whenever their own event changes: else
 * one edit would hold up the scans of every event that there is, and have every tablet fetch its setting.
 *
 * @param before - when the event was, where it is being moved
 */
export async function touchNearbySettings(
  tx: Tx,
  now: Millis,
  eventId: EventId,
  before?: Span,
): Promise<void> {
  const spans = [await spanOf(tx, eventId), ...(before ? [before] : [])];
  await tx
    .updateTable('events')
    .set((eb) => ({ change: eb('change', '+', 1), setting_change: eb('change', '+', 1) }))
    .where('id', '!=', eventId)
    .where((eb) => {
      const since = (now - AFTERWARDS) as Millis;
      return eb.or([eb('ends_at', '>=', since), eb('admission_until', '>=', since)]);
    })
    .where((eb) =>
      eb.or(
        spans.map(({ starts_at, ends_at }) =>
          eb.and([
            eb('starts_at', '<=', (ends_at + NEAR) as Millis),
            eb('ends_at', '>=', (starts_at - NEAR) as Millis),
          ]),
        ),
      ),
    )
    .execute();
}

/** Marks the event's setting as changed, so that every tablet gets it anew. */
export async function touchSetting(tx: Tx, eventId: EventId): Promise<void> {
  const change = await nextChange(tx, eventId);
  await tx.updateTable('events').set({ setting_change: change }).where('id', '=', eventId).execute();
}

export async function findEvent(
  db: Database,
  where: { slug: string } | { id: EventId },
): Promise<EventPage | null> {
  const query = db.selectFrom('events').selectAll();
  const row = await (
    'slug' in where ? query.where('slug', '=', where.slug) : query.where('id', '=', where.id)
  ) //
    .executeTakeFirst();
  return row ? eventPage(row) : null;
}

export async function listEvents(db: Database): Promise<EventPage[]> {
  return (await db.selectFrom('events').selectAll().orderBy('starts_at').orderBy('slug').execute()).map(
    eventPage,
  );
}

/** The events that everybody may see. */
export async function listPublicEvents(db: Database): Promise<EventPage[]> {
  return (await listEvents(db)).filter(({ publishedAt }) => publishedAt !== null);
}

function eventPage(row: EventRow): EventPage {
  return {
    id: row.id,
    slug: row.slug,
    texts: v.parse(EventTextsSchema, JSON.parse(row.texts)),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    registrationFrom: row.registration_from,
    registrationUntil: row.registration_until,
    registrationClosedAt: row.registration_closed_at,
    publishedAt: row.published_at,
    admissionFrom: row.admission_from,
    admissionUntil: row.admission_until,
    held: row.held,
    keptDays: row.kept_days,
    erasedAt: row.erased_at,
  };
}

/** Workgroups with their places, and how many of these are taken. */
export interface WorkgroupPlaces extends Workgroup {
  places: number;
  taken: number;
  /** Where the workgroup meets when the event is held digitally. */
  meetingUrl: string | null;
}

export async function listWorkgroups(db: Database | Tx, eventId: EventId): Promise<WorkgroupPlaces[]> {
  const rows = await db
    .selectFrom('workgroups')
    .selectAll()
    .select((eb) =>
      eb
        .selectFrom('registrations')
        .select((count) => count.fn.countAll<number>().as('taken'))
        .whereRef('registrations.event_id', '=', 'workgroups.event_id')
        .whereRef('registrations.workgroup_id', '=', 'workgroups.id')
        .where('state', '=', 'confirmed')
        .as('taken'),
    )
    .where('event_id', '=', eventId)
    .orderBy('number')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    title: localized(row.title),
    roomId: row.room_id,
    places: row.places,
    taken: Number(row.taken ?? 0),
    meetingUrl: row.meeting_url,
  }));
}

export async function listRooms(db: Database | Tx, eventId: EventId): Promise<Room[]> {
  const rows = await db
    .selectFrom('rooms')
    .selectAll()
    .where('event_id', '=', eventId)
    .orderBy('position')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: localized(row.name),
    capacity: row.capacity,
    main: row.main === 1,
  }));
}

/** The key that signs an event's new tickets: the newest. One that is revoked has a newer one. */
export async function signingKey(
  installation: Installation,
  eventId: EventId,
): Promise<{ keyId: KeyId; privateKey: PrivateKey }> {
  const row = await installation.db
    .selectFrom('event_keys')
    .select(['key_id', 'sealed_seed'])
    .where('event_id', '=', eventId)
    .orderBy('created_at', 'desc')
    .executeTakeFirstOrThrow();
  const { privateKey } = await keyPairFromSeed(installation.secrets.open(row.sealed_seed));
  return { keyId: row.key_id, privateKey };
}

/** A text in several languages, as the database keeps it. */
export function localized(json: string): Localized {
  return v.parse(LocalizedSchema, JSON.parse(json));
}
