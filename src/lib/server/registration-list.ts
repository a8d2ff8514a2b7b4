import type { ExpressionBuilder } from 'kysely';
import { sql } from 'kysely';
import type { EventState } from '../domain/event-state.ts';
import { personsOf } from '../domain/history.ts';
import { foldings, nameParts } from '../domain/name-folding.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../domain/ids.ts';
import { LISTED_STATES, type ListedState, type ListSort } from '../domain/registration-list.ts';
import { readTicketNumber, ticketIdStart } from '../domain/ticket-number.ts';
import type { Database } from './database/open.ts';
import type { RegistrationRow, Schema } from './database/schema.ts';
import type { Installation } from './installation.ts';

export interface ListQuery {
  /** Parts of a name or of an e-mail address, all of which must be found, or a ticket's number; empty for all. */
  search: string;
  workgroupId: WorkgroupId | null;
  state: ListedState | null;
  sort: ListSort;
  /** From 1 on; one beyond the last is the last. */
  page: number;
}

export type ListedRegistration = Pick<
  RegistrationRow,
  'id' | 'name' | 'email' | 'workgroup_id' | 'state' | 'created_at' | 'erased_at'
> & { presence: Presence | null };

export interface RegistrationList {
  rows: ListedRegistration[];
  page: number;
  pages: number;
  total: number;
  /** How many there are of each state in the chosen workgroup. */
  byState: Record<ListedState, number>;
  /** How many there are in each workgroup of the chosen state; those without any are left out. */
  byWorkgroup: Partial<Record<WorkgroupId, number>>;
  /** Of all workgroups and states; of these, `byState` and `byWorkgroup` narrow one each. */
  all: { states: number; workgroups: number };
  /** Whether anybody has been scanned yet, so that it makes sense to ask who came. */
  scanned: boolean;
}

const PAGE = 50;
/** How many are looked at in one go where only the log tells whether they belong in the list. */
const AT_ONCE = 5_000;
/** Nobody types more words to find one person. */
const MAX_WORDS = 8;

export type Presence = 'came' | 'inside';
type Tally = Map<WorkgroupId, Record<ListedState, number>>;

/**
 * A page of an event's registrations, and how many there are by state and by workgroup. The database counts and picks,
 * within its indexes; who came, which it doesn't know, is asked of the folded log, and what a search finds is counted
 * here, because that is mostly little and looked for once.
 */
export async function listRegistrations(
  installation: Installation,
  eventId: EventId,
  query: ListQuery,
): Promise<RegistrationList> {
  const { db, states } = installation;
  const log = await states.readScanned(eventId);
  const { tally, pick } =
    query.search.trim() === ''
      ? await listAll(db, eventId, query, log)
      : await listMatches(db, eventId, query, log);
  const total = count(tally, query.workgroupId, query.state);
  const pages = Math.max(1, Math.ceil(total / PAGE));
  const page = Math.min(query.page, pages);
  return {
    rows: await readRows(db, await pick((page - 1) * PAGE), log),
    page,
    pages,
    total,
    byState: Object.fromEntries(
      LISTED_STATES.map((state) => [state, count(tally, query.workgroupId, state)]),
    ) as Record<ListedState, number>,
    byWorkgroup: Object.fromEntries([...tally.keys()].map((id) => [id, count(tally, id, query.state)])),
    all: { states: count(tally, query.workgroupId, null), workgroups: count(tally, null, query.state) },
    scanned: log !== null,
  };
}

/** Everybody whom the filters leave, in the list's order; without those of whom everything personal was erased. */
export async function listFilteredIds(
  { db, states }: Pick<Installation, 'db' | 'states'>,
  eventId: EventId,
  { workgroupId, state, sort }: Pick<ListQuery, 'workgroupId' | 'state' | 'sort'>,
): Promise<RegistrationId[]> {
  let query = inOrder(db, eventId, sort).where('erased_at', 'is', null);
  if (workgroupId) query = query.where('workgroup_id', '=', workgroupId);
  const isPresence = state === 'came' || state === 'inside';
  if (state && !isPresence) query = query.where('state', '=', state);
  const rows = await query.execute();
  const log = isPresence ? await states.readScanned(eventId) : null;
  const wanted = isPresence ? rows.filter(({ id }) => presencesOf(log, id).includes(state)) : rows;
  return wanted.map(({ id }) => id);
}

interface Listing {
  tally: Tally;
  /** The ids of the page that begins after so many. */
  pick: (offset: number) => Promise<RegistrationId[]>;
}

async function listAll(
  db: Database,
  eventId: EventId,
  { workgroupId, state, sort }: ListQuery,
  log: EventState | null,
): Promise<Listing> {
  const rows = await db
    .selectFrom('registrations')
    .select(['workgroup_id', 'state', (eb) => eb.fn.countAll<number>().as('count')])
    .where('event_id', '=', eventId)
    .groupBy(['workgroup_id', 'state'])
    .execute();
  const tally: Tally = new Map();
  for (const row of rows) add(tally, row.workgroup_id, row.state, Number(row.count));
  if (log)
    for (const [id, { workgroupId }] of log.registrations)
      for (const presence of presencesOf(log, id)) add(tally, workgroupId, presence, 1);

  let query = inOrder(db, eventId, sort);
  if (workgroupId) query = query.where('workgroup_id', '=', workgroupId);
  if (state === 'came' || state === 'inside') {
    return { tally, pick: (offset) => pickPresent(query, log, state, offset) };
  }
  if (state) query = query.where('state', '=', state);
  return {
    tally,
    pick: async (offset) => (await query.limit(PAGE).offset(offset).execute()).map(({ id }) => id),
  };
}

/** Goes through the registrations in their order, as far as the end of the page. */
async function pickPresent(
  query: ReturnType<typeof inOrder>,
  log: EventState | null,
  presence: Presence,
  offset: number,
): Promise<RegistrationId[]> {
  const ids: RegistrationId[] = [];
  if (!log) return ids;
  let passed = 0;
  for (let read = 0; ; read += AT_ONCE) {
    const rows = await query.limit(AT_ONCE).offset(read).execute();
    for (const { id } of rows) {
      if (!presencesOf(log, id).includes(presence)) continue;
      if (passed++ < offset) continue;
      ids.push(id);
      if (ids.length === PAGE) return ids;
    }
    if (rows.length < AT_ONCE) return ids;
  }
}

async function listMatches(
  db: Database,
  eventId: EventId,
  { search, workgroupId, state, sort }: ListQuery,
  log: EventState | null,
): Promise<Listing> {
  const holders = await findHolders(db, eventId, search);
  const query = inOrder(db, eventId, sort);
  const rows = await (
    holders.length > 0 ? query.where('id', 'in', holders) : query.where((eb) => matchesText(eb, search))
  ).execute();
  const tally: Tally = new Map();
  const ids: RegistrationId[] = [];
  for (const row of rows) {
    const states = [row.state, ...presencesOf(log, row.id)];
    for (const state of states) add(tally, row.workgroup_id, state, 1);
    if ((workgroupId === null || row.workgroup_id === workgroupId) && (!state || states.includes(state)))
      ids.push(row.id);
  }
  return { tally, pick: async (offset) => ids.slice(offset, offset + PAGE) };
}

const INSIDE: Presence[] = ['came', 'inside'];
const CAME: Presence[] = ['came'];
const NOWHERE: Presence[] = [];

/** Where somebody is or has been, as far as the log tells. */
export function presencesOf(log: EventState | null, id: RegistrationId): Presence[] {
  if (!log) return NOWHERE;
  const persons = personsOf(log.presenceOf(id));
  if (persons.some(({ place }) => place !== null)) return INSIDE;
  return persons.some(({ since }) => since !== null) ? CAME : NOWHERE;
}

function inOrder(db: Database, eventId: EventId, sort: ListSort) {
  const query = db
    .selectFrom('registrations')
    .select(['id', 'workgroup_id', 'state'])
    .where('event_id', '=', eventId);
  return sort === 'name'
    ? query.orderBy('name_key').orderBy('id')
    : query.orderBy('created_at', 'desc').orderBy('id', 'desc');
}

/** Each word must be a piece of the name, however it is spelt, or of the address. */
function matchesText(eb: ExpressionBuilder<Schema, 'registrations'>, search: string) {
  const words = search
    .split(/\s+/u)
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS);
  return eb.and(
    words.map((word) => {
      const parts = nameParts(word);
      const inName = parts.map((part) => eb.or(foldings(part).map((folded) => contains('name_key', folded))));
      const inAddress = contains('lower(email)', word.toLowerCase());
      return parts.length > 0 ? eb.or([eb.and(inName), inAddress]) : inAddress;
    }),
  );
}

/** Whose ticket has this number, also where it has been replaced; nobody where it is no number. */
async function findHolders(db: Database, eventId: EventId, search: string): Promise<RegistrationId[]> {
  const number = readTicketNumber(search);
  if (number === null) return [];
  const start = ticketIdStart(number);
  const tickets = await db
    .selectFrom('tickets')
    .select('registration_id')
    .where('event_id', '=', eventId)
    // A range, so that the index of ids answers: every hexadecimal digit comes before `g`.
    .where(sql<string>`id`, '>=', start)
    .where(sql<string>`id`, '<', `${start}g`)
    .execute();
  return tickets.map((ticket) => ticket.registration_id);
}

/** Whether a text holds these characters, whatever they are. */
function contains(text: 'name_key' | 'lower(email)', piece: string) {
  const pattern = `%${piece.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return sql<boolean>`${sql.raw(text)} like ${pattern} escape '\\'`;
}

async function readRows(
  db: Database,
  ids: RegistrationId[],
  log: EventState | null,
): Promise<ListedRegistration[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('registrations')
    .select(['id', 'name', 'email', 'workgroup_id', 'state', 'created_at', 'erased_at'])
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? [{ ...row, presence: presencesOf(log, id).at(-1) ?? null }] : [];
  });
}

function add(tally: Tally, workgroup: WorkgroupId, state: ListedState, count: number): void {
  const counts = tally.get(workgroup) ?? { confirmed: 0, waitlisted: 0, cancelled: 0, came: 0, inside: 0 };
  counts[state] += count;
  tally.set(workgroup, counts);
}

/** @param state - null for everybody: who came has a state as well, and counts once */
function count(tally: Tally, workgroup: WorkgroupId | null, state: ListedState | null): number {
  const states = state === null ? (['confirmed', 'waitlisted', 'cancelled'] as const) : [state];
  let sum = 0;
  for (const [id, counts] of tally)
    if (workgroup === null || id === workgroup) for (const state of states) sum += counts[state];
  return sum;
}
