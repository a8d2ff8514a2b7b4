import type { Insertable } from 'kysely';
import { v7 } from 'uuid';
import type { EventId, RegistrationId } from '../../domain/ids.ts';
import { nameKey } from '../../domain/name-folding.ts';
import { addMillis, DAY } from '../../domain/time.ts';
import { breather } from '../breather.ts';
import type { Tx } from '../database/open.ts';
import type { NewRegistrationRow, Schema } from '../database/schema.ts';
import type { MailKind } from '../database/tables/registrant-tables.ts';
import { nextChange } from '../database/change-numbers.ts';
import type { Installation } from '../installation.ts';
import { registrationRow } from '../registrations.ts';
import type { IssuedTicket } from '../tickets.ts';
import {
  differences,
  type Addition,
  type Change,
  type KnownRegistration,
  type Plan,
  type Situation,
} from './plan.ts';

/** How many rows one statement inserts. */
const AT_ONCE = 100;

export interface WriteOptions {
  /** Whether those in the table are told by mail. Who waited and gets a place always is. */
  mails: boolean;
  /** The ticket of a new registration. */
  ticketOf: (addition: Addition) => Promise<IssuedTicket>;
  /** How many registrations are written. */
  onProgress: (done: number) => void;
}

/** Does what a plan says, in one transaction; gives others in this process their turn in between. */
export async function writePlan(
  tx: Tx,
  installation: Installation,
  { eventId, known }: Situation,
  plan: Plan,
  { mails, ticketOf, onProgress }: WriteOptions,
): Promise<void> {
  const breathe = breather();
  const now = installation.clock();
  const count = plan.changed.length + plan.promoted.length + plan.added.length;
  if (count === 0) return;
  let change = (await nextChange(tx, eventId, count)) - count;
  let done = 0;
  const outbox = await mailbox(tx, installation, eventId);

  for (const { before, after } of plan.changed) {
    change += 1;
    await update(tx, before, after, change, now);
    if (mails) await outbox.queue(before.id, isAddressed(after, known), mailOf({ before, after }), change);
    onProgress(++done);
    await breathe();
  }
  for (const before of plan.promoted) {
    change += 1;
    await update(tx, before, { ...before, state: 'confirmed' }, change, now);
    await outbox.queue(before.id, isAddressed(before, known), 'promotion', change);
    onProgress(++done);
    await breathe();
  }
  for (let i = 0; i < plan.added.length; i += AT_ONCE) {
    const registrations: NewRegistrationRow[] = [];
    const tickets: Insertable<Schema['tickets']>[] = [];
    for (const addition of plan.added.slice(i, i + AT_ONCE)) {
      change += 1;
      const { registration } = addition;
      const id = v7() as RegistrationId;
      registrations.push(registrationRow(installation, eventId, registration, change, id));
      const ticket = await ticketOf(addition);
      tickets.push({
        event_id: eventId,
        id: ticket.id,
        registration_id: id,
        text: ticket.text,
        issued_at: now,
        revoked_at: null,
      });
      done += 1;
    }
    await tx.insertInto('registrations').values(registrations).execute();
    await tx.insertInto('tickets').values(tickets).execute();
    if (mails)
      for (const { id, email, state, change } of registrations)
        if (state !== 'cancelled')
          await outbox.queue(
            id,
            email !== null,
            state === 'confirmed' ? 'confirmation' : 'waiting_list',
            change,
          );
    onProgress(done);
    await breathe();
  }
  await outbox.flush();
}

/** How many mails a plan sends, when those in the table are told. */
export function countMails(plan: Plan, { known }: Pick<Situation, 'known'>): number {
  const changed = plan.changed.filter(({ after }) => isAddressed(after, known));
  const added = plan.added.filter(
    ({ registration: { email, state } }) => email !== null && state !== 'cancelled',
  );
  return changed.length + added.length + countPromotionMails(plan, { known });
}

/** How many mails a plan sends in any case: to those who have waited for a place and get one. */
export function countPromotionMails(plan: Plan, { known }: Pick<Situation, 'known'>): number {
  return plan.promoted.filter((registration) => isAddressed(registration, known)).length;
}

/** Whether mails about somebody reach anybody: who was brought along is written to at the address of who did. */
function isAddressed({ email, host_id }: KnownRegistration, known: Situation['known']): boolean {
  return email !== null || (host_id !== null && (known.get(host_id)?.email ?? null) !== null);
}

function mailOf({ before, after }: Pick<Change, 'before' | 'after'>): MailKind {
  if (after.state === 'cancelled') return 'cancellation';
  return before.state === 'waitlisted' && after.state === 'confirmed' ? 'promotion' : 'change';
}

async function update(
  tx: Tx,
  before: KnownRegistration,
  after: KnownRegistration,
  change: number,
  now: Schema['registrations']['state_since'],
): Promise<void> {
  const changed = differences(before, after);
  const waits = after.state === 'waitlisted';
  const queuesAnew = changed.includes('workgroup') || before.waiting_since === null;
  await tx
    .updateTable('registrations')
    .set({
      name: after.name,
      name_key: nameKey(after.name),
      email: after.email,
      workgroup_id: after.workgroup_id,
      state: after.state,
      ...(changed.includes('state') && { state_since: now }),
      waiting_since: waits ? (queuesAnew ? change : before.waiting_since) : null,
      access_needs: after.access_needs,
      locale: after.locale,
      affiliation: after.affiliation,
      first_choice_id: after.first_choice_id,
      second_choice_id: after.second_choice_id,
      change,
    })
    .where('id', '=', before.id)
    .execute();
}

/** Collects mails, and puts them into the outbox many at once. */
async function mailbox(tx: Tx, installation: Installation, eventId: EventId) {
  const { ends_at } = await tx
    .selectFrom('events')
    .select('ends_at')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  const now = installation.clock();
  let waiting: Insertable<Schema['mails']>[] = [];
  const flush = async () => {
    if (waiting.length > 0) await tx.insertInto('mails').values(waiting).execute();
    waiting = [];
  };
  return {
    flush,
    async queue(id: RegistrationId, hasAddress: boolean, kind: MailKind, change: number): Promise<void> {
      if (!hasAddress) return;
      waiting.push({
        event_id: eventId,
        id: v7(),
        registration_id: id,
        kind,
        reason: `import:${id}:${change}`,
        state: 'waiting',
        attempts: 0,
        next_attempt_at: now,
        created_at: now,
        expires_at: addMillis(ends_at, DAY),
        bulk: 1,
      });
      if (waiting.length === AT_ONCE) await flush();
    },
  };
}
