import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { millis } from '../../../src/lib/domain/time.ts';
import { openDatabase } from '../../../src/lib/server/database/open.ts';

test('a process of before an update starts on a database that a newer one has brought up to date', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'einlass-newer-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const open = () => openDatabase({ file: path.join(folder, 'einlass.sqlite') }, () => millis(0));
  const newer = await open();
  await sql`insert into kysely_migration (name, timestamp) values ('9999-of-the-future', '2027-01-01T00:00:00.000Z')`.execute(
    newer,
  );
  const { database_id } = await newer.selectFrom('installation').selectAll().executeTakeFirstOrThrow();
  await newer.destroy();

  const older = await open();
  onTestFinished(() => older.destroy());
  expect(await older.selectFrom('installation').select('database_id').execute()).toEqual([{ database_id }]);
  const { rows } = await sql<{
    name: string;
  }>`select name from kysely_migration order by name desc limit 1`.execute(older);
  expect(rows).toEqual([{ name: '9999-of-the-future' }]);
});
