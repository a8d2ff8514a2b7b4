import { v7 } from 'uuid';
import type { EventId, RegistrationId, WorkgroupId } from '../domain/ids.ts';
import type { RegistrationState } from '../domain/registration.ts';
import type { Millis } from '../domain/time.ts';
import type { Database, Tx } from './database/open.ts';
import type { RegistrationRow } from './database/schema.ts';
import { listWorkgroups, nextChange } from './events.ts';
import type { Installation } from './installation.ts';
import { insertTicket, signTicket } from './tickets.ts';

export interface NewRegistration {
  submissionId: string;
  name: string;
  email: string | null;
  workgroupId: WorkgroupId;
  accessNeeds: string;
  locale: string;
  origin: RegistrationRow['origin'];
  state: RegistrationState;
  /** Whether the person agreed to the notice on data protection. */
  consented: boolean;
}

/** What became of a registration through the public form. */
export type RegistrationOutcome =
  | { kind: 'registered'; registrationId: RegistrationId }
  | { kind: 'closed' }
  | { kind: 'full' }
  | { kind: 'unknown_workgroup' };

/** The deadline itself is still in time. */
export function isRegistrationOpen(event: { registrationUntil: Millis }, now: Millis): boolean {
  return now <= event.registrationUntil;
}

/**
 * Registers somebody who filled in the form: only before the deadline and while the workgroup has places. A form that
 * is sent twice registers once, and the second time answers as the first did.
 */
export async function registerByForm(
  installation: Installation,
  eventId: EventId,
  form: Pick<NewRegistration, 'submissionId' | 'name' | 'email' | 'workgroupId' | 'locale'>,
): Promise<RegistrationOutcome> {
  const earlier = await findSubmission(installation.db, eventId, form.submissionId);
  if (earlier) return { kind: 'registered', registrationId: earlier };
  const workgroup = (await listWorkgroups(installation.db, eventId)).find(
    ({ id }) => id === form.workgroupId,
  );
  if (!workgroup) return { kind: 'unknown_workgroup' };
  const ticket = await signTicket(installation, eventId, workgroup.number);

  const outcome = await installation.db.transaction().execute(async (tx): Promise<RegistrationOutcome> => {
    const change = await nextChange(tx, eventId);
    const sentTwice = await findSubmission(tx, eventId, form.submissionId);
    if (sentTwice) return { kind: 'registered', registrationId: sentTwice };
    const event = await tx
      .selectFrom('events')
      .select('registration_until as registrationUntil')
      .where('id', '=', eventId)
      .executeTakeFirstOrThrow();
    if (!isRegistrationOpen(event, installation.clock())) return { kind: 'closed' };
    const places = (await listWorkgroups(tx, eventId)).find(({ id }) => id === form.workgroupId);
    if (!places || places.taken >= places.places) return { kind: 'full' };
    const registration = {
      ...form,
      accessNeeds: '',
      origin: 'form',
      state: 'confirmed',
      consented: true,
    } as const;
    const registrationId = await insertRegistration(tx, installation, eventId, registration, change);
    await insertTicket(tx, installation, eventId, registrationId, ticket);
    return { kind: 'registered', registrationId };
  });
  if (outcome.kind === 'registered') installation.news.publish(eventId);
  return outcome;
}

/** Registers somebody on the organiser's word: no deadline, no limit of places. */
export async function registerByOffice(
  installation: Installation,
  eventId: EventId,
  registration: NewRegistration,
): Promise<RegistrationId> {
  const workgroups = await listWorkgroups(installation.db, eventId);
  const workgroup = workgroups.find(({ id }) => id === registration.workgroupId);
  if (!workgroup) throw new Error('the event has no such workgroup');
  const ticket = await signTicket(installation, eventId, workgroup.number);
  const registrationId = await installation.db.transaction().execute(async (tx) => {
    const change = await nextChange(tx, eventId);
    const id = await insertRegistration(tx, installation, eventId, registration, change);
    await insertTicket(tx, installation, eventId, id, ticket);
    return id;
  });
  installation.news.publish(eventId);
  return registrationId;
}

/** @param id - given by the tablet for walk-ins, made here for everybody else */
export async function insertRegistration(
  tx: Tx,
  { clock }: Pick<Installation, 'clock'>,
  eventId: EventId,
  registration: NewRegistration,
  change: number,
  id = v7() as RegistrationId,
): Promise<RegistrationId> {
  const now = clock();
  await tx
    .insertInto('registrations')
    .values({
      event_id: eventId,
      id,
      submission_id: registration.submissionId,
      name: registration.name,
      email: registration.email,
      workgroup_id: registration.workgroupId,
      state: registration.state,
      state_since: now,
      access_needs: registration.accessNeeds,
      locale: registration.locale,
      origin: registration.origin,
      consented_at: registration.consented ? now : null,
      created_at: now,
      change,
    })
    .execute();
  return id;
}

/** Confirms, waitlists or cancels a registration; a state that it already has stays as it is. */
export async function setRegistrationState(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
  state: RegistrationState,
): Promise<void> {
  await changeRegistration(installation, eventId, async (tx, change) => {
    await tx
      .updateTable('registrations')
      .set({ state, state_since: installation.clock(), change })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .where('state', '!=', state)
      .execute();
  });
}

/** Moves a registration to another workgroup; its ticket stays good, because the roster wins over the ticket. */
export async function moveRegistration(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
  workgroupId: WorkgroupId,
): Promise<void> {
  await changeRegistration(installation, eventId, async (tx, change) => {
    await tx
      .updateTable('registrations')
      .set({ workgroup_id: workgroupId, change })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .execute();
  });
}

/** Issues a new ticket and revokes every earlier one of this registration. */
export async function reissueTicket(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
): Promise<void> {
  const registration = await installation.db
    .selectFrom('registrations')
    .innerJoin('workgroups', (join) =>
      join
        .onRef('workgroups.event_id', '=', 'registrations.event_id')
        .onRef('workgroups.id', '=', 'registrations.workgroup_id'),
    )
    .select('workgroups.number')
    .where('registrations.event_id', '=', eventId)
    .where('registrations.id', '=', id)
    .executeTakeFirstOrThrow();
  const ticket = await signTicket(installation, eventId, registration.number);
  await changeRegistration(installation, eventId, async (tx, change) => {
    await tx
      .updateTable('tickets')
      .set({ revoked_at: installation.clock() })
      .where('registration_id', '=', id)
      .where('revoked_at', 'is', null)
      .execute();
    await insertTicket(tx, installation, eventId, id, ticket);
    await tx.updateTable('registrations').set({ change }).where('id', '=', id).execute();
  });
}

async function changeRegistration(
  installation: Installation,
  eventId: EventId,
  work: (tx: Tx, change: number) => Promise<void>,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => work(tx, await nextChange(tx, eventId)));
  installation.news.publish(eventId);
}

async function findSubmission(
  db: Database | Tx,
  eventId: EventId,
  submissionId: string,
): Promise<RegistrationId | null> {
  const row = await db
    .selectFrom('registrations')
    .select('id')
    .where('event_id', '=', eventId)
    .where('submission_id', '=', submissionId)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** A registration with its valid ticket, for the ticket page. */
export interface TicketPage {
  registration: RegistrationRow;
  /** The text of the QR code. */
  ticketText: string;
}

export async function findTicketPage(db: Database, id: RegistrationId): Promise<TicketPage | null> {
  const registration = await db
    .selectFrom('registrations')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  const ticket = await db
    .selectFrom('tickets')
    .select('text')
    .where('registration_id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return registration && ticket ? { registration, ticketText: ticket.text } : null;
}
