import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { expect, test } from 'vitest';
import { migrations } from '../../src/lib/server/database/migrations/index.ts';
import { sqliteDialect } from '../../src/lib/server/database/sqlite.ts';

/**
 * While processes are updated one after the other, those of before work on a database that the new ones have already
 * migrated. So a migration adds, and takes nothing away: see "Updates without a stop" in CONTRIBUTING.md.
 */
const LAST_BEFORE_THE_RULE = '0020-announcements';

const FORBIDDEN: [string, RegExp][] = [
  ['drops a table', /\bdrop\s+table\b/i],
  ['drops a column', /\bdrop\s+column\b/i],
  ['renames', /\balter\s+table\b.*\brename\b/is],
  ['changes a column', /\balter\s+column\b.*\b(type|set\s+not\s+null|drop\s+default)\b/is],
  [
    'adds a column that must be given and has no default',
    /\badd\s+column\b(?=.*\bnot\s+null\b)(?!.*\bdefault\b)/is,
  ],
];

/** What is wrong with a statement for the processes of before. */
const faultsOf = (statement: string) =>
  FORBIDDEN.filter(([, rule]) => rule.test(statement)).map(([name]) => name);

interface Column {
  table: string;
  name: string;
  type: string;
  notNull: number;
  hasDefault: number;
}

async function columnsOf(db: Kysely<unknown>): Promise<Map<string, Column>> {
  const { rows } = await sql<Column>`select t.name as "table", c.name as name, c.type as type,
      c."notnull" as "notNull", c.dflt_value is not null as "hasDefault"
    from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'`.execute(db);
  return new Map(rows.map((column) => [`${column.table}.${column.name}`, column]));
}

async function uniquesOf(db: Kysely<unknown>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select t.name || ' ' || i.name as name
    from sqlite_master t join pragma_index_list(t.name) i where t.type = 'table' and i."unique" = 1`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}

test('what the processes of before an update ask and write, works on the database of after it', async () => {
  const statements: string[] = [];
  const db = new Kysely<unknown>({
    dialect: sqliteDialect(':memory:'),
    log: (event) => void statements.push(event.query.sql),
  });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  expect((await migrator.migrateTo(LAST_BEFORE_THE_RULE)).error).toBeUndefined();
  const before = await columnsOf(db);
  const uniquesBefore = await uniquesOf(db);
  statements.length = 0;
  expect((await migrator.migrateToLatest()).error).toBeUndefined();

  expect(statements.filter((statement) => faultsOf(statement).length > 0)).toEqual([]);
  const after = await columnsOf(db);
  for (const [name, column] of before) {
    const now = after.get(name);
    expect(now, `${name} is gone`).toBeDefined();
    expect(now!.type, name).toBe(column.type);
    expect(now!.notNull <= column.notNull, `${name} must be given now`).toBe(true);
  }
  const tables = new Set([...before.values()].map(({ table }) => table));
  for (const [name, { table, notNull, hasDefault }] of after)
    if (!before.has(name) && tables.has(table))
      expect(notNull === 0 || hasDefault === 1, `${name} is written by nobody of before`).toBe(true);
  // What two rows may have in common before an update, they may during it.
  const ofOldTables = (await uniquesOf(db)).filter((name) => tables.has(name.split(' ')[0]!));
  expect(ofOldTables.filter((name) => !uniquesBefore.includes(name))).toEqual([]);
  await db.destroy();
});

test.each([
  ['drop table mails', 'drops a table'],
  ['alter table "mails" drop column "bulk"', 'drops a column'],
  ['alter table mails rename to mails_before', 'renames'],
  ['alter table mails rename column a to b', 'renames'],
  ['alter table "mails" alter column "bulk" set not null', 'changes a column'],
  ['alter table "mails" add column "x" text not null', 'adds a column that must be given and has no default'],
])('%s: %s', (statement, fault) => {
  expect(faultsOf(statement)).toEqual([fault]);
});

test.each([
  'alter table "mails" add column "x" text',
  'alter table "mails" add column "x" integer default 0 not null',
  'create table "x" ("id" text not null)',
])('%s is no matter for the processes of before', (statement) => {
  expect(faultsOf(statement)).toEqual([]);
});
