import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { millis } from '../../../src/lib/domain/time.ts';
import { GroupCommit } from '../../../src/lib/server/database/group-commit.ts';
import { openDatabase, type Database, type Tx } from '../../../src/lib/server/database/open.ts';

async function open() {
  const db = await openDatabase({ file: ':memory:' }, () => millis(0));
  await sql`create table words (word text unique)`.execute(db);
  return { db, commits: new GroupCommit(db) };
}

const write = (word: string) => async (tx: Tx) => {
  await sql`insert into words values (${word})`.execute(tx);
  return word;
};

async function words(db: Database): Promise<string[]> {
  const { rows } = await sql<{ word: string }>`select word from words order by word`.execute(db);
  return rows.map(({ word }) => word);
}

/** Counts the transactions that begin while it works. */
async function countTransactions(db: Database, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const begin = db.transaction.bind(db);
  db.transaction = () => {
    count += 1;
    return begin();
  };
  await work();
  return count;
}

test('what comes at the same time shares a transaction, and each gets its own result', async () => {
  const { db, commits } = await open();
  const names = ['a', 'b', 'c', 'd', 'e'];
  const transactions = await countTransactions(db, async () => {
    expect(await Promise.all(names.map((name) => commits.run(write(name))))).toEqual(names);
  });
  expect(transactions).toBe(1);
  expect(await words(db)).toEqual(names);
});

test('what is heard while the loop of events goes round shares it, too', async () => {
  const { db, commits } = await open();
  const transactions = await countTransactions(db, async () => {
    const heard = new Promise((resolve) => setImmediate(() => resolve(commits.run(write('second')))));
    await Promise.all([commits.run(write('first')), heard]);
  });
  expect(transactions).toBe(1);
});

test('one that fails takes back its own changes alone, and is told why', async () => {
  const { db, commits } = await open();
  const failing = commits.run(async (tx) => {
    await write('half')(tx);
    throw new Error('not that one');
  });
  const outcomes = await Promise.allSettled([
    commits.run(write('first')),
    failing,
    commits.run(write('first')),
    commits.run(write('last')),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  await expect(failing).rejects.toThrow('not that one');
  expect(await words(db)).toEqual(['first', 'last']);
});

test('nobody is told of success when the commit fails, and the next group is written', async () => {
  const { db, commits } = await open();
  await sql`create table parts (word text references words (word) deferrable initially deferred)`.execute(db);
  await commits.run(write('alone'));
  const together = [
    commits.run(write('innocent')),
    commits.run(async (tx) => {
      await sql`insert into parts values ('of nothing')`.execute(tx);
    }),
  ];
  for (const piece of together) await expect(piece).rejects.toThrow(/FOREIGN KEY/);
  expect(await words(db)).toEqual(['alone']);
  await expect(commits.run(write('later'))).resolves.toBe('later');
});

test('whoever is told of success can read it at once', async () => {
  const { db, commits } = await open();
  await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      await commits.run(write(`w${i}`));
      expect(await words(db)).toContain(`w${i}`);
    }),
  );
  expect(await words(db)).toHaveLength(200);
});

test('where SQLite has taken back the whole transaction by itself, everybody is told why', async () => {
  const { db, commits } = await open();
  await commits.run(write('before'));
  const outcomes = await Promise.allSettled([
    commits.run(write('first')),
    commits.run(async (tx) => {
      await sql`rollback`.execute(tx);
      throw new Error('the disk is full');
    }),
  ]);
  expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : ''))).toEqual([
    'Error: the disk is full',
    'Error: the disk is full',
  ]);
  expect(await words(db)).toEqual(['before']);
});
