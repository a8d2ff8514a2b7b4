import type { EventId, WorkgroupId } from '../domain/ids.ts';
import { writeAct, type Actor } from './acts.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';
import { promoteWaiting } from './places.ts';

/** What the office decides of a workgroup. */
export interface WorkgroupDecision {
  id: WorkgroupId;
  places: number;
  meetingUrl: string | null;
}

/** Changes workgroups' places and meetings; who waits moves up into new places, nobody loses one. */
export async function decideWorkgroups(
  installation: Installation,
  eventId: EventId,
  decisions: WorkgroupDecision[],
  by: Actor = null,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    await nextChange(tx, eventId);
    const details = Object.fromEntries(decisions.map(({ id, places }) => [id, places]));
    await writeAct(installation, tx, { eventId, by, kind: 'workgroups_decided', details });
    for (const { id, places, meetingUrl } of decisions) {
      await tx
        .updateTable('workgroups')
        .set({ places, meeting_url: meetingUrl })
        .where('event_id', '=', eventId)
        .where('id', '=', id)
        .execute();
      await promoteWaiting(tx, installation, eventId, id);
    }
  });
  installation.news.publish(eventId);
}
