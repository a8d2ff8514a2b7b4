import { NO_NEEDS } from '../domain/access-needs.ts';
import type { EventId, RegistrationId } from '../domain/ids.ts';
import { baseLocale } from '../i18n/index.ts';
import { writeAct, type Actor } from './acts.ts';
import { compact } from './database/compact.ts';
import { lockEvent } from './database/locks.ts';
import type { Tx } from './database/open.ts';
import { nextChange } from './database/change-numbers.ts';
import { findEvent, listEvents } from './events.ts';
import type { Installation } from './installation.ts';
import { isErasureDue } from './retention.ts';
import { keepSurvey } from './surveys.ts';

/** How many registrations one transaction erases, so that others need not wait long. */
const AT_ONCE = 500;

/** What was erased, in numbers: of each kind, how many. */
export interface ErasedCounts {
  /** Registrations: their names, and whatever else they said. */
  registrations: number;
  /** Of these, with an e-mail address. */
  addresses: number;
  /** Of these, with access needs. */
  needs: number;
  mails: number;
  /** What tablets had handed in that could not be right. */
  anomalies: number;
  /** Scans with the names and words of staff. */
  staffWords: number;
  /** Reports of barriers. */
  feedback: number;
}

const NOTHING: ErasedCounts = {
  registrations: 0,
  addresses: 0,
  needs: 0,
  mails: 0,
  anomalies: 0,
  staffWords: 0,
  feedback: 0,
};

const NO_NEEDS_JSON = JSON.stringify(NO_NEEDS);

/** Leaves nothing personal of a registration: a number among others, which the figures still need. */
export async function eraseRegistration(
  tx: Tx,
  { clock }: Pick<Installation, 'clock'>,
  id: RegistrationId,
  change: number,
): Promise<void> {
  await tx.deleteFrom('mails').where('registration_id', '=', id).execute();
  await tx.updateTable('tickets').set({ text: '' }).where('registration_id', '=', id).execute();
  await tx
    .deleteFrom('api_requests')
    .where('submission_id', '=', (eb) =>
      eb.selectFrom('registrations').select('submission_id').where('id', '=', id),
    )
    .execute();
  await tx
    .updateTable('registrations')
    .set({
      name: '',
      name_key: '',
      email: null,
      access_needs: NO_NEEDS_JSON,
      locale: baseLocale,
      affiliation: null,
      first_choice_id: null,
      second_choice_id: null,
      consented_at: null,
      erased_at: clock(),
      change,
    })
    .where('id', '=', id)
    .execute();
}

/**
 * Erases everything personal of the events whose registrations have been kept as long as was promised, and what has
 * come in since of those that were erased before.
 *
 * @returns how many registrations were erased
 */
export async function eraseDue(installation: Installation): Promise<number> {
  let erased = 0;
  for (const event of await listEvents(installation.db))
    if (isErasureDue(event, installation.clock()))
      erased += (await erase(installation, event.id, null)).registrations;
  return erased;
}

export type ErasureOutcome = { kind: 'erased'; counts: ErasedCounts } | { kind: 'not_ended' };

/** Erases everything personal of an event before the promised day, but not before it has ended. */
export async function eraseEarly(
  installation: Installation,
  eventId: EventId,
  by: Actor = null,
): Promise<ErasureOutcome> {
  const event = (await findEvent(installation.db, { id: eventId }))!;
  if (installation.clock() < event.endsAt) return { kind: 'not_ended' };
  return { kind: 'erased', counts: await erase(installation, eventId, by) };
}

/**
 * Erases everything personal of an event: of registrants, of what tablets handed in that could not be right, of the
 * staff who let somebody in on their word, and of who reported a barrier. Scans and states stay, without a name. It can
 * be broken off and begun anew.
 */
async function erase(installation: Installation, eventId: EventId, by: Actor): Promise<ErasedCounts> {
  const counts = { ...NOTHING };
  for (let count = AT_ONCE; count === AT_ONCE;) {
    const erased = await installation.db
      .transaction()
      .execute((tx) => eraseSome(tx, installation, eventId, counts));
    count = erased;
    if (erased > 0) installation.news.publish(eventId);
  }
  await installation.db.transaction().execute(async (tx) => {
    await nextChange(tx, eventId);
    // Tries of announcements, with the address of who tried them.
    const tries = tx.deleteFrom('mails').where('event_id', '=', eventId).where('registration_id', 'is', null);
    counts.mails += await countOf(tries);
    // Tables that were handed in and not taken in yet.
    await tx.deleteFrom('imports').where('event_id', '=', eventId).execute();
    counts.anomalies = await countOf(tx.deleteFrom('anomalies').where('event_id', '=', eventId));
    counts.staffWords = await eraseStaffsWords(tx, eventId);
    const first = await markErased(tx, installation, eventId);
    // What is reported afterwards is kept as long as was promised to who reports it.
    if (first) counts.feedback = await countOf(tx.deleteFrom('feedback').where('event_id', '=', eventId));
    if (hasErased(counts))
      await tx
        .updateTable('events')
        .set((eb) => ({ rewrites: eb('rewrites', '+', 1) }))
        .where('id', '=', eventId)
        .execute();
    if (first || hasErased(counts))
      await writeAct(installation, tx, { eventId, by, kind: 'event_erased', details: { ...counts } });
  });
  if (hasErased(counts)) await compact(installation.db);
  return counts;
}

const hasErased = (counts: ErasedCounts): boolean => Object.values(counts).some((count) => count > 0);

async function eraseSome(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  counts: ErasedCounts,
): Promise<number> {
  await lockEvent(tx, eventId);
  await keepSurvey(tx, installation, eventId);
  const left = await tx
    .selectFrom('registrations')
    .select(['id', 'email', 'access_needs'])
    .where('event_id', '=', eventId)
    .where('erased_at', 'is', null)
    .limit(AT_ONCE)
    .execute();
  for (const { id, email, access_needs } of left) {
    const { mails } = await tx
      .selectFrom('mails')
      .select((eb) => eb.fn.countAll<number>().as('mails'))
      .where('registration_id', '=', id)
      .executeTakeFirstOrThrow();
    counts.registrations += 1;
    counts.addresses += email === null ? 0 : 1;
    counts.needs += access_needs === NO_NEEDS_JSON || access_needs === '{}' ? 0 : 1;
    counts.mails += Number(mails);
    await eraseRegistration(tx, installation, id, await nextChange(tx, eventId));
  }
  return left.length;
}

/** @returns whether the event had not been erased before */
async function markErased(tx: Tx, { clock }: Installation, eventId: EventId): Promise<boolean> {
  const marked = tx
    .updateTable('events')
    .set({ erased_at: clock() })
    .where('id', '=', eventId)
    .where('erased_at', 'is', null);
  return (await countOf(marked)) > 0;
}

/** Not null where somebody was let in on the staff's word: that they were still counts. */
async function eraseStaffsWords(tx: Tx, eventId: EventId): Promise<number> {
  const overrides = tx
    .updateTable('scans')
    .set({ override_by: '', override_why: '', signature: null })
    .where('event_id', '=', eventId)
    .where('override_by', 'is not', null)
    .where((eb) => eb.or([eb('override_by', '!=', ''), eb('override_why', '!=', '')]));
  const byHand = tx
    .updateTable('scans')
    .set({ by_hand_by: '', by_hand_why: '', signature: null })
    .where('event_id', '=', eventId)
    .where('by_hand_by', 'is not', null)
    .where((eb) => eb.or([eb('by_hand_by', '!=', ''), eb('by_hand_why', '!=', '')]));
  return (await countOf(overrides)) + (await countOf(byHand));
}

interface Changing {
  executeTakeFirst(): Promise<{ numDeletedRows: bigint } | { numUpdatedRows: bigint }>;
}

/** Runs it. @returns how many rows it has changed */
async function countOf(query: Changing): Promise<number> {
  const result = await query.executeTakeFirst();
  return Number('numDeletedRows' in result ? result.numDeletedRows : result.numUpdatedRows);
}
