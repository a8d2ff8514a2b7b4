import { CompiledQuery, sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { storeTroubleAnswer } from '../../src/lib/server/store-trouble-answer.ts';
import { storeTroubleOf } from '../../src/lib/server/store-trouble.ts';

const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error,
  );

describe('an SQLite file that may not grow', () => {
  let opened: TestInstallation;
  let eventId: EventId;

  beforeEach(async () => {
    opened = await testInstallation();
    eventId = await createEvent(opened.installation, dialogueEvening());
  });
  afterEach(() => opened.dispose());

  const fillUp = () =>
    opened.installation.db.transaction().execute(async (tx) => {
      const content = 'x'.repeat(1_000_000);
      await tx
        .insertInto('imports')
        .values({ id: crypto.randomUUID(), event_id: eventId, created_at: 0 as never, content, result: null })
        .execute();
    });

  test('is known to be full, and serves again when it may', async () => {
    const { db } = opened.installation;
    await sql`pragma max_page_count = 1`.execute(db);
    expect(storeTroubleOf(await failure(fillUp()))).toBe('full');
    await sql`pragma max_page_count = 1000000`.execute(db);
    await fillUp();
    expect(await db.selectFrom('imports').select('id').execute()).toHaveLength(1);
  });

  test('tells why a transaction failed that SQLite itself has rolled back', async () => {
    const broken = opened.installation.db.transaction().execute(async (tx) => {
      await tx.executeQuery(CompiledQuery.raw('rollback'));
      throw new Error('the disk is full');
    });
    await expect(broken).rejects.toThrow('the disk is full');
  });
});

describe('what an error says about the store', () => {
  const coded = (code: string) => Object.assign(new pg.DatabaseError('no', 2, 'error'), { code });

  test('a database that is shut down, starting, busy or cannot be reached is away', () => {
    for (const code of ['57P01', '57P03', '08006', '40001', '40P01', '53300', '58030'])
      expect(storeTroubleOf(coded(code)), code).toBe('away');
    for (const code of ['ECONNREFUSED', 'ECONNRESET'])
      expect(storeTroubleOf(Object.assign(new Error(), { code })), code).toBe('away');
    expect(storeTroubleOf(new Error('Connection terminated unexpectedly'))).toBe('away');
    expect(storeTroubleOf(new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })]))).toBe(
      'away',
    );
  });

  test('one without space is full, also where another error tells of it', () => {
    expect(storeTroubleOf(coded('53100'))).toBe('full');
    expect(storeTroubleOf(new Error('not moved', { cause: coded('53100') }))).toBe('full');
  });

  test('a bug is a bug', () => {
    for (const code of ['23505', '42P01', '22P02']) expect(storeTroubleOf(coded(code)), code).toBeNull();
    expect(storeTroubleOf(new TypeError('x is not a function'))).toBeNull();
    expect(storeTroubleOf('a text')).toBeNull();
  });
});

describe('while the store is in trouble', () => {
  const asked = (path: string, init: RequestInit = {}) => {
    const url = new URL(path, 'http://localhost');
    return { request: new Request(url, init), url, isDataRequest: false };
  };

  test('a tablet is told so in its own form, and when to come again', async () => {
    const answer = storeTroubleAnswer(asked('/api/door/v1/sync', { method: 'POST' }), 'full');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('10');
    expect(await answer.json()).toMatchObject({ code: 'store_full' });
  });

  test('another system gets a problem by RFC 9457', () => {
    const answer = storeTroubleAnswer(asked('/api/v1/events/integration'), 'away');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('a person is told whether to send it again, on a page that needs nothing', async () => {
    const page = storeTroubleAnswer(asked('/integration/register', { method: 'POST' }), 'away');
    expect(page.status).toBe(503);
    const html = await page.text();
    expect(html).toContain('<html lang="de" dir="ltr">');
    expect(html).toContain('vielleicht nicht gespeichert');
    const read = await storeTroubleAnswer(asked('/integration'), 'away').text();
    expect(read).not.toContain('vielleicht nicht gespeichert');
  });

  test('a form that scripts have sent gets what these understand', async () => {
    const init = { method: 'POST', headers: { 'x-sveltekit-action': 'true' } };
    const answer = storeTroubleAnswer(asked('/office/integration/settings', init), 'away');
    expect(await answer.json()).toMatchObject({ type: 'error', status: 503 });
  });
});
