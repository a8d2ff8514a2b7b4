import { v7 } from 'uuid';
import * as v from 'valibot';
import {
  AnnouncementTextsSchema,
  AudienceSchema,
  isWritten,
  type AnnouncementTexts,
  type Audience,
} from '../domain/announcement.ts';
import type { EventId } from '../domain/ids.ts';
import { addMillis, DAY, type Millis } from '../domain/time.ts';
import { writeAct, type Actor } from './acts.ts';
import { readersOf } from './announcement-readers.ts';
import { lockEvent } from './database/locks.ts';
import type { Database, Tx } from './database/open.ts';
import type { AnnouncementRow, MailRow } from './database/schema.ts';
import type { Installation } from './installation.ts';
import type { TryFor } from './mail/announcement-letter.ts';

export interface Announcement {
  id: string;
  audience: Audience;
  texts: AnnouncementTexts;
  /** Rises with every change. */
  version: number;
  createdAt: Millis;
  /** Null while it is being written. */
  sentAt: Millis | null;
}

/** What became of an announcement's mails; a try is none of them. */
export type MailCounts = Record<MailRow['state'], number>;

/** How many mails are put into the outbox in one statement. */
const AT_ONCE = 500;
/** How long after the event, or after it was sent, an announcement is still of use. */
const USEFUL = 7 * DAY;

/** An event's announcements, the newest first. */
export async function listAnnouncements(
  db: Database,
  eventId: EventId,
): Promise<(Announcement & { mails: MailCounts })[]> {
  const rows = await db
    .selectFrom('announcements')
    .selectAll()
    .where('event_id', '=', eventId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const counts = await db
    .selectFrom('mails')
    .select((eb) => ['announcement_id', 'state', eb.fn.countAll<number>().as('count')])
    .where('event_id', '=', eventId)
    .where('announcement_id', 'is not', null)
    .where('try_for', 'is', null)
    .groupBy(['announcement_id', 'state'])
    .execute();
  return rows.map((row) => {
    const mails: MailCounts = { waiting: 0, sent: 0, failed: 0, expired: 0 };
    for (const { announcement_id, state, count } of counts)
      if (announcement_id === row.id) mails[state] = Number(count);
    return { ...announcementOf(row), mails };
  });
}

/** @returns null when the event has no such announcement */
export async function findAnnouncement(
  db: Database | Tx,
  eventId: EventId,
  id: string,
): Promise<Announcement | null> {
  const row = await db
    .selectFrom('announcements')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? announcementOf(row) : null;
}

/** Begins an announcement; it goes to nobody until it is sent. @returns its id */
export async function beginAnnouncement({ db, clock }: Installation, eventId: EventId): Promise<string> {
  const id = v7();
  const audience: Audience = { state: 'all', workgroupId: null };
  await db
    .insertInto('announcements')
    .values({
      event_id: eventId,
      id,
      audience: JSON.stringify(audience),
      texts: JSON.stringify({}),
      version: 1,
      created_at: clock(),
      sent_at: null,
    })
    .execute();
  return id;
}

/**
 * Keeps what has been written.
 *
 * @param version - the one that was changed
 * @returns `overtaken` when somebody else has changed, sent or deleted it meanwhile: nothing is kept then
 */
export async function saveAnnouncement(
  { db }: Installation,
  eventId: EventId,
  { id, version, audience, texts }: Pick<Announcement, 'id' | 'version' | 'audience' | 'texts'>,
): Promise<'saved' | 'overtaken'> {
  const { numUpdatedRows } = await db
    .updateTable('announcements')
    .set({ audience: JSON.stringify(audience), texts: JSON.stringify(texts), version: version + 1 })
    .where('event_id', '=', eventId)
    .where('id', '=', id)
    .where('version', '=', version)
    .where('sent_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n ? 'saved' : 'overtaken';
}

/** Throws away an announcement that has not been sent, with its tries. */
export async function discardAnnouncement({ db }: Installation, eventId: EventId, id: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await lockEvent(tx, eventId);
    const draft = await findAnnouncement(tx, eventId, id);
    if (!draft || draft.sentAt !== null) return;
    await tx.deleteFrom('mails').where('announcement_id', '=', id).execute();
    await tx.deleteFrom('announcements').where('id', '=', id).execute();
  });
}

/** Sends an announcement as it is now to somebody in the office, by the same way that all others will go. */
export async function tryAnnouncement(
  installation: Installation,
  eventId: EventId,
  id: string,
  tryFor: TryFor,
): Promise<void> {
  const { db, clock, news } = installation;
  const now = clock();
  await db
    .insertInto('mails')
    .values({
      ...newMail(eventId, id, now),
      reason: `try:${v7()}`,
      registration_id: null,
      try_for: JSON.stringify(tryFor),
      expires_at: addMillis(now, DAY),
    })
    .execute();
  news.publish(eventId);
}

export type SendOutcome =
  | { kind: 'sent'; readers: number }
  /** Nothing in German, which everybody gets who has no text of their own. */
  | { kind: 'not_written' }
  | { kind: 'nobody' }
  /** Somebody else has sent, changed or deleted it meanwhile. */
  | { kind: 'overtaken' };

/** Sends an announcement, once: a mail to each reader is put into the outbox together with the word that it is sent. */
export async function sendAnnouncement(
  installation: Installation,
  eventId: EventId,
  { id, version }: Pick<Announcement, 'id' | 'version'>,
  by: Actor = null,
): Promise<SendOutcome> {
  const { db, clock, news } = installation;
  const outcome = await db.transaction().execute(async (tx): Promise<SendOutcome> => {
    await lockEvent(tx, eventId);
    const now = clock();
    const { numUpdatedRows } = await tx
      .updateTable('announcements')
      .set({ sent_at: now })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .where('version', '=', version)
      .where('sent_at', 'is', null)
      .executeTakeFirst();
    const announcement = await findAnnouncement(tx, eventId, id);
    if (numUpdatedRows === 0n || !announcement) return { kind: 'overtaken' };
    const readers = await readersOf(tx, eventId, announcement.audience).select('person.id').execute();
    const problem = !isWritten(announcement.texts, 'de') ? 'not_written' : readers.length === 0 && 'nobody';
    if (problem) {
      await tx.updateTable('announcements').set({ sent_at: null }).where('id', '=', id).execute();
      return { kind: problem };
    }
    const expiresAt = await usefulUntil(tx, eventId, now);
    for (let from = 0; from < readers.length; from += AT_ONCE) {
      const mails = readers.slice(from, from + AT_ONCE).map((reader) => ({
        ...newMail(eventId, id, now),
        reason: `announcement:${id}:${reader.id}`,
        registration_id: reader.id,
        expires_at: expiresAt,
        bulk: 1 as const,
      }));
      await tx.insertInto('mails').values(mails).execute();
    }
    const details = { readers: readers.length };
    await writeAct(installation, tx, { eventId, by, kind: 'announcement_sent', subject: id, details });
    return { kind: 'sent', readers: readers.length };
  });
  news.publish(eventId);
  return outcome;
}

function newMail(eventId: EventId, announcementId: string, now: Millis) {
  return {
    event_id: eventId,
    id: v7(),
    announcement_id: announcementId,
    kind: 'announcement' as const,
    state: 'waiting' as const,
    attempts: 0,
    next_attempt_at: now,
    created_at: now,
  };
}

async function usefulUntil(tx: Tx, eventId: EventId, now: Millis): Promise<Millis> {
  const { ends_at } = await tx
    .selectFrom('events')
    .select('ends_at')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  return addMillis(ends_at > now ? ends_at : now, USEFUL);
}

function announcementOf(row: AnnouncementRow): Announcement {
  return {
    id: row.id,
    audience: v.parse(AudienceSchema, JSON.parse(row.audience)),
    texts: v.parse(AnnouncementTextsSchema, JSON.parse(row.texts)),
    version: row.version,
    createdAt: row.created_at,
    sentAt: row.sent_at,
  };
}
