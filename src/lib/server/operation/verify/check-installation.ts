import { sql } from 'kysely';
import * as v from 'valibot';
import { ActDetailsSchema, ActKindSchema } from '../../../domain/act.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Tx } from '../../database/open.ts';
import type { Store } from '../store.ts';
import { problem, some, type Finding } from './finding.ts';

/** How far ahead of this machine's clock something may be, in milliseconds: another process may have written it. */
const CLOCKS_DIFFER = 60_000;

const JsonSchema = v.pipe(v.string(), v.parseJson(), ActDetailsSchema);

/** The database itself, and what belongs to no event. */
export async function checkInstallation(kind: Store['kind'], tx: Tx, now: Millis): Promise<Finding[]> {
  const findings: Finding[] = kind === 'sqlite' ? await checkSqlite(tx) : [];
  const named = await tx.selectFrom('installation').select('database_id').execute();
  if (named.length !== 1)
    findings.push(problem(null, `the installation has ${named.length} names instead of one`));
  const lost = await tx
    .selectFrom('scans')
    .leftJoin('events', 'events.id', 'scans.event_id')
    .select('scans.id')
    .where('events.id', 'is', null)
    .execute();
  if (lost.length > 0)
    findings.push(problem(null, `scans of an event that is not there: ${some(lost.map(({ id }) => id))}`));
  const signIns = await tx
    .selectFrom('user_accounts')
    .leftJoin('users', 'users.id', 'user_accounts.user_id')
    .select('user_accounts.id')
    .where('users.id', 'is', null)
    .execute();
  if (signIns.length > 0) findings.push(problem(null, `${signIns.length} sign-ins belong to nobody`));
  return [...findings, ...(await checkActs(tx, now))];
}

async function checkSqlite(tx: Tx): Promise<Finding[]> {
  const findings: Finding[] = [];
  const integrity = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(tx);
  const said = integrity.rows.map((row) => row.integrity_check);
  if (said.join() !== 'ok')
    findings.push(problem(null, `the database's file is damaged: ${said.slice(0, 3).join('; ')}`));
  const dangling = await sql<{ table: string }>`pragma foreign_key_check`.execute(tx);
  const tables = [...new Set(dangling.rows.map(({ table }) => table))];
  if (tables.length > 0)
    findings.push(
      problem(
        null,
        `${dangling.rows.length} rows point to others that are not there, in ${tables.join(', ')}`,
      ),
    );
  return findings;
}

/** What was done can be read, and was not done tomorrow. */
async function checkActs(tx: Tx, now: Millis): Promise<Finding[]> {
  const findings: Finding[] = [];
  const acts = await tx.selectFrom('acts').select(['id', 'at', 'kind', 'details']).execute();
  const unreadable = acts.filter(
    ({ kind, details }) => !v.is(ActKindSchema, kind) || !v.is(JsonSchema, details),
  );
  if (unreadable.length > 0)
    findings.push(problem(null, `acts that can't be read: ${some(unreadable.map(({ id }) => id))}`));
  const ahead = acts.filter(({ at }) => at > now + CLOCKS_DIFFER);
  if (ahead.length > 0)
    findings.push(
      problem(null, `acts of a time to come (is the clock right?): ${some(ahead.map(({ id }) => id))}`),
    );
  return findings;
}
