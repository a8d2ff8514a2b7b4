import { v4, v5 } from 'uuid';
import type { AccessNeeds } from '../../domain/access-needs.ts';
import { NO_NEEDS } from '../../domain/access-needs.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../../domain/ids.ts';
import type { ImportedRow, RowProblem } from '../../domain/imported-row.ts';
import type { ImportedColumn } from '../../domain/registration-columns.ts';
import { baseLocale } from '../../i18n/index.ts';
import { breather } from '../breather.ts';
import type { RegistrationRow } from '../database/schema.ts';
import type { NewRegistration } from '../registrations.ts';
import { readNeeds } from '../registrations.ts';
import { givePlaces, type Place } from './places.ts';
import { complain } from './table.ts';

/** A registration that is there already, as far as a table can change it. */
export type KnownRegistration = Pick<
  RegistrationRow,
  | 'id'
  | 'submission_id'
  | 'name'
  | 'email'
  | 'workgroup_id'
  | 'state'
  | 'access_needs'
  | 'locale'
  | 'affiliation'
  | 'first_choice_id'
  | 'second_choice_id'
  | 'host_id'
  | 'waiting_since'
  | 'erased_at'
>;

export interface Addition {
  line: number;
  registration: NewRegistration;
}

export interface Change {
  line: number;
  before: KnownRegistration;
  after: KnownRegistration;
}

/** What taking in a table would do. Where there are problems, nothing of it is done. */
export interface Plan {
  added: Addition[];
  changed: Change[];
  /** Who waited for a place that becomes free, and stands in no row of the table. */
  promoted: KnownRegistration[];
  /** Rows that say what is known already. */
  unchanged: number;
  /** Rows about somebody who has been cancelled, and stays so. */
  keptCancelled: number;
  problems: RowProblem[];
  problemCount: number;
}

export interface PlanOptions {
  /** Whether more places may be given away than there are. */
  overbook: boolean;
}

/** What the plan is made for: the event as it is. */
export interface Situation {
  eventId: EventId;
  known: ReadonlyMap<RegistrationId, KnownRegistration>;
  places: ReadonlyMap<WorkgroupId, Place>;
  /** Whether who waits gets a place that becomes free: until the event begins. */
  promotes: boolean;
}

/**
 * Finds out what a table of registrations would change. A row is about the registration that has its id; without an
 * id, about the one with the same e-mail address and name. What a row does not say stays as it is.
 */
export async function planImport(
  rows: readonly ImportedRow[],
  situation: Situation,
  options: PlanOptions,
): Promise<Plan> {
  const plan: Plan = {
    added: [],
    changed: [],
    promoted: [],
    unchanged: 0,
    keptCancelled: 0,
    problems: [],
    problemCount: 0,
  };
  const breathe = breather();
  const find = await finder(situation);
  const lines = new Map<string, number>();
  for (const row of rows) {
    await breathe();
    const found = find(row);
    if (found.kind === 'problem') {
      complain(plan, [found.problem]);
      continue;
    }
    const who = found.kind === 'known' ? found.registration.id : found.submissionId;
    const otherLine = lines.get(who) ?? lines.get(found.key);
    if (otherLine !== undefined) {
      complain(plan, [{ line: row.line, column: null, kind: 'repeated', otherLine }]);
      continue;
    }
    lines.set(who, row.line);
    lines.set(found.key, row.line);
    if (found.kind === 'new') add(plan, row, found.submissionId);
    else change(plan, row, found.registration);
  }
  await givePlaces(plan, situation, options);
  const differing = plan.changed.filter(({ before, after }) => differences(before, after).length > 0);
  plan.unchanged += plan.changed.length - differing.length;
  plan.changed = differing;
  return plan;
}

type Found =
  | { kind: 'known'; registration: KnownRegistration; key: string }
  | { kind: 'new'; submissionId: string; key: string }
  | { kind: 'problem'; problem: RowProblem };

/** Any would do, as long as it never changes: importing again must find what was imported. */
const NAMESPACE = '5a0c8f6e-3f0b-4f7a-9b8e-2f6b1f0d7c11';

async function finder({ eventId, known }: Situation): Promise<(row: ImportedRow) => Found> {
  const bySubmission = new Map<string, KnownRegistration>();
  const byPerson = new Map<string, KnownRegistration[]>();
  const breathe = breather();
  for (const registration of known.values()) {
    bySubmission.set(registration.submission_id, registration);
    const person = personKey(registration.email, registration.name);
    const others = byPerson.get(person);
    if (others) others.push(registration);
    else byPerson.set(person, [registration]);
    await breathe();
  }
  return (row) => {
    if (row.id !== null) {
      const submissionId = v5(`${eventId} ${row.id}`, NAMESPACE);
      const registration =
        known.get(row.id.toLowerCase() as RegistrationId) ?? bySubmission.get(submissionId);
      const key = `id ${row.id}`;
      if (!registration) return { kind: 'new', submissionId, key };
      if (registration.erased_at === null) return { kind: 'known', registration, key };
      return { kind: 'problem', problem: { line: row.line, column: 'id', kind: 'erased' } };
    }
    const person = personKey(row.email, row.name);
    const key = `person ${person}`;
    const all = byPerson.get(person) ?? [];
    const active = all.filter(({ state }) => state !== 'cancelled');
    const candidates = active.length > 0 ? active : all;
    if (candidates.length > 1)
      return { kind: 'problem', problem: { line: row.line, column: 'name', kind: 'ambiguous' } };
    return candidates[0]
      ? { kind: 'known', registration: candidates[0], key }
      : { kind: 'new', submissionId: v4(), key };
  };
}

const personKey = (email: string | null, name: string): string =>
  `${email?.toLowerCase() ?? ''} ${name.normalize('NFC').toLowerCase()}`;

function add(plan: Plan, row: ImportedRow, submissionId: string): void {
  const workgroupId = row.workgroupId ?? row.firstChoiceId;
  if (workgroupId === null) {
    complain(plan, [{ line: row.line, column: 'workgroup', kind: 'workgroup_missing' }]);
    return;
  }
  const registration: NewRegistration = {
    submissionId,
    name: row.name,
    email: row.email,
    workgroupId,
    locale: row.locale ?? baseLocale,
    origin: 'office',
    // What becomes of the wish is decided when all rows are known.
    state: row.state ?? 'confirmed',
    consented: row.consented ?? false,
    needs: { ...NO_NEEDS, ...row.needs },
    affiliation: row.affiliation,
    firstChoiceId: row.firstChoiceId,
    secondChoiceId: row.secondChoiceId,
  };
  plan.added.push({ line: row.line, registration });
}

function change(plan: Plan, row: ImportedRow, before: KnownRegistration): void {
  if (before.state === 'cancelled') {
    // Whoever has cancelled since the table was written must not be registered again by it.
    if (row.state === 'cancelled') plan.unchanged += 1;
    else plan.keptCancelled += 1;
    return;
  }
  const after: KnownRegistration = {
    ...before,
    name: row.name,
    email: before.host_id === null ? emailOf(row, before) : before.email,
    workgroup_id: row.workgroupId ?? before.workgroup_id,
    // Nobody loses a place to an older table.
    state: row.state === null || row.state === 'waitlisted' ? before.state : row.state,
    access_needs: mergeNeeds(before.access_needs, row.needs),
    locale: row.locale ?? before.locale,
    affiliation: row.affiliation ?? before.affiliation,
    first_choice_id: row.firstChoiceId ?? before.first_choice_id,
    second_choice_id: row.secondChoiceId ?? before.second_choice_id,
  };
  plan.changed.push({ line: row.line, before, after });
}

/** Addresses that differ in case are the same. */
function emailOf(row: ImportedRow, { email }: KnownRegistration): string | null {
  return row.email === null || row.email.toLowerCase() === email?.toLowerCase() ? email : row.email;
}

function mergeNeeds(before: string, needs: Partial<AccessNeeds>): string {
  if (Object.keys(needs).length === 0) return before;
  const known = readNeeds(before);
  const merged = { ...known, ...needs };
  return JSON.stringify(known) === JSON.stringify(merged) ? before : JSON.stringify(merged);
}

const COMPARED = [
  ['name', 'name'],
  ['email', 'email'],
  ['workgroup', 'workgroup_id'],
  ['state', 'state'],
  ['language', 'locale'],
  ['affiliation', 'affiliation'],
  ['firstChoice', 'first_choice_id'],
  ['secondChoice', 'second_choice_id'],
  ['otherNeeds', 'access_needs'],
] as const satisfies [ImportedColumn, keyof KnownRegistration][];

/** The columns in which two states of a registration differ; all access needs count as one. */
export function differences(before: KnownRegistration, after: KnownRegistration): ImportedColumn[] {
  return COMPARED.flatMap(([column, field]) => (before[field] === after[field] ? [] : [column]));
}
