import type { Selectable } from 'kysely';
import type { EventId } from '../domain/ids.ts';
import { addMillis, MINUTE, type Millis } from '../domain/time.ts';
import { deLocalizeUrl } from '../i18n/index.ts';
import { writeAct, type Actor } from './acts.ts';
import { countAttempt, type AttemptLimit } from './attempts.ts';
import type { FeedbackTable } from './database/tables/registrant-tables.ts';
import type { Installation } from './installation.ts';
import { FEEDBACK_KEPT_FOR } from './retention.ts';

export interface NewFeedback {
  /** Made with the form, so that sending it twice keeps it once. */
  id: string;
  /** Null where it is about no event's page. */
  eventId: EventId | null;
  text: string;
  email: string | null;
  /** The page's path, in any language. */
  page: string | null;
  locale: string;
}

export type FeedbackRow = Selectable<FeedbackTable>;
export type FeedbackOutcome = { kind: 'kept' } | { kind: 'too_many'; until: Millis };

/** A school behind one address gets through, a machine doesn't. */
const BY_ADDRESS: AttemptLimit = { what: 'feedback from address', max: 20, window: 10 * MINUTE };

/** A ticket's link, or a part of it, wherever it stands in a text. Whoever has it has the ticket. */
const TICKET_LINK = /(?<=\/ticket\/)[^/?#\s]+|[\w-]{43,}/gi;

/** Keeps what somebody reports. @param address - where it comes from, only to be counted */
export async function giveFeedback(
  installation: Installation,
  { id, eventId, text, email, page, locale }: NewFeedback,
  address: string,
): Promise<FeedbackOutcome> {
  const attempt = await countAttempt(installation, BY_ADDRESS, address);
  if (attempt.kind === 'too_many') return attempt;
  await installation.db
    .insertInto('feedback')
    .values({
      id,
      event_id: eventId,
      text: text.replaceAll(TICKET_LINK, '…'),
      email,
      page: page && pageWithoutSecrets(page),
      locale,
      created_at: installation.clock(),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  await deleteOldFeedback(installation);
  return { kind: 'kept' };
}

/**
 * The path of a public page without its language; of a ticket's page nothing but that it is one.
 *
 * @returns null for what is no such path
 */
export function pageWithoutSecrets(page: string): string | null {
  if (page.length > 200 || !/^\/[\w/-]*$/.test(page)) return null;
  const path = deLocalizeUrl(new URL(`http://einlass.invalid/${page.slice(1)}`)).pathname;
  // Anywhere in it: a strange address shall not smuggle a link past this.
  return /(^|\/)ticket(\/|$)/i.test(path) ? '/ticket' : path;
}

/** What was reported about an event's pages and about those of no event, the newest first. */
export async function listFeedback(installation: Installation, eventId: EventId): Promise<FeedbackRow[]> {
  await deleteOldFeedback(installation);
  return installation.db
    .selectFrom('feedback')
    .selectAll()
    .where((eb) => eb.or([eb('event_id', '=', eventId), eb('event_id', 'is', null)]))
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
}

/** Deletes one report of those that {@link listFeedback} tells of for this event. */
export async function deleteFeedback(
  installation: Installation,
  eventId: EventId,
  id: string,
  by: Actor = null,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    const deleted = await tx
      .deleteFrom('feedback')
      .where('id', '=', id)
      .where((eb) => eb.or([eb('event_id', '=', eventId), eb('event_id', 'is', null)]))
      .returning('id')
      .executeTakeFirst();
    if (deleted) await writeAct(installation, tx, { eventId, by, kind: 'feedback_deleted' });
  });
}

/** Deletes what has been kept as long as was promised. */
export async function deleteOldFeedback({ db, clock }: Installation): Promise<void> {
  await db.deleteFrom('feedback').where('created_at', '<=', addMillis(clock(), -FEEDBACK_KEPT_FOR)).execute();
}
