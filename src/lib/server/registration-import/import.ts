import { v4 } from 'uuid';
import * as v from 'valibot';
import type { EventId } from '../../domain/ids.ts';
import { addMillis, DAY, HOUR } from '../../domain/time.ts';
import { writeAct, type Actor } from '../acts.ts';
import { breather } from '../breather.ts';
import { lockEvent } from '../database/locks.ts';
import type { Tx } from '../database/open.ts';
import { nextChange } from '../database/change-numbers.ts';
import type { Installation } from '../installation.ts';
import { ticketSigner, type IssuedTicket } from '../tickets.ts';
import { planImport, type Addition, type Plan, type PlanOptions } from './plan.ts';
import { readSituation, refresh, type ReadSituation } from './situation.ts';
import { decodeTable, readTable, type FileProblem, type Table } from './table.ts';
import { writePlan } from './write.ts';

/** What came of an import, in figures. */
const ResultSchema = v.object({
  added: v.number(),
  /** Of the new ones, on the waiting list. */
  waitlisted: v.number(),
  changed: v.number(),
  unchanged: v.number(),
  keptCancelled: v.number(),
  promoted: v.number(),
  mails: v.boolean(),
});
export type ImportResult = v.InferOutput<typeof ResultSchema>;

export interface ImportOptions extends PlanOptions {
  /** Whether those in the table are told by mail. */
  mails: boolean;
}

/** What takes time, in its order, and how far it is. */
export interface Progress {
  step: 'reading' | 'tickets' | 'writing';
  done: number;
  total: number;
}

/** A table that was understood, and what it would change. Where there are problems, it changes nothing. */
export interface Checked {
  table: Table;
  plan: Plan;
  /** What the table's workgroups are called. */
  situation: ReadSituation;
}

/**
 * Says what taking in a file would do. Where it could be taken in, it is kept for an hour.
 *
 * @returns the id by which `runImport` finds it, null where it can't be taken in
 */
export async function checkImport(
  installation: Installation,
  eventId: EventId,
  bytes: Uint8Array,
): Promise<(Checked & { id: string | null }) | { problem: FileProblem }> {
  const decoded = decodeTable(bytes);
  if ('problem' in decoded) return decoded;
  const checked = await check(installation, eventId, decoded.text, { overbook: false });
  if ('problem' in checked) return checked;
  // No place for somebody who is moved: the office may want to give more away than there are.
  const hopeless =
    checked.table.problemCount > 0 || checked.plan.problems.some(({ kind }) => kind !== 'full');
  const id = hopeless ? null : v4();
  if (id) {
    const row = { id, event_id: eventId, created_at: installation.clock(), content: decoded.text };
    await installation.db.transaction().execute(async (tx) => {
      await lockEvent(tx, eventId);
      // One at a time is enough, and what is in it is personal.
      await tx.deleteFrom('imports').where('event_id', '=', eventId).where('result', 'is', null).execute();
      await tx.insertInto('imports').values(row).execute();
    });
  }
  return { ...checked, id };
}

async function check(
  installation: Installation,
  eventId: EventId,
  text: string,
  options: PlanOptions,
): Promise<Checked | { problem: FileProblem }> {
  const situation = await readSituation(installation, eventId);
  const table = await readTable(text, situation.workgroups);
  if ('problem' in table) return table;
  return { table, situation, plan: await planImport(table.rows, situation, options) };
}

export type RunOutcome =
  | { kind: 'imported'; result: ImportResult }
  /** Since it was looked at, something has come up. Nothing has been changed. */
  | ({ kind: 'refused' } & Checked)
  /** An hour has passed, or another table has been handed in. */
  | { kind: 'gone' };

/** Takes in a table that `checkImport` has kept, all of it or nothing. Whoever asks again is told what came of it. */
export async function runImport(
  installation: Installation,
  eventId: EventId,
  id: string,
  options: ImportOptions,
  by: Actor = null,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<RunOutcome> {
  const known = await findImport(installation, eventId, id);
  if (!known) return { kind: 'gone' };
  if (known.result) return { kind: 'imported', result: known.result };
  onProgress({ step: 'reading', done: 0, total: 1 });
  const checked = await check(installation, eventId, known.content, options);
  if ('problem' in checked) return { kind: 'gone' };
  onProgress({ step: 'reading', done: 1, total: 1 });
  const tickets = await ticketMaker(installation, eventId);
  await tickets.make(checked.plan.added, onProgress);
  const outcome = await installation.db
    .transaction()
    .execute((tx) => write(tx, installation, { id, checked, options, by, tickets, onProgress }));
  if (outcome.kind === 'imported') {
    installation.metrics.registrations.inc({ origin: 'office' }, outcome.result.added);
    installation.news.publish(eventId);
  }
  return outcome;
}

interface Work {
  id: string;
  checked: Checked;
  options: ImportOptions;
  by: Actor;
  tickets: TicketMaker;
  onProgress: (progress: Progress) => void;
}

async function write(
  tx: Tx,
  installation: Installation,
  { id, checked, options, by, tickets, onProgress }: Work,
): Promise<RunOutcome> {
  const { situation } = checked;
  const { eventId } = situation;
  await nextChange(tx, eventId);
  // Somebody else may have pressed the button at the same moment.
  const kept = await tx
    .selectFrom('imports')
    .select(['content', 'result'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!kept) return { kind: 'gone' };
  if (kept.result) return { kind: 'imported', result: readResult(kept.result) };
  let { table, plan } = checked;
  const news = await refresh(tx, installation, situation);
  if (news === 'setting') {
    const again = await readTable(kept.content, situation.workgroups);
    if ('problem' in again) return { kind: 'gone' };
    table = again;
  }
  if (news !== 'same') plan = await planImport(table.rows, situation, options);
  if (table.problemCount + plan.problemCount > 0) return { kind: 'refused', table, plan, situation };
  const total = plan.added.length + plan.changed.length + plan.promoted.length;
  await writePlan(tx, installation, situation, plan, {
    mails: options.mails,
    ticketOf: (addition) => tickets.of(addition),
    onProgress: (done) => onProgress({ step: 'writing', done, total }),
  });
  const result: ImportResult = {
    added: plan.added.length,
    waitlisted: countWaitlisted(plan),
    changed: plan.changed.length,
    unchanged: plan.unchanged,
    keptCancelled: plan.keptCancelled,
    promoted: plan.promoted.length,
    mails: options.mails,
  };
  await tx
    .updateTable('imports')
    .set({ content: '', result: JSON.stringify(result) })
    .where('id', '=', id)
    .execute();
  await writeAct(installation, tx, { eventId, by, kind: 'registrations_imported', details: result });
  return { kind: 'imported', result };
}

/** How many of a plan's new registrations get no place. */
export function countWaitlisted(plan: Plan): number {
  return plan.added.filter(({ registration }) => registration.state === 'waitlisted').length;
}

interface TicketMaker {
  make(added: readonly Addition[], onProgress: (progress: Progress) => void): Promise<void>;
  of(addition: Addition): Promise<IssuedTicket>;
}

/** How many tickets are signed side by side. */
const SIGNED_AT_ONCE = 100;

/** Signs before the transaction, which shall be short, what is then needed in it; what has changed since, in it. */
async function ticketMaker(installation: Installation, eventId: EventId): Promise<TicketMaker> {
  const signer = await ticketSigner(installation, eventId);
  const made = new Map<string, IssuedTicket>();
  const keyOf = ({ line, registration }: Addition) => `${line} ${registration.workgroupId}`;
  return {
    async make(added, onProgress) {
      const breathe = breather();
      for (let i = 0; i < added.length; i += SIGNED_AT_ONCE) {
        const some = added.slice(i, i + SIGNED_AT_ONCE);
        const tickets = await Promise.all(
          some.map(({ registration }) => signer.sign(registration.workgroupId)),
        );
        some.forEach((addition, j) => made.set(keyOf(addition), tickets[j]!));
        onProgress({ step: 'tickets', done: i + some.length, total: added.length });
        await breathe();
      }
    },
    of: async (addition) => made.get(keyOf(addition)) ?? signer.sign(addition.registration.workgroupId),
  };
}

/** A table that was handed in, or what came of it. @returns null when there is none (any more) */
export async function findImport(
  { db }: Pick<Installation, 'db'>,
  eventId: EventId,
  id: string,
): Promise<{ content: string; result: ImportResult | null } | null> {
  const row = await db
    .selectFrom('imports')
    .select(['content', 'result'])
    .where('event_id', '=', eventId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? { content: row.content, result: row.result === null ? null : readResult(row.result) } : null;
}

const readResult = (json: string): ImportResult => v.parse(ResultSchema, JSON.parse(json));

/** Deletes tables that were not taken in for an hour, and of the others the figures after a day. */
export async function deleteOldImports({ db, clock }: Pick<Installation, 'db' | 'clock'>): Promise<void> {
  const now = clock();
  await db
    .deleteFrom('imports')
    .where((eb) =>
      eb.or([
        eb.and([eb('result', 'is', null), eb('created_at', '<=', addMillis(now, -HOUR))]),
        eb('created_at', '<=', addMillis(now, -DAY)),
      ]),
    )
    .execute();
}
