import type { EventId } from '../../domain/ids.ts';
import type { Tx } from './open.ts';

/**
 * Gives out the next numbers of an event's feed, `count` of them, and returns the last. The event's row stays locked
 * until the transaction ends, so numbers become visible in their order: nobody can read past one that is still to come.
 */
export async function nextChange(tx: Tx, eventId: EventId, count = 1): Promise<number> {
  const { change } = await tx
    .updateTable('events')
    .set((eb) => ({ change: eb('change', '+', count) }))
    .where('id', '=', eventId)
    .returning('change')
    .executeTakeFirstOrThrow();
  return change;
}
