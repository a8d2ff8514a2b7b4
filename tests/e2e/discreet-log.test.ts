import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareSite, type PreparedSite } from './prepared-site.ts';
import { freePort, openedEarlier, startServer, type RunningServer } from './support.ts';

// What people type, each with a mark that stands nowhere else, and the tokens that they bring.
const GUEST = { name: 'Xenia Markwort-Gast', email: 'markwort.gast@example.org' };
const WALK = { name: 'Yara Markwort-Form', email: 'markwort.form@example.org', need: 'Markwort-Bedarf' };
const TYPED = 'Markwort-Getippt';
const TICKET = 'EINLASS1MARKWORTTICKET';
const TOKEN = 'markworttoken'.padEnd(43, 'x');

let site: PreparedSite;
let server: RunningServer;
beforeAll(async () => {
  const port = String(await freePort());
  const origin = `http://localhost:${port}`;
  site = await prepareSite(origin, GUEST);
  // The most talkative that an operator can set.
  server = await startServer({
    EINLASS_DATA: site.folder,
    PORT: port,
    ORIGIN: origin,
    EINLASS_LOG_LEVEL: 'debug',
    // Nobody is there: the mails fail.
    EINLASS_SMTP_URL: `smtp://markwortuser:markwortpass@127.0.0.1:${await freePort()}`,
    EINLASS_MAIL_FROM: 'Einlass <einlass@example.org>',
  });
});
afterAll(async () => {
  await server?.stop();
  await site?.close();
});

interface Asked {
  method?: string;
  body?: Record<string, string> | string;
  headers?: Record<string, string>;
}

/** As a browser sends a form, or as a program sends JSON. @returns the status */
async function ask(path: string, { method, body, headers = {} }: Asked = {}): Promise<number> {
  const url = new URL(path, server.url.replace('127.0.0.1', 'localhost'));
  const answer = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: { origin: url.origin, 'accept-language': 'de', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : new URLSearchParams(body) }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

test('the log of a server in use holds nobody’s name, address or words, and no token', async () => {
  const office = { cookie: site.cookie };
  const event = `/office/${site.event.slug}`;
  const bearer = (token: string) => ({
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  });

  // A registrant.
  await ask(`/${site.event.slug}/register`, {
    body: { name: WALK.name, email: WALK.email, other: WALK.need, stamp: openedEarlier(server) },
  });
  await ask(`/${site.event.slug}/lost`, { body: { email: GUEST.email } });
  await ask(`/${site.event.slug}/feedback`, { body: { text: TYPED } });
  expect(await ask(`/ticket/${site.link}`)).toBe(200);
  await ask(`/ticket/${TOKEN}`);
  await ask(`/ticket/${site.link}/change`, { body: { name: TYPED } });

  // Whoever wants to get in.
  await ask('/office/sign-in', { body: { email: GUEST.email, password: TYPED } });
  for (const way of ['setup', 'reset', 'invitation']) await ask(`/office/${way}/${TOKEN}`);
  await ask(`/office/reset/${TOKEN}`, { body: { password: TYPED } });

  // The office.
  expect(await ask(`${event}/registrations/${site.registration}`, { headers: office })).toBe(200);
  await ask(`${event}/registrations?/search`, { headers: office, body: { search: GUEST.name } });
  await ask(`${event}/desk?/search`, { headers: office, body: { search: GUEST.name } });
  const details = { name: WALK.name, email: WALK.email, other: WALK.need };
  await ask(`${event}/registrations/${site.registration}?/correct`, { headers: office, body: details });
  await ask(`${event}/members?/invite`, { headers: office, body: { email: WALK.email, role: 'viewer' } });
  await ask('/office/account?/password', { headers: office, body: { current: TYPED, next: `${TYPED} ab` } });
  const foreign = { ...office, origin: 'https://markwort.example', 'content-type': 'application/json' };
  expect(await ask('/office/account?/name', { headers: foreign, body: '{}' })).toBe(403);

  // A tablet, and another system; what they send is broken as well.
  await ask('/api/door/v1/pair', { body: JSON.stringify({ code: TOKEN, name: TYPED }), headers: bearer('') });
  for (const body of [
    JSON.stringify({ cursor: null, scans: [{ text: TICKET }], walkIns: [] }),
    `{"${TICKET}`,
  ])
    expect(await ask('/api/door/v1/sync', { body, headers: bearer(TOKEN) })).toBe(401);
  const api = `/api/v1/events/${site.event.slug}/registrations`;
  expect(await ask(api, { headers: bearer(site.apiToken) })).toBe(200);
  expect(await ask(api, { headers: bearer(TOKEN) })).toBe(401);
  await ask(api, { body: `{"name":"${TYPED}"`, headers: bearer(site.apiToken) });

  // The mails that wait are tried, and that they can't be handed over is told.
  await expect.poll(() => server.output(), { timeout: 10_000 }).toContain('mail put off');
  const output = server.output();
  expect(output).toContain('"security":"sign_in_failed"');
  expect(output).toContain('"security":"refused_token"');
  expect(output).toContain('"security":"refused_other_site"');
  for (const secret of ['markwort', 'Xenia', 'Yara', site.link, site.apiToken, sessionOf(site.cookie)])
    expect(output.toLowerCase()).not.toContain(secret.toLowerCase());
});

test('TRACE, which would send cookies back, is refused', async () => {
  const { hostname, port } = new URL(server.url);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asked = httpRequest({ host: hostname, port, method: 'TRACE', path: '/' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject).end();
  });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

/** The part of the cookie that opens the office. */
function sessionOf(cookie: string): string {
  const value = decodeURIComponent(/session_token=([^;]+)/.exec(cookie)![1]!);
  return value.slice(0, value.indexOf('.'));
}
