import type { EventId } from '../../domain/ids.ts';
import type { Database } from '../database/open.ts';
import type { MailRow } from '../database/schema.ts';
import { writeAct, type Actor } from '../acts.ts';
import type { Installation } from '../installation.ts';

export type MailState = MailRow['state'];

/** What the office sees of a mail in a list. */
export type ListedMail = Pick<
  MailRow,
  'id' | 'kind' | 'state' | 'attempts' | 'problem' | 'created_at' | 'settled_at' | 'next_attempt_at'
> & {
  /** Whom it is about; empty where everything about that person has been erased, null for a try. */
  name: string | null;
};

export interface MailPage {
  mails: ListedMail[];
  /** From 1 on. */
  page: number;
  pages: number;
  counts: Record<MailState, number>;
}

const PAGE = 50;

/**
 * A page of an event's mails, the newest first.
 *
 * @param page - from 1 on; one beyond the last is the last
 */
export async function listMails(
  db: Database,
  eventId: EventId,
  { state, page }: { state: MailState | null; page: number },
): Promise<MailPage> {
  const counts = await countMails(db, eventId);
  const total = state ? counts[state] : Object.values(counts).reduce((sum, count) => sum + count, 0);
  const pages = Math.max(1, Math.ceil(total / PAGE));
  const shown = Math.min(page, pages);
  let query = db
    .selectFrom('mails')
    .leftJoin('registrations', 'registrations.id', 'mails.registration_id')
    .select([
      'mails.id',
      'kind',
      'mails.state',
      'attempts',
      'problem',
      'mails.created_at',
      'settled_at',
      'next_attempt_at',
      'name',
    ])
    .where('mails.event_id', '=', eventId);
  if (state) query = query.where('mails.state', '=', state);
  const mails = await query
    .orderBy('mails.created_at', 'desc')
    .orderBy('mails.id', 'desc')
    .limit(PAGE)
    .offset((shown - 1) * PAGE)
    .execute();
  return { mails, page: shown, pages, counts };
}

async function countMails(db: Database, eventId: EventId): Promise<Record<MailState, number>> {
  const rows = await db
    .selectFrom('mails')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where('event_id', '=', eventId)
    .groupBy('state')
    .execute();
  const counts: Record<MailState, number> = { waiting: 0, sent: 0, failed: 0, expired: 0 };
  for (const { state, count } of rows) counts[state] = Number(count);
  return counts;
}

/** @returns null when the event has no such mail */
export async function findMail(db: Database, eventId: EventId, id: string): Promise<MailRow | null> {
  const mail = await db
    .selectFrom('mails')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('id', '=', id)
    .executeTakeFirst();
  return mail ?? null;
}

/** Has a mail that was refused sent once more, at once. One that is past its time, or has not failed, stays as it is. */
export async function tryMailAgain(
  installation: Installation,
  eventId: EventId,
  id: string,
  by: Actor = null,
): Promise<void> {
  const now = installation.clock();
  await installation.db.transaction().execute(async (tx) => {
    const waiting = await tx
      .updateTable('mails')
      .set({ state: 'waiting', next_attempt_at: now, settled_at: null })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .where('state', '=', 'failed')
      .where('expires_at', '>', now)
      .returning('registration_id')
      .executeTakeFirst();
    if (!waiting) return;
    const subject = waiting.registration_id ?? id;
    await writeAct(installation, tx, { eventId, by, kind: 'mail_tried_again', subject });
  });
  installation.news.publish(eventId);
}
