import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { API_SCOPES } from '../../../src/lib/domain/api-scope.ts';
import type { EventId } from '../../../src/lib/domain/ids.ts';
import { addMillis, DAY, MINUTE, millis, type Millis } from '../../../src/lib/domain/time.ts';
import { API_LIMIT } from '../../../src/lib/server/api/api-guard.ts';
import { API_OPERATIONS } from '../../../src/lib/server/api/api-operations.ts';
import { API_RULES, apiRuleOf, isApi } from '../../../src/lib/server/api/api-rules.ts';
import { listApiTokens, revokeApiToken } from '../../../src/lib/server/api/api-tokens.ts';
import { listActs } from '../../../src/lib/server/acts.ts';
import { createEvent } from '../../../src/lib/server/events.ts';
import type { Installation } from '../../../src/lib/server/installation.ts';
import { dialogueEvening } from '../../support/events.ts';
import { testInstallation } from '../../support/installation.ts';
import { ask, endpointsOf, routeIds, tokenFor } from './client.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'fallback'];

test('the routes of the interface are found', () => {
  expect(routeIds.length).toBeGreaterThan(5);
  expect(routeIds.every(isApi)).toBe(true);
  expect(isApi('/api/v1')).toBe(true);
  expect(['/api/office/v1/x', '/api/door/v1/sync', '/api/v11', '/office'].some(isApi)).toBe(false);
});

test.each(routeIds)(
  'every method of %s has its rule and its description, and none is left over',
  async (id) => {
    const offers = Object.keys(await endpointsOf(id)).filter((name) => METHODS.includes(name));
    expect(Object.keys(API_RULES[id] ?? {}).sort()).toEqual(offers.sort());
    expect(Object.keys(API_OPERATIONS[id] ?? {}).sort()).toEqual(offers.sort());
  },
);

test('no rule and no description is for a route that is no more', () => {
  expect(Object.keys(API_RULES).sort()).toEqual(routeIds);
  expect(Object.keys(API_OPERATIONS).sort()).toEqual(routeIds);
});

test('what is in no table is refused', () => {
  expect(apiRuleOf('/api/v1/events/[event]', 'DELETE')).toBe(null);
  expect(apiRuleOf('/api/v1/events/[event]', 'constructor')).toBe(null);
  expect(apiRuleOf('constructor', 'GET')).toBe(null);
  expect(apiRuleOf('/api/v1/events/[event]', 'HEAD')).toBe('event:read');
});

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let event: EventId;
let other: EventId;

beforeEach(async () => {
  now = millis(Date.UTC(2022, 10, 1));
  const made = await testInstallation(() => now);
  installation = made.installation;
  dispose = () => made.dispose();
  event = await createEvent(installation, dialogueEvening());
  other = await createEvent(installation, dialogueEvening('other'));
});
afterEach(() => dispose());

const guarded = Object.entries(API_RULES).flatMap(([routeId, rules]) =>
  Object.entries(rules).flatMap(([method, scope]) =>
    scope === 'open'
      ? []
      : [
          {
            method,
            scope,
            address: routeId
              .replace('/api/v1', '')
              .replace('[event]', 'integration')
              .replace('[registration]', '0190b3a5-0000-7000-8000-000000000000'),
          },
        ],
  ),
);

async function code(method: string, address: string, token?: string): Promise<string> {
  const answer = await ask(installation, method, address, { token });
  if (answer.headers.get('content-type') !== 'application/problem+json') return String(answer.status);
  const problem = (await answer.json()) as { status: number; code: string };
  expect(problem.status).toBe(answer.status);
  return `${answer.status} ${problem.code}`;
}

describe.each(guarded)('$method $address', ({ method, address, scope }) => {
  test('opens to a token of the event with its scope', async () => {
    const token = await tokenFor(installation, event, [scope]);
    expect(await code(method, address, token)).toMatch(/^(200|404 unknown_registration|400 key_missing)$/);
  });

  test('answers nothing without a token, or with what is none', async () => {
    expect(await code(method, address)).toBe('401 token_unknown');
    expect(await code(method, address, 'einlass_' + 'a'.repeat(43))).toBe('401 token_unknown');
    const answer = await ask(installation, method, address, { headers: { cookie: 'better-auth=x' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  test("answers nothing with another event's token", async () => {
    const token = await tokenFor(installation, other, API_SCOPES);
    expect(await code(method, address, token)).toBe('403 other_event');
    expect(await code(method, address.replace('integration', 'nowhere'), token)).toBe('403 other_event');
  });

  test('answers nothing with a token that is revoked or has expired', async () => {
    const token = await tokenFor(installation, event, API_SCOPES, addMillis(now, DAY));
    now = addMillis(now, DAY);
    expect(await code(method, address, token)).toBe('401 token_expired');
    const revoked = await tokenFor(installation, event, API_SCOPES);
    const [{ id } = { id: '' }] = await listApiTokens(installation.db, event);
    await revokeApiToken(installation, event, id);
    expect(await code(method, address, revoked)).toBe('401 token_revoked');
  });

  test('answers nothing with every scope but its own', async () => {
    const token = await tokenFor(
      installation,
      event,
      API_SCOPES.filter((one) => one !== scope),
    );
    expect(await code(method, address, token)).toBe('403 scope_missing');
  });
});

test('a token may ask so often, and again when a minute has passed', async () => {
  const token = await tokenFor(installation, event, ['event:read']);
  for (let i = 0; i < API_LIMIT.max; i++) await ask(installation, 'GET', '/events/integration', { token });
  const refused = await ask(installation, 'GET', '/events/integration', { token });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const another = await tokenFor(installation, event, ['event:read']);
  expect(await code('GET', '/events/integration', another)).toBe('200');
  now = addMillis(now, MINUTE);
  expect(await code('GET', '/events/integration', token)).toBe('200');
});

describe('a token', () => {
  test('is kept as a hash only, and its use is noted', async () => {
    const token = await tokenFor(installation, event, ['event:read']);
    const rows = await installation.db.selectFrom('api_tokens').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token.slice(8));
    expect(rows[0]?.last_used_at).toBe(null);
    await ask(installation, 'GET', '/events/integration', { token });
    const used = now;
    now = addMillis(now, MINUTE / 2);
    await ask(installation, 'GET', '/events/integration', { token });
    expect((await listApiTokens(installation.db, event))[0]).toMatchObject({
      lastUsedAt: used,
      revokedAt: null,
    });
  });

  test('is made and revoked by somebody, once, which is written down', async () => {
    await tokenFor(installation, event, ['event:read']);
    const [{ id } = { id: '' }] = await listApiTokens(installation.db, event);
    await revokeApiToken(installation, other, id);
    await revokeApiToken(installation, event, id);
    await revokeApiToken(installation, event, id);
    const acts = await listActs(installation.db, event, {}, 10);
    expect(acts.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['api_token_revoked', id],
      ['api_token_made', id],
    ]);
  });
});

test('an address with nothing at it says so as a problem', async () => {
  expect(await code('GET', '/nothing')).toBe('404 no_such_thing');
  expect(await code('DELETE', '/events/integration')).toBe('405 not_allowed');
});
