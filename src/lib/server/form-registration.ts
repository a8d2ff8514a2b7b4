import { v5 } from 'uuid';
import type { AccessNeeds, Affiliation } from '../domain/access-needs.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../domain/ids.ts';
import { registrationWindow } from '../domain/registration-window.ts';
import { writeAct, type Actor } from './acts.ts';
import { lockEvent } from './database/locks.ts';
import type { Tx } from './database/open.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';
import { queueMail } from './outbox.ts';
import { freePlaces } from './places.ts';
import { findSubmission, insertRegistration } from './registrations.ts';
import { insertTicket, ticketSigner, type TicketSigner } from './tickets.ts';

export interface FormRegistration {
  submissionId: string;
  /** Who fills in the form, and behind them whom they bring along. */
  names: readonly [string, ...string[]];
  email: string | null;
  affiliation: Affiliation | null;
  workgroupId: WorkgroupId;
  secondChoiceId: WorkgroupId | null;
  /** Of who fills in the form. */
  needs: AccessNeeds;
  locale: string;
  /** What shall be done where the first choice has too few places; null where nobody has been asked. */
  whenFull: 'second_choice' | 'waiting_list' | null;
}

/** What became of a registration through the public form. */
export type RegistrationOutcome =
  | { kind: 'registered'; registrationId: RegistrationId }
  | { kind: 'closed' }
  /** Too few places for all: how many are free in the first choice, and in the second where there is one. */
  | { kind: 'full'; free: number; secondFree: number | null }
  | { kind: 'unknown_workgroup' };

/**
 * Registers who filled in the form and whom they bring along, before the deadline, in a workgroup that has places for
 * all of them; or, where they want it so, on its waiting list, except for as many as there are places for. A form that
 * is sent twice registers once, and the second time answers as the first did.
 *
 * @param by - another system that fills in the form for somebody, which is written down; null: the person
 */
export async function registerByForm(
  installation: Installation,
  eventId: EventId,
  form: FormRegistration,
  by: Actor = null,
): Promise<RegistrationOutcome> {
  const signer = await ticketSigner(installation, eventId);
  let made = 0;
  const outcome = await installation.db.transaction().execute(async (tx): Promise<RegistrationOutcome> => {
    // Whoever counts free places first waits until those who are giving some away have done so.
    await lockEvent(tx, eventId);
    const earlier = await findSubmission(tx, eventId, form.submissionId);
    if (earlier) return { kind: 'registered', registrationId: earlier };
    const event = await tx
      .selectFrom('events')
      .select([
        'published_at as publishedAt',
        'registration_from as registrationFrom',
        'registration_until as registrationUntil',
        'registration_closed_at as registrationClosedAt',
      ])
      .where('id', '=', eventId)
      .executeTakeFirstOrThrow();
    if (registrationWindow(event, installation.clock()).kind !== 'open') return { kind: 'closed' };

    const given = await allot(tx, eventId, form);
    if (given.kind !== 'allotted') return given;
    const registrationId = await insertParty(tx, installation, eventId, form, given, signer);
    made = form.names.length;
    const kind = given.confirmed > 0 ? 'confirmation' : 'waiting_list';
    await queueMail(tx, installation, eventId, { registrationId, kind, reason: `form:${registrationId}` });
    if (by)
      await writeAct(installation, tx, { eventId, by, kind: 'api_registered', subject: registrationId });
    return { kind: 'registered', registrationId };
  });
  installation.metrics.registrations.inc({ origin: 'form' }, made);
  if (outcome.kind === 'registered') installation.news.publish(eventId);
  return outcome;
}

interface Allotted {
  kind: 'allotted';
  workgroupId: WorkgroupId;
  /** How many of the party get a place at once; the others wait. */
  confirmed: number;
}

async function allot(
  tx: Tx,
  eventId: EventId,
  { names, workgroupId, secondChoiceId, whenFull }: FormRegistration,
): Promise<Allotted | Extract<RegistrationOutcome, { kind: 'full' | 'unknown_workgroup' }>> {
  const free = await freePlaces(tx, eventId, workgroupId);
  const secondFree = secondChoiceId && (await freePlaces(tx, eventId, secondChoiceId));
  if (free === null || (secondChoiceId && secondFree === null)) return { kind: 'unknown_workgroup' };
  const all = names.length;
  if (free >= all) return { kind: 'allotted', workgroupId, confirmed: all };
  if (whenFull === 'waiting_list') return { kind: 'allotted', workgroupId, confirmed: free };
  if (whenFull === 'second_choice' && secondChoiceId && secondFree !== null && secondFree >= all)
    return { kind: 'allotted', workgroupId: secondChoiceId, confirmed: all };
  return { kind: 'full', free, secondFree };
}

async function insertParty(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  form: FormRegistration,
  { workgroupId, confirmed }: Allotted,
  signer: TicketSigner,
): Promise<RegistrationId> {
  const [name, ...companions] = form.names;
  const common = {
    workgroupId,
    locale: form.locale,
    origin: 'form',
    consented: true,
    affiliation: form.affiliation,
    firstChoiceId: form.workgroupId,
    secondChoiceId: form.secondChoiceId,
  } as const;
  const stateOf = (position: number) => (position < confirmed ? 'confirmed' : 'waitlisted');
  const insert = async (person: Parameters<typeof insertRegistration>[3]) => {
    const change = await nextChange(tx, eventId);
    const id = await insertRegistration(tx, installation, eventId, person, change);
    await insertTicket(tx, installation, eventId, id, await signer.sign(workgroupId));
    return id;
  };
  const hostId = await insert({
    ...common,
    submissionId: form.submissionId,
    name,
    email: form.email,
    needs: form.needs,
    state: stateOf(0),
  });
  for (const [index, companion] of companions.entries()) {
    await insert({
      ...common,
      submissionId: v5(`companion ${index}`, form.submissionId),
      name: companion,
      email: null,
      hostId,
      state: stateOf(index + 1),
    });
  }
  return hostId;
}
