import { note, problem, some, type Checking, type Finding } from './finding.ts';

/** Whatever points to something that is not there, and registrations whose tickets can't be right. */
export async function checkPlaces({ tx, event }: Checking): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { id: eventId } = event;
  const rooms = await tx.selectFrom('rooms').select('id').where('event_id', '=', eventId).execute();
  const workgroups = await tx
    .selectFrom('workgroups')
    .select(['id', 'room_id'])
    .where('event_id', '=', eventId)
    .execute();
  const doors = await tx
    .selectFrom('checkpoints')
    .select(['id', 'room_id'])
    .where('event_id', '=', eventId)
    .execute();
  const roomIds = new Set<string>(rooms.map(({ id }) => id));
  const roomless = [...workgroups, ...doors].filter((one) => !roomIds.has(one.room_id));
  if (roomless.length > 0)
    findings.push(problem(event.slug, `in a room that is not there: ${some(roomless.map(({ id }) => id))}`));

  const registrations = await tx
    .selectFrom('registrations')
    .select(['id', 'workgroup_id', 'state'])
    .where('event_id', '=', event.id)
    .execute();
  const workgroupIds = new Set<string>(workgroups.map(({ id }) => id));
  const astray = registrations.filter((one) => !workgroupIds.has(one.workgroup_id));
  if (astray.length > 0)
    findings.push(
      problem(
        event.slug,
        `registrations in a workgroup that is not there: ${some(astray.map(({ id }) => id))}`,
      ),
    );

  const tickets = await tx
    .selectFrom('tickets')
    .select('registration_id')
    .where('event_id', '=', event.id)
    .where('revoked_at', 'is', null)
    .execute();
  const valid = new Map<string, number>();
  for (const { registration_id: id } of tickets) valid.set(id, (valid.get(id) ?? 0) + 1);
  const several = [...valid].filter(([, count]) => count > 1).map(([id]) => id);
  if (several.length > 0)
    findings.push(problem(event.slug, `more than one valid ticket has each of ${some(several)}`));
  const without = registrations.filter(({ id, state }) => state === 'confirmed' && !valid.has(id));
  if (without.length > 0)
    findings.push(
      problem(event.slug, `confirmed, and without a valid ticket: ${some(without.map(({ id }) => id))}`),
    );

  const doorIds = new Set<string>(doors.map(({ id }) => id));
  const scans = await tx
    .selectFrom('scans')
    .select((eb) => ['checkpoint_id', eb.fn.countAll<number>().as('count')])
    .where('event_id', '=', event.id)
    .groupBy('checkpoint_id')
    .execute();
  for (const { checkpoint_id: id, count } of scans)
    if (!doorIds.has(id))
      findings.push(
        note(event.slug, `${Number(count)} scans are of a door that was removed (${id}): they count nowhere`),
      );
  return findings;
}
