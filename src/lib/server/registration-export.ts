import type { EventState } from '../domain/event-state.ts';
import type { EventId, RegistrationId, TicketId } from '../domain/ids.ts';
import {
  columnName,
  EXPORTED_COLUMNS,
  foldWord,
  type TableLanguage,
} from '../domain/registration-columns.ts';
import {
  writeAffiliation,
  writeAnswer,
  writeOrigin,
  writePresence,
  writeSpoken,
  writeState,
} from '../domain/registration-words.ts';
import { localizedText } from '../domain/setting.ts';
import { ticketNumberOf } from '../domain/ticket-number.ts';
import { isLocale, languageName } from '../i18n/index.ts';
import { writeAct, type Actor } from './acts.ts';
import { berlinStamp } from './berlin-time.ts';
import type { Database } from './database/open.ts';
import type { RegistrationRow } from './database/schema.ts';
import { listWorkgroups, type WorkgroupPlaces } from './events.ts';
import type { Installation } from './installation.ts';
import { listFilteredIds, presencesOf, type ListQuery } from './registration-list.ts';
import { readNeeds } from './registrations.ts';

/** How many rows are read at once. */
const AT_ONCE = 500;

/** A table, some rows at a time. */
export interface TableParts {
  header: string[];
  parts: AsyncGenerator<string[][], void, void>;
}

/**
 * The registrations that the filters leave, as a table that `checkImport` understands, and writes down that they have
 * been taken out. What it says may be a moment old; whoever is erased while it is read is not in it.
 */
export async function exportRegistrations(
  installation: Installation,
  eventId: EventId,
  filters: Pick<ListQuery, 'workgroupId' | 'state' | 'sort'>,
  language: TableLanguage,
  by: Actor = null,
): Promise<TableParts> {
  const { reading: db, states } = installation;
  const ids = await listFilteredIds({ db, states }, eventId, filters);
  const details = { count: ids.length };
  await installation.db
    .transaction()
    .execute((tx) => writeAct(installation, tx, { eventId, by, kind: 'registrations_exported', details }));
  return {
    header: EXPORTED_COLUMNS.map((column) => columnName(column, language)),
    parts: readParts(installation, eventId, ids, language),
  };
}

async function* readParts(
  { db: primary, reading: db, states }: Installation,
  eventId: EventId,
  ids: readonly RegistrationId[],
  language: TableLanguage,
): AsyncGenerator<string[][], void, void> {
  const log = await states.readScanned(eventId);
  const titleOf = titles(await listWorkgroups(db, eventId), language);
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const some = ids.slice(i, i + AT_ONCE);
    const rows = await db
      .selectFrom('registrations')
      .selectAll()
      .where('id', 'in', some)
      .where('erased_at', 'is', null)
      .execute();
    const byId = new Map(rows.map((row) => [row.id, row]));
    const tickets = await readTickets(db, some);
    const left = db === primary ? byId : await notErased(primary, some);
    yield some.flatMap((id) => {
      const row = byId.get(id);
      return row && left.has(id) ? [cellsOf(row, { titleOf, log, ticketId: tickets.get(id), language })] : [];
    });
  }
}

/** Whoever is erased is in no table from that moment on, however old what it is read from may be. */
async function notErased(primary: Database, ids: readonly RegistrationId[]): Promise<Set<RegistrationId>> {
  const rows = await primary
    .selectFrom('registrations')
    .select('id')
    .where('id', 'in', ids)
    .where('erased_at', 'is', null)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

interface Around {
  titleOf: (workgroup: RegistrationRow['first_choice_id']) => string;
  log: EventState | null;
  ticketId: TicketId | undefined;
  language: TableLanguage;
}

function cellsOf(row: RegistrationRow, { titleOf, log, ticketId, language }: Around): string[] {
  const needs = readNeeds(row.access_needs);
  const yes = (is: boolean) => (is ? writeAnswer('yes', language) : '');
  const cells: Record<(typeof EXPORTED_COLUMNS)[number], string> = {
    id: row.id,
    name: row.name,
    email: row.email ?? '',
    workgroup: titleOf(row.workgroup_id),
    state: writeState(row.state, language),
    presence: writePresence(presencesOf(log, row.id).at(-1) ?? null, language),
    language: isLocale(row.locale) ? languageName(row.locale) : row.locale,
    affiliation: writeAffiliation(row.affiliation, language),
    firstChoice: titleOf(row.first_choice_id),
    secondChoice: titleOf(row.second_choice_id),
    wheelchair: yes(needs.wheelchair),
    signLanguage: yes(needs.signLanguage),
    interpreting: needs.interpreting === null ? '' : writeSpoken(needs.interpreting, language),
    otherNeeds: needs.other,
    consent: writeAnswer(row.consented_at === null ? 'no' : 'yes', language),
    registered: berlinStamp(row.created_at),
    origin: writeOrigin(row.origin, language),
    ticket: ticketId ? ticketNumberOf(ticketId) : '',
  };
  return EXPORTED_COLUMNS.map((column) => cells[column]);
}

/** What workgroups are called in a table: by their titles, where these tell them apart, else by their numbers. */
function titles(workgroups: readonly WorkgroupPlaces[], language: TableLanguage): Around['titleOf'] {
  const called = workgroups.map(({ id, title }) => ({ id, text: localizedText(title, language) }));
  const all = workgroups.flatMap(({ id, number, title }) =>
    [...new Set([...Object.values(title), id, String(number)].map(foldWord))].map((text) => ({ id, text })),
  );
  const isClear = (id: string, text: string) =>
    foldWord(text) !== '' && all.every((other) => other.id === id || other.text !== foldWord(text));
  const byId = new Map<string, string>(
    called.map(({ id, text }) => {
      const number = workgroups.find((workgroup) => workgroup.id === id)!.number;
      return [id, isClear(id, text) ? text : String(number)];
    }),
  );
  return (id) => (id === null ? '' : (byId.get(id) ?? ''));
}

async function readTickets(
  db: Database,
  ids: readonly RegistrationId[],
): Promise<Map<RegistrationId, TicketId>> {
  const rows = await db
    .selectFrom('tickets')
    .select(['id', 'registration_id'])
    .where('registration_id', 'in', ids)
    .where('revoked_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.registration_id, row.id]));
}
