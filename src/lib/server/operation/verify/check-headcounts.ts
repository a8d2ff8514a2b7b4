import type { TicketId } from '../../../domain/ids.ts';
import { EventStates } from '../../event-states.ts';
import { localized } from '../../events.ts';
import { problem, type Checking, type Finding } from './finding.ts';
import { naiveCount } from './naive-count.ts';

/** Compares every room's headcount, as the office shows it, with a plain count of the log. */
export async function checkHeadcounts({ tx, event }: Checking): Promise<Finding[]> {
  const state = await new EventStates(tx).read(event.id);
  const rooms = await tx.selectFrom('rooms').selectAll().where('event_id', '=', event.id).execute();
  const doors = await tx.selectFrom('checkpoints').selectAll().where('event_id', '=', event.id).execute();
  const scans = await tx.selectFrom('scans').selectAll().where('event_id', '=', event.id).execute();
  const tickets = await tx
    .selectFrom('tickets')
    .select(['id', 'registration_id'])
    .where('event_id', '=', event.id)
    .execute();
  const main = rooms.filter((room) => room.main === 1);
  if (main.length !== 1) return [problem(event.slug, `has ${main.length} main rooms instead of one`)];
  const counted = naiveCount({
    scans,
    doors: doors.map((door) => ({ id: door.id, room: door.room_id, reentry: door.reentry })),
    mainRoom: main[0]!.id,
    ownerOf: new Map<TicketId, string>(tickets.map((ticket) => [ticket.id, ticket.registration_id])),
    // Which of several decisions holds is for the fold to say; what follows from it is counted anew.
    decisions: state.settled().map(({ decision }) => decision),
  });
  const findings: Finding[] = [];
  for (const room of rooms) {
    const shown = state.headcount(room.id);
    const plain = counted.get(room.id) ?? 0;
    if (shown !== plain)
      findings.push(
        problem(
          event.slug,
          `the office shows ${shown} in "${localized(room.name).de}", a plain count of the log gives ${plain}`,
        ),
      );
  }
  const total = [...counted.values()].reduce((sum, count) => sum + count, 0);
  if (state.venueTotal() !== total)
    findings.push(
      problem(event.slug, `the office shows ${state.venueTotal()} in all, a plain count gives ${total}`),
    );
  return findings;
}
