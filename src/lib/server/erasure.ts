import { NO_NEEDS } from '../domain/access-needs.ts';
import type { EventId, RegistrationId } from '../domain/ids.ts';
import { baseLocale } from '../i18n/index.ts';
import type { Tx } from './database/open.ts';
import { listEvents, nextChange } from './events.ts';
import type { Installation } from './installation.ts';
import { deletionDay } from './retention.ts';

/** How many registrations one transaction erases, so that others need not wait long. */
const AT_ONCE = 500;

/** Leaves nothing personal of a registration: a number among others, which the figures still need. */
export async function eraseRegistration(
  tx: Tx,
  { clock }: Pick<Installation, 'clock'>,
  id: RegistrationId,
  change: number,
): Promise<void> {
  await tx.deleteFrom('mails').where('registration_id', '=', id).execute();
  await tx
    .updateTable('registrations')
    .set({
      name: '',
      name_key: '',
      email: null,
      access_needs: JSON.stringify(NO_NEEDS),
      locale: baseLocale,
      erased_at: clock(),
      change,
    })
    .where('id', '=', id)
    .execute();
}

/**
 * Erases everything personal of the events whose registrations have been kept as long as was promised: of registrants,
 * of what tablets handed in that could not be right, and of the staff who let somebody in on their word. Scans and
 * states stay, without a name.
 *
 * @returns how many registrations were erased
 */
export async function eraseDue(installation: Installation): Promise<number> {
  let erased = 0;
  for (const event of await listEvents(installation.db)) {
    if (installation.clock() < deletionDay(event)) continue;
    for (let count = AT_ONCE; count === AT_ONCE; erased += count)
      count = await eraseSome(installation, event.id);
    await eraseStaffsWords(installation, event.id);
  }
  return erased;
}

async function eraseSome(installation: Installation, eventId: EventId): Promise<number> {
  const count = await installation.db.transaction().execute(async (tx) => {
    const left = await tx
      .selectFrom('registrations')
      .select('id')
      .where('event_id', '=', eventId)
      .where('erased_at', 'is', null)
      .limit(AT_ONCE)
      .execute();
    for (const { id } of left) await eraseRegistration(tx, installation, id, await nextChange(tx, eventId));
    return left.length;
  });
  if (count > 0) installation.news.publish(eventId);
  return count;
}

async function eraseStaffsWords({ db }: Installation, eventId: EventId): Promise<void> {
  // Tries of announcements, with the address of who tried them.
  await db.deleteFrom('mails').where('event_id', '=', eventId).where('registration_id', 'is', null).execute();
  await db.deleteFrom('anomalies').where('event_id', '=', eventId).execute();
  await db
    .updateTable('scans')
    // Not null: that somebody was let in on the staff's word still counts.
    .set({ override_by: '', override_why: '' })
    .where('event_id', '=', eventId)
    .where('override_by', 'is not', null)
    .execute();
  await db
    .updateTable('scans')
    .set({ by_hand_by: '', by_hand_why: '' })
    .where('event_id', '=', eventId)
    .where('by_hand_by', 'is not', null)
    .execute();
}
