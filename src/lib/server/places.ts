import type { EventId, RegistrationId, WorkgroupId } from '../domain/ids.ts';
import type { RegistrationState } from '../domain/registration.ts';
import type { Database, Tx } from './database/open.ts';
import type { RegistrationRow } from './database/schema.ts';
import type { MailKind } from './database/tables/registrant-tables.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';
import { queueMail } from './outbox.ts';
import { readRegistration, readRegistrations } from './registrations.ts';

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
 *
 * @param mail - what tells them so; null for nothing
 * @returns who has got one
 */
export async function promoteWaiting(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  workgroupId: WorkgroupId,
  mail: MailKind | null = 'promotion',
): Promise<RegistrationRow[]> {
  const { starts_at } = await tx
    .selectFrom('events')
    .select('starts_at')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  if (installation.clock() >= starts_at) return [];
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
  for (const registration of next) await putInState(tx, installation, registration, 'confirmed', mail);
  return next;
}

/** Brings a registration into a state and queues the mail that tells so, where one shall. */
export async function putInState(
  tx: Tx,
  installation: Installation,
  { event_id: eventId, id }: Pick<RegistrationRow, 'event_id' | 'id'>,
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
  const overbook = true;
  await installation.db
    .transaction()
    .execute((tx) => moveRegistrations(tx, installation, eventId, [id], { workgroupId, overbook }));
  installation.news.publish(eventId);
}

export type MoveOutcome =
  /** Whoever is cancelled, erased or there already stays; who waited for a place that has become free is promoted. */
  | { kind: 'moved'; moved: RegistrationRow[]; promoted: RegistrationRow[] }
  /** So many places are free, and so many are needed. */
  | { kind: 'full'; free: number; needed: number }
  | { kind: 'unknown_workgroup' };

/**
 * Moves registrations to another workgroup, all or none of them. Places are given up only for other ones; whoever waits
 * goes to the end of the other list.
 *
 * @param overbook - whether it may become more than full
 */
export async function moveRegistrations(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  ids: RegistrationId[],
  { workgroupId, overbook }: { workgroupId: WorkgroupId; overbook: boolean },
): Promise<MoveOutcome> {
  await nextChange(tx, eventId);
  const free = await freePlaces(tx, eventId, workgroupId);
  if (free === null) return { kind: 'unknown_workgroup' };
  const moved = (await readRegistrations(tx, eventId, ids)).filter(
    ({ workgroup_id, state, erased_at }) =>
      workgroup_id !== workgroupId && state !== 'cancelled' && erased_at === null,
  );
  const needed = moved.filter(({ state }) => state === 'confirmed').length;
  if (needed > free && !overbook) return { kind: 'full', free, needed };
  for (const registration of moved) {
    const change = await nextChange(tx, eventId);
    await putInWorkgroup(tx, registration, workgroupId, change);
    await queueMail(tx, installation, eventId, {
      registrationId: registration.id,
      kind: 'change',
      reason: `change:${registration.id}:${change}`,
    });
  }
  // Only when all have moved: so nobody gets a place that another of them gives up, or is about to take.
  const touched = new Set([...moved.map((registration) => registration.workgroup_id), workgroupId]);
  const promoted = [];
  for (const id of touched) promoted.push(...(await promoteWaiting(tx, installation, eventId, id)));
  return { kind: 'moved', moved, promoted };
}

/** Cancels registrations; who waits longest for the places gets them. Whoever is cancelled or erased stays as they are. */
export async function cancelRegistrations(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  ids: RegistrationId[],
): Promise<{ cancelled: RegistrationRow[]; promoted: RegistrationRow[] }> {
  await nextChange(tx, eventId);
  const cancelled = (await readRegistrations(tx, eventId, ids)).filter(
    ({ state, erased_at }) => state !== 'cancelled' && erased_at === null,
  );
  for (const registration of cancelled)
    await putInState(tx, installation, registration, 'cancelled', 'cancellation');
  // Only when all are cancelled: so nobody is promoted who is about to be.
  const freed = new Set(
    cancelled.filter(({ state }) => state === 'confirmed').map((registration) => registration.workgroup_id),
  );
  const promoted = [];
  for (const id of freed) promoted.push(...(await promoteWaiting(tx, installation, eventId, id)));
  return { cancelled, promoted };
}

/** Whoever waits goes to the end of the other workgroup's list. */
export async function putInWorkgroup(
  tx: Tx,
  { id, state }: Pick<RegistrationRow, 'id' | 'state'>,
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
