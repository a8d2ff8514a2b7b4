import type { EventId, RegistrationId, WorkgroupId } from '../domain/ids.ts';
import type { RegistrationState } from '../domain/registration.ts';
import type { Database, Tx } from './database/open.ts';
import type { MailKind, RegistrationRow } from './database/schema.ts';
import { nextChange } from './events.ts';
import type { Installation } from './installation.ts';
import { queueMail } from './outbox.ts';
import { readRegistration } from './registrations.ts';

/**
 * How many places of a workgroup are free; none where the office has given away more than there are. To be trusted, it
 * must be asked in a transaction that has taken a number of the event's changes (`nextChange`).
 *
 * @returns null when the event has no such workgroup
 */
export async function freePlaces(tx: Tx, eventId: EventId, workgroupId: WorkgroupId): Promise<number | null> {
  const workgroup = await tx
    .selectFrom('workgroups')
    .select('places')
    .where('event_id', '=', eventId)
    .where('id', '=', workgroupId)
    .executeTakeFirst();
  if (!workgroup) return null;
  const { taken } = await tx
    .selectFrom('registrations')
    .select((eb) => eb.fn.countAll<number>().as('taken'))
    .where('event_id', '=', eventId)
    .where('workgroup_id', '=', workgroupId)
    .where('state', '=', 'confirmed')
    .executeTakeFirstOrThrow();
  return Math.max(0, workgroup.places - Number(taken));
}

/**
 * Gives a workgroup's free places to those who wait for them, in the order in which they joined the waiting list, until
 * the event begins. Called in the transaction that frees places: so none is ever free while somebody waits for it.
 */
export async function promoteWaiting(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  workgroupId: WorkgroupId,
): Promise<void> {
  const { starts_at } = await tx
    .selectFrom('events')
    .select('starts_at')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  if (installation.clock() >= starts_at) return;
  const free = (await freePlaces(tx, eventId, workgroupId)) ?? 0;
  const next = await tx
    .selectFrom('registrations')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('workgroup_id', '=', workgroupId)
    .where('state', '=', 'waitlisted')
    .orderBy('waiting_since')
    .limit(free)
    .execute();
  for (const registration of next) await putInState(tx, installation, registration, 'confirmed', 'promotion');
}

/** Brings a registration into a state and queues the mail that tells so, where one shall. */
export async function putInState(
  tx: Tx,
  installation: Installation,
  { event_id: eventId, id }: RegistrationRow,
  state: RegistrationState,
  kind: MailKind | null,
): Promise<void> {
  const change = await nextChange(tx, eventId);
  await tx
    .updateTable('registrations')
    .set({
      state,
      state_since: installation.clock(),
      waiting_since: state === 'waitlisted' ? change : null,
      change,
    })
    .where('id', '=', id)
    .execute();
  if (kind)
    await queueMail(tx, installation, eventId, { registrationId: id, kind, reason: `state:${id}:${change}` });
}

const TELLS: Record<RegistrationState, MailKind> = {
  confirmed: 'promotion',
  waitlisted: 'waiting_list',
  cancelled: 'cancellation',
};

/** Confirms, waitlists or cancels a registration; a state that it already has stays as it is. */
export async function setRegistrationState(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
  state: RegistrationState,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    await nextChange(tx, eventId);
    const registration = await readRegistration(tx, eventId, id);
    if (registration.state === state) return;
    await putInState(tx, installation, registration, state, TELLS[state]);
    if (registration.state === 'confirmed')
      await promoteWaiting(tx, installation, eventId, registration.workgroup_id);
  });
  installation.news.publish(eventId);
}

/** Moves a registration to another workgroup; its ticket stays good, because the roster wins over the ticket. */
export async function moveRegistration(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
  workgroupId: WorkgroupId,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    const change = await nextChange(tx, eventId);
    const registration = await readRegistration(tx, eventId, id);
    if (registration.workgroup_id === workgroupId) return;
    await putInWorkgroup(tx, registration, workgroupId, change);
    await queueMail(tx, installation, eventId, {
      registrationId: id,
      kind: 'change',
      reason: `change:${id}:${change}`,
    });
    await promoteWaiting(tx, installation, eventId, registration.workgroup_id);
    await promoteWaiting(tx, installation, eventId, workgroupId);
  });
  installation.news.publish(eventId);
}

/** Whoever waits goes to the end of the other workgroup's list. */
export async function putInWorkgroup(
  tx: Tx,
  { id, state }: RegistrationRow,
  workgroupId: WorkgroupId,
  change: number,
): Promise<void> {
  await tx
    .updateTable('registrations')
    .set({ workgroup_id: workgroupId, waiting_since: state === 'waitlisted' ? change : null, change })
    .where('id', '=', id)
    .execute();
}

/** How many people wait for the same workgroup and are before this one; null for whoever doesn't wait. */
export async function waitingBefore(db: Database, registration: RegistrationRow): Promise<number | null> {
  if (registration.waiting_since === null) return null;
  const { before } = await db
    .selectFrom('registrations')
    .select((eb) => eb.fn.countAll<number>().as('before'))
    .where('event_id', '=', registration.event_id)
    .where('workgroup_id', '=', registration.workgroup_id)
    .where('state', '=', 'waitlisted')
    .where('waiting_since', '<', registration.waiting_since)
    .executeTakeFirstOrThrow();
  return Number(before);
}
