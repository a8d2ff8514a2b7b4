import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addMillis, millis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { countAttempt, forgetAttempts, type AttemptLimit } from '../../src/lib/server/attempts.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const limit: AttemptLimit = { what: 'knocking', max: 3, window: 10 * MINUTE };
const who = '192.0.2.7';

let opened: TestInstallation;
let installation: Installation;
let now: Millis;

beforeEach(async () => {
  now = millis(Date.UTC(2022, 10, 18));
  opened = await testInstallation(() => now);
  installation = opened.installation;
});
afterEach(() => opened.dispose());

const knock = (by = who, at = limit) => countAttempt(installation, at, by);
const kinds = (outcomes: { kind: string }[]) => outcomes.map(({ kind }) => kind);

describe('somebody may try', () => {
  test('as often as the limit says, and then hears when again', async () => {
    const begun = now;
    for (let i = 0; i < limit.max; i += 1) {
      expect(await knock()).toEqual({ kind: 'allowed' });
      now = addMillis(now, MINUTE);
    }
    expect(await knock()).toEqual({ kind: 'too_many', until: addMillis(begun, limit.window) });
  });

  test('again when the time since the first attempt is over, not a millisecond before', async () => {
    for (let i = 0; i < limit.max; i += 1) await knock();
    now = addMillis(now, limit.window - 1);
    expect((await knock()).kind).toBe('too_many');
    now = addMillis(now, 1);
    expect((await knock()).kind).toBe('allowed');
  });

  test('again after a success', async () => {
    for (let i = 0; i < limit.max; i += 1) await knock();
    await forgetAttempts(installation, limit, who);
    expect((await knock()).kind).toBe('allowed');
  });

  test('whatever others try, and whatever else was tried', async () => {
    for (let i = 0; i <= limit.max; i += 1) await knock();
    expect((await knock('192.0.2.8')).kind).toBe('allowed');
    expect((await knock(who, { ...limit, what: 'ringing' })).kind).toBe('allowed');
  });
});

describe('attempts are counted', () => {
  test('also when they come at the same moment', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => knock()));
    expect(kinds(outcomes).filter((kind) => kind === 'allowed')).toHaveLength(limit.max);
  });

  test('together by all processes of an installation', async () => {
    const other = await opened.openAgain();
    try {
      const outcomes = await Promise.all(
        [installation, other, installation, other].map((process) => countAttempt(process, limit, who)),
      );
      expect(kinds(outcomes).sort()).toEqual(['allowed', 'allowed', 'allowed', 'too_many']);
    } finally {
      await other.close();
    }
  });

  test('without keeping who it was, and not for longer than they count', async () => {
    await knock('fatma@example.org');
    const rows = await installation.db.selectFrom('attempts').selectAll().execute();
    expect(rows).toEqual([
      { key: expect.stringMatching(/^[\w-]{22}$/) as string, count: 1, until: now + limit.window },
    ]);
    now = addMillis(now, limit.window);
    await knock('192.0.2.8');
    expect(await installation.db.selectFrom('attempts').selectAll().execute()).toHaveLength(1);
  });
});

test('a store that fails is a fault, not a refusal', async () => {
  await installation.db.schema.dropTable('attempts').execute();
  await expect(knock()).rejects.toThrow(/attempts/);
});
