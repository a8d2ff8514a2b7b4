import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, startServer, type RunningServer } from './support.ts';

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('a page', () => {
  test.each([
    ['/', 'de', 'ltr'],
    ['/en', 'en', 'ltr'],
  ])('%s says that it is in %s', async (path, lang, dir) => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));

    await page.goto(server.url + path);
    expect(await page.getAttribute('html', 'lang')).toBe(lang);
    expect(await page.getAttribute('html', 'dir')).toBe(dir);
    // Neither the strict content security policy nor the hydration finds fault.
    await page.waitForLoadState('networkidle');
    expect(complaints).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    await page.close();
  });

  test('carries the strict policy', async () => {
    const policy = (await fetch(server.url)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
  });
});

describe('a form on plain http', () => {
  // Routes without actions answer 405; a form from elsewhere never gets as far as the route.
  const post = (origin: string, headers: Record<string, string> = {}) =>
    fetch(server.url, {
      method: 'POST',
      body: new URLSearchParams({ a: 'b' }),
      headers: { origin, ...headers },
    });

  test('is taken from the own origin', async () => {
    expect((await post(server.url)).status).toBe(405);
  });

  test('is refused from another one', async () => {
    expect((await post('http://elsewhere.test')).status).toBe(403);
  });

  test('is refused when a client lies about the scheme', async () => {
    const https = server.url.replace('http:', 'https:');
    expect((await post(https, { 'x-forwarded-proto': 'https' })).status).toBe(403);
  });
});

test('a form sent to an action that there is not is the sender’s mistake, not a fault of the page', async () => {
  const server = await startServer();
  const { url } = server;
  for (const action of ['/default', '/nonsense', '/__proto__', '/constructor', '/toString']) {
    const headers = { origin: url, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`${url}/integration/register?${action}`, { method: 'POST', headers });
    expect(answer.status).toBe(404);
  }
  await server.stop();
});

test('behind a proxy, the scheme is what the proxy says', async () => {
  const behind = await startServer({ EINLASS_BEHIND_PROXY: '1' });
  const answer = await fetch(behind.url, {
    method: 'POST',
    body: new URLSearchParams({ a: 'b' }),
    headers: { origin: behind.url.replace('http:', 'https:'), 'x-forwarded-proto': 'https' },
  });
  expect(answer.status).toBe(405);
  await behind.stop();
});

test('a server that is told to stop, stops at once, with kept-alive connections open', async () => {
  const other = await startServer();
  await (await fetch(other.url)).text();
  const started = Date.now();
  expect(await other.stop()).toBe(0);
  expect(Date.now() - started).toBeLessThan(2000);
});

test('whoever asks for a part of a file that ends before it begins gets the whole of it, and the server goes on', async () => {
  const file = `${server.url}/icon.svg`;
  const whole = await (await fetch(file)).text();
  for (const range of ['bytes=5-1', 'bytes=-', 'bytes=99999999-', 'bytes=0-3']) {
    const answer = await fetch(file, { headers: { range } });
    expect([answer.status, await answer.text()]).toEqual([200, whole]);
  }
});
