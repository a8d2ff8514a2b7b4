import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may, ROLES, type Role } from '../../src/lib/domain/office-rights.ts';
import { OFFICE_RULES } from '../../src/lib/server/office-rules.ts';
import { seedSite, type Site } from '../bench/seed.ts';
import { freePort, startServer, type RunningServer } from './support.ts';

/** Every role at every page, form and endpoint of the office, asked of the built server. */
let site: Site;
let server: RunningServer;
let url: string;
/** The cookies of somebody in each role at the first event. */
const cookies = new Map<Role, string>();
/** Of an owner of the other event. */
let stranger: string;

const EVENT = 'integration';
const OTHER_EVENT = 'integration1';

beforeAll(async () => {
  site = await seedSite([1, 1]);
  const port = String(await freePort());
  url = `http://localhost:${port}`;
  const address = { PORT: port, ORIGIN: url, EINLASS_DATA: site.folder };
  server = await startServer({ ...address, EINLASS_WELCOME: '1' });
  const setup = new URL(/organiser +(\S+)/.exec(server.output())![1]!).pathname;
  const administrator = await signUp(setup, 'administrator');
  for (const role of ROLES) cookies.set(role, await invited(administrator, EVENT, role));
  stranger = await invited(administrator, OTHER_EVENT, 'owner');
});
afterAll(async () => {
  await server?.stop();
  await site?.close();
});

interface Ask {
  method: string;
  path: string;
  cookie?: string;
  origin?: string;
  body?: Record<string, string>;
}

function ask({ method, path, cookie, origin = url, body = {} }: Ask): Promise<Response> {
  const isRead = method === 'GET';
  return fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      accept: 'text/html',
      ...(cookie !== undefined && { cookie }),
      ...(!isRead && { origin, 'content-type': 'application/x-www-form-urlencoded' }),
    },
    body: isRead ? null : new URLSearchParams(body),
  });
}

/** Makes an account by the form at an address. @returns its cookies */
async function signUp(path: string, who: string): Promise<string> {
  const body = { name: `Wer ${who}`, email: `${who}@example.org`, password: 'vier lange Worte hier' };
  const answer = await ask({ method: 'POST', path, body });
  if (answer.status !== 303) throw new Error(`${path} answered ${answer.status}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

async function invited(administrator: string, event: string, role: Role): Promise<string> {
  const path = `/office/${event}/members?/invite`;
  const page = await ask({ method: 'POST', path, cookie: administrator, body: { role } });
  const link = /\/office\/invitation\/[\w-]{43}/.exec(await page.text())![0];
  return signUp(`${link}?/sign_up`, `${role}-of-${event}`);
}

/** An address of a route, with an action's name where it is one's. */
function addressOf(routeId: string, offer: string): { method: string; path: string } {
  const path = routeId
    .replace('[event]', EVENT)
    .replace('[eventId]', site.events[0]!.id)
    .replaceAll(/\[[^\]]+\]/g, '0190b3a5-0000-7000-8000-000000000000');
  if (offer === offer.toUpperCase()) return { method: offer, path };
  return { method: 'POST', path: offer === 'default' ? path : `${path}?/${offer}` };
}

/** How an answer says no, or null where it doesn't. */
function refusal(answer: Response): 'sign_in' | 'no_access' | 'not_allowed' | null {
  const to = answer.headers.get('location') ?? '';
  if (answer.status === 401 || to.startsWith('/office/sign-in?')) return 'sign_in';
  if (answer.status === 403 || to === '/office/no-access') return 'no_access';
  return answer.status === 405 ? 'not_allowed' : null;
}

const offers = Object.entries(OFFICE_RULES).flatMap(([routeId, rules]) =>
  Object.entries(rules).map(([offer, rule]) => ({ routeId, offer, rule })),
);
const guarded = offers.filter(({ rule }) => rule !== 'open' && rule !== 'signed_in');
const changing = offers.filter(({ offer }) => offer !== 'GET');

test('the table is not empty', () => {
  expect(guarded.length).toBeGreaterThan(15);
});

describe.each(guarded)('$routeId, $offer, which demands $rule', ({ routeId, offer, rule }) => {
  test.each(ROLES)('%s', async (role) => {
    if (rule === 'open' || rule === 'signed_in') throw new Error('not guarded');
    const answer = await ask({ ...addressOf(routeId, offer), cookie: cookies.get(role)! });
    expect(refusal(answer)).toBe(may({ role, administrator: false }, rule) ? null : 'no_access');
    expect(answer.status).toBeLessThan(500);
    await answer.body?.cancel();
  });

  test("another event's owner", async () => {
    const answer = await ask({ ...addressOf(routeId, offer), cookie: stranger });
    expect(refusal(answer)).toBe('no_access');
  });

  test('nobody', async () => {
    expect(refusal(await ask(addressOf(routeId, offer)))).toBe('sign_in');
  });
});

test.each(changing)('a foreign origin changes nothing by $routeId, $offer', async ({ routeId, offer }) => {
  const request = {
    ...addressOf(routeId, offer),
    origin: 'https://evil.example',
    cookie: cookies.get('owner')!,
  };
  expect((await ask(request)).status).toBe(403);
});

test('a viewer sees headcounts and no names', async () => {
  const path = `/api/office/v1/events/${site.events[0]!.id}/live`;
  const answer = await ask({ method: 'GET', path, cookie: cookies.get('viewer')! });
  expect(await answer.json()).toMatchObject({ total: 0, conflicts: [] });
});

test('whose role is taken away is let in nowhere from then on', async () => {
  const path = `/office/${EVENT}`;
  const owner = cookies.get('owner')!;
  const members = await (await ask({ method: 'GET', path: `${path}/members`, cookie: owner })).text();
  const viewer = /viewer-of-integration@[\s\S]*?name="member" value="([^"]+)"/.exec(members)![1]!;
  expect(refusal(await ask({ method: 'GET', path, cookie: cookies.get('viewer')! }))).toBe(null);
  await ask({ method: 'POST', path: `${path}/members?/remove`, cookie: owner, body: { member: viewer } });
  expect(refusal(await ask({ method: 'GET', path, cookie: cookies.get('viewer')! }))).toBe('no_access');
});
