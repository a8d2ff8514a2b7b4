import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeTroubleOf } from '../../src/lib/server/store-trouble.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let opened: TestInstallation;
beforeEach(async () => {
  opened = await testInstallation();
});
afterEach(() => opened.dispose());

test('a connection that is cut within a transaction ends the transaction, not the process', async () => {
  const { db } = opened.installation;
  const broken = db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    const { pid } = rows[0]!;
    await sql`select pg_terminate_backend(${pid})`.execute(db);
    // Between two queries of the transaction, when nobody waits for an answer that could tell of it.
    await expect
      .poll(async () => (await sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(db)).rows)
      .toEqual([]);
    await sql`select 1`.execute(tx);
  });
  const error: unknown = await broken.then(
    () => expect.unreachable('the transaction should have failed'),
    (reason: unknown) => reason,
  );
  expect(storeTroubleOf(error)).toBe('away');
  expect(await db.selectFrom('installation').selectAll().execute()).toHaveLength(1);
});
