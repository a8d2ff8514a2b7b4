import { v7 } from 'uuid';
import * as v from 'valibot';
import { AccessNeedsSchema, NO_NEEDS, type AccessNeeds, type Affiliation } from '../domain/access-needs.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../domain/ids.ts';
import { nameKey } from '../domain/name-folding.ts';
import type { RegistrationState } from '../domain/registration.ts';
import type { Database, Tx } from './database/open.ts';
import type { NewRegistrationRow, RegistrationRow } from './database/schema.ts';
import type { Json } from './database/tables/cells.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';
import { insertTicket, ticketSigner } from './tickets.ts';

export interface NewRegistration {
  submissionId: string;
  name: string;
  email: string | null;
  workgroupId: WorkgroupId;
  locale: string;
  origin: RegistrationRow['origin'];
  state: RegistrationState;
  /** Whether the person agreed to the notice on data protection. */
  consented: boolean;
  needs?: AccessNeeds;
  affiliation?: Affiliation | null;
  firstChoiceId?: WorkgroupId | null;
  secondChoiceId?: WorkgroupId | null;
  /** Whose form brings this person along. */
  hostId?: RegistrationId | null;
}

/** @param id - given by the tablet for walk-ins, made here for everybody else */
export async function insertRegistration(
  tx: Tx,
  installation: Pick<Installation, 'clock'>,
  eventId: EventId,
  registration: NewRegistration,
  change: number,
  id = v7() as RegistrationId,
): Promise<RegistrationId> {
  const row = registrationRow(installation, eventId, registration, change, id);
  await tx.insertInto('registrations').values(row).execute();
  return id;
}

/** A new registration as the database keeps it. */
export function registrationRow(
  { clock }: Pick<Installation, 'clock'>,
  eventId: EventId,
  registration: NewRegistration,
  change: number,
  id: RegistrationId,
): NewRegistrationRow {
  const now = clock();
  return {
    event_id: eventId,
    id,
    submission_id: registration.submissionId,
    name: registration.name,
    name_key: nameKey(registration.name),
    email: registration.email,
    workgroup_id: registration.workgroupId,
    state: registration.state,
    state_since: now,
    access_needs: JSON.stringify(registration.needs ?? NO_NEEDS),
    locale: registration.locale,
    origin: registration.origin,
    consented_at: registration.consented ? now : null,
    created_at: now,
    change,
    host_id: registration.hostId ?? null,
    first_choice_id: registration.firstChoiceId ?? null,
    second_choice_id: registration.secondChoiceId ?? null,
    affiliation: registration.affiliation ?? null,
    waiting_since: registration.state === 'waitlisted' ? change : null,
  };
}

/** Registers somebody on the organiser's word: no deadline, no limit of places. */
export async function registerByOffice(
  installation: Installation,
  eventId: EventId,
  registration: NewRegistration,
): Promise<RegistrationId> {
  const signer = await ticketSigner(installation, eventId);
  const registrationId = await installation.db.transaction().execute(async (tx) => {
    const change = await nextChange(tx, eventId);
    const id = await insertRegistration(tx, installation, eventId, registration, change);
    await insertTicket(tx, installation, eventId, id, await signer.sign(registration.workgroupId));
    return id;
  });
  installation.metrics.registrations.inc({ origin: registration.origin });
  installation.news.publish(eventId);
  return registrationId;
}

export async function findSubmission(
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

/** @throws when the event has no such registration */
export function readRegistration(
  db: Database | Tx,
  eventId: EventId,
  id: RegistrationId,
): Promise<RegistrationRow> {
  return db
    .selectFrom('registrations')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** Those of an event's registrations that have these ids, by name. */
export function readRegistrations(
  db: Database | Tx,
  eventId: EventId,
  ids: RegistrationId[],
): Promise<RegistrationRow[]> {
  return db
    .selectFrom('registrations')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('id', 'in', ids)
    .orderBy('name_key')
    .orderBy('id')
    .execute();
}

/** @returns null when the event has no such registration */
export async function findRegistration(
  db: Database | Tx,
  eventId: EventId,
  id: RegistrationId,
): Promise<RegistrationRow | null> {
  return (await readRegistrations(db, eventId, [id]))[0] ?? null;
}

/** What a person says of themselves, and may correct. */
export interface PersonDetails {
  name: string;
  /** Stays as it is for whoever was brought along: their mails go to who brought them. */
  email: string | null;
  needs: AccessNeeds;
}

/** Corrects what a person has said. @returns the number of the change; null where nothing differs */
export async function saveDetails(
  tx: Tx,
  before: RegistrationRow,
  { name, email, needs }: PersonDetails,
): Promise<number | null> {
  const typed = {
    name,
    access_needs: JSON.stringify(needs),
    email: before.host_id === null ? email : before.email,
  };
  const same =
    typed.name === before.name && typed.access_needs === before.access_needs && typed.email === before.email;
  if (same) return null;
  const change = await nextChange(tx, before.event_id);
  await tx
    .updateTable('registrations')
    .set({ ...typed, name_key: nameKey(name), change })
    .where('id', '=', before.id)
    .execute();
  return change;
}

/** Somebody's access needs, as the database keeps them. */
export function readNeeds(json: Json): AccessNeeds {
  return v.parse(AccessNeedsSchema, JSON.parse(json));
}

/** A registration with its valid ticket. */
export interface TicketPage {
  registration: RegistrationRow;
  /** The text of the QR code. */
  ticketText: string;
}

/** @returns null when there is no such registration, or everything about it has been erased */
export async function findTicketPage(db: Database, id: RegistrationId): Promise<TicketPage | null> {
  const registration = await db
    .selectFrom('registrations')
    .selectAll()
    .where('id', '=', id)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  const ticket = await db
    .selectFrom('tickets')
    .select('text')
    .where('registration_id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return registration && ticket ? { registration, ticketText: ticket.text } : null;
}

/** Whom somebody's form has brought along, in the form's order. */
export function listCompanions(db: Database | Tx, hostId: RegistrationId): Promise<RegistrationRow[]> {
  return db
    .selectFrom('registrations')
    .selectAll()
    .where('host_id', '=', hostId)
    .where('erased_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** How many wait for a place in each workgroup that has a waiting list. */
export async function countWaiting(db: Database, eventId: EventId): Promise<Map<WorkgroupId, number>> {
  const rows = await db
    .selectFrom('registrations')
    .select(['workgroup_id', (eb) => eb.fn.countAll<number>().as('waiting')])
    .where('event_id', '=', eventId)
    .where('state', '=', 'waitlisted')
    .groupBy('workgroup_id')
    .execute();
  return new Map(rows.map((row) => [row.workgroup_id, Number(row.waiting)]));
}

/** To how many addresses a mail goes that tells something to all. */
export async function countToTell(db: Database, eventId: EventId): Promise<number> {
  const { count } = await selectToTell(db, eventId)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Whom a mail to all goes to. Whoever was brought along is told by who brought them. */
export function selectToTell(db: Database | Tx, eventId: EventId) {
  return db
    .selectFrom('registrations')
    .where('event_id', '=', eventId)
    .where('state', '!=', 'cancelled')
    .where('host_id', 'is', null)
    .where('email', 'is not', null);
}
