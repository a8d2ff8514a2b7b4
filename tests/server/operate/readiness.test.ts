import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sql } from 'kysely';
import { readReadiness } from '../../../src/lib/server/operate/readiness.ts';
import { Shutdown } from '../../../src/lib/server/shutdown.ts';
import { within } from '../../../src/lib/server/operate/within.ts';
import { testInstallation, type TestInstallation } from '../../support/installation.ts';

let world: TestInstallation;
beforeEach(async () => (world = await testInstallation()));
afterEach(() => world.dispose());

const read = () => readReadiness(world.installation.db, world.installation.shutdown);

test('an open installation is ready', async () => {
  expect(await read()).toEqual({ ready: true });
});

test('one whose process is about to end is not', async () => {
  const process = new EventEmitter();
  const shutdown = new Shutdown();
  const news = { close: vi.fn() };
  shutdown.follow(process, { news: news as never, close: () => Promise.resolve() });
  expect(shutdown.begun).toBe(false);
  process.emit('einlass:draining');
  // Streams go on until the load balancer has had its time to notice.
  expect(news.close).not.toHaveBeenCalled();
  expect(await readReadiness(world.installation.db, shutdown)).toEqual({
    ready: false,
    why: 'shutting_down',
  });
  process.emit('einlass:shutdown');
  expect(news.close).toHaveBeenCalledOnce();
});

test('one whose database lacks a migration is not, and one that is ahead is', async () => {
  const { db } = world.installation;
  await sql`insert into kysely_migration (name, timestamp) values ('9999-of-tomorrow', '')`.execute(db);
  expect(await read()).toEqual({ ready: true });
  await sql`delete from kysely_migration where name = '0020-announcements'`.execute(db);
  expect(await read()).toEqual({ ready: false, why: 'migrations_missing' });
});

test('one whose database does not answer is not', async () => {
  const { db } = world.installation;
  await sql`drop table kysely_migration`.execute(db);
  expect(await read()).toEqual({ ready: false, why: 'database_unreachable' });
});

test('nobody waits for longer than was said', async () => {
  await expect(within(10, new Promise(() => undefined))).rejects.toThrow('not done within 10 ms');
  expect(await within(1_000, Promise.resolve('done'))).toBe('done');
});
