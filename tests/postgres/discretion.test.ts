import { sql } from 'kysely';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { millis } from '../../src/lib/domain/time.ts';
import { openDatabase } from '../../src/lib/server/database/open.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let world: TestInstallation;
beforeEach(async () => {
  world = await testInstallation();
});
afterEach(() => world.dispose());

const failureOf = async (work: Promise<unknown>) =>
  inspect(
    await work.then(
      () => 'no failure',
      (error: unknown) => error,
    ),
    { depth: 9 },
  );

const now = new Date(0).toISOString();
const account = (id: string) =>
  ({
    id,
    name: 'Fatma',
    email: 'fatma@example.org',
    email_verified: 0,
    created_at: now,
    updated_at: now,
  }) as {
    id: string;
    name: string;
    email: string;
  };

test('an error of the database quotes nothing that is personal', async () => {
  const { db } = world.installation;
  await db.insertInto('users').values(account('u1')).execute();
  const taken = await failureOf(db.insertInto('users').values(account('u2')).execute());
  expect(taken).toContain('users_email');
  expect(taken).not.toContain('fatma@example.org');
  const misfit = await failureOf(sql`select ${'Fatma Yılmaz'}::bigint`.execute(db));
  expect(misfit).toContain('22P02');
  expect(misfit).not.toContain('Yılmaz');
});

test.each([
  ['nobody listens', 'postgres://einlass:geheim-4711@127.0.0.1:1/einlass', 'ECONNREFUSED'],
  ['the host is none', 'postgres://einlass:geheim-4711@einlass.invalid/einlass', 'einlass.invalid'],
])('where %s, the start says so, without the password', async (_, url, why) => {
  const failure = await failureOf(openDatabase({ url, connections: 1 }, () => millis(0)));
  expect(failure).toContain('DATABASE_URL');
  expect(failure).toContain(why);
  expect(failure).not.toContain('geheim');
});

test('whole numbers come back as numbers, and one that would not be exact is an error', async () => {
  const { db } = world.installation;
  const { rows } =
    await sql`select 9007199254740991::bigint as most, sum(2::bigint) as sum, count(*) as count`.execute(db);
  expect(rows).toEqual([{ most: Number.MAX_SAFE_INTEGER, sum: 2, count: 1 }]);
  expect(await failureOf(sql`select 9007199254740993::bigint`.execute(db))).toContain('too large');
});

test('texts are sorted by their bytes, whatever language the server was set up with', async () => {
  const { db } = world.installation;
  for (const [i, name] of ['ä', 'b', 'Z', 'a'].entries())
    await db
      .insertInto('users')
      .values({ ...account(`u${i}`), name, email: `${i}@example.org` })
      .execute();
  const rows = await db.selectFrom('users').select('name').orderBy('name').execute();
  expect(rows.map(({ name }) => name)).toEqual(['Z', 'a', 'b', 'ä']);
});
