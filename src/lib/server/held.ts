import type { EventId } from '../domain/ids.ts';
import { writeAct, type Actor } from './acts.ts';
import type { EventRow } from './database/schema.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';
import { queueMail } from './outbox.ts';
import { selectToTell } from './registrations.ts';

/**
 * Decides anew whether an event is held on site or digitally, and queues one mail to each person who has registered
 * and is not cancelled. Deciding what is so already tells nobody.
 */
export async function setHeld(
  installation: Installation,
  eventId: EventId,
  held: EventRow['held'],
  by: Actor = null,
): Promise<void> {
  const now = installation.clock();
  await installation.db.transaction().execute(async (tx) => {
    const change = await nextChange(tx, eventId);
    const { numUpdatedRows } = await tx
      .updateTable('events')
      .set({ held, held_since: now, setting_change: change })
      .where('id', '=', eventId)
      .where('held', '!=', held)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    await writeAct(installation, tx, { eventId, by, kind: 'held_changed', details: { held } });
    const told = await selectToTell(tx, eventId).select('id').execute();
    for (const { id } of told)
      await queueMail(tx, installation, eventId, {
        registrationId: id,
        kind: 'held',
        reason: `held:${id}:${change}`,
      });
  });
  installation.news.publish(eventId);
}
