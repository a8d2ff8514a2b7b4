import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openedEarlier, openEarlier, startServer, type RunningServer } from './support.ts';

const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  // All of these guests come from here.
  const limits = { EINLASS_FORMS_PER_ADDRESS: '1000' };
  [server, browser] = await Promise.all([startServer(limits), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page that notes what kinds of things it loads. */
async function openPage(options: BrowserContextOptions): Promise<{ page: Page; kinds: Set<string> }> {
  const page = await (await browser.newContext(options)).newPage();
  const kinds = new Set<string>();
  page.on('request', (request) => kinds.add(request.resourceType()));
  return { page, kinds };
}

async function fillIn(page: Page): Promise<void> {
  await openEarlier(page, server);
  await page.fill('#name', 'Fatma Yılmaz');
  await page.fill('#email', 'fatma@example.org');
  await page.check('#workgroup-w5');
  await page.check('#consent');
}

const send = (page: Page) => page.click('#registration .send');

test.each([
  ['German', '', 'Anmeldung absenden', 'QR-Code von Fatma Yılmaz'],
  ['English', '/en', 'Send registration', 'QR code of Fatma Yılmaz'],
])('without JavaScript, a guest registers in %s and has a ticket', async (_, prefix, button, label) => {
  const { page, kinds } = await openPage({ javaScriptEnabled: false });
  await page.goto(server.url + prefix);
  expect(new URL(page.url()).pathname).toBe(`${prefix}/integration`);
  await page.click('#register');

  // Sent too early: what is missing comes first, and leads to its field.
  await page.fill('#name', '  Fatma Yılmaz ');
  await page.getByRole('button', { name: button }).click();
  expect(await page.locator('#errors').evaluate((errors) => errors === document.activeElement)).toBe(true);
  expect(
    await page.locator('#errors a').evaluateAll((links) => links.map((a) => a.getAttribute('href'))),
  ).toEqual(['#workgroup-w1', '#consent']);
  expect(await page.getAttribute('#consent', 'aria-invalid')).toBe('true');
  expect(await page.getAttribute('#consent', 'aria-describedby')).toContain('consent-error');
  expect(await page.inputValue('#name')).toBe('  Fatma Yılmaz ');

  await fillIn(page);
  await page.getByRole('button', { name: button }).click();
  expect(new URL(page.url()).pathname).toMatch(new RegExp(`^${prefix}/ticket/[\\w-]{43}$`));
  expect(await page.textContent('#ticket-name')).toBe('Fatma Yılmaz');
  await page.getByRole('img', { name: label }).waitFor();
  expect(kinds.has('script')).toBe(false);
  await page.context().close();
});

describe('when a workgroup is full', () => {
  beforeAll(async () => {
    const stamp = openedEarlier(server);
    for (let i = 0; i < 29; i++) {
      const form = { stamp, name: `Gast ${i}`, workgroup: 'w7', consent: 'yes' };
      const answer = await fetch(`${server.url}/integration/register`, {
        method: 'POST',
        headers: { origin: server.url, accept: 'text/html' },
        body: new URLSearchParams(form),
        redirect: 'manual',
      });
      expect(answer.status).toBe(303);
    }
  });

  test.each([
    ['takes the second choice', '#when-full-second', true],
    ['waits', '#when-full-waiting', false],
  ])('a guest without JavaScript is asked, and %s', async (_, answer, hasTicket) => {
    const { page } = await openPage({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    await page.goto(`${server.url}/leicht/integration/register`);
    await page.fill('#name', 'Fatma Yılmaz');
    await page.check('#workgroup-w7');
    await page.selectOption('#second', 'w6');
    await page.click('#companions-title');
    await page.fill('#companion-2', 'Ayşe Yılmaz');
    await page.click('#needs-title');
    await page.fill('#other-needs', 'Ein Platz vorn');
    await page.check('#consent');
    await openEarlier(page, server);
    await send(page);

    expect(await page.locator('#errors').evaluate((errors) => errors === document.activeElement)).toBe(true);
    expect(await page.inputValue('#name')).toBe('Fatma Yılmaz');
    expect(await page.inputValue('#companion-2')).toBe('Ayşe Yılmaz');
    expect(await page.inputValue('#other-needs')).toBe('Ein Platz vorn');
    expect(await page.inputValue('#second')).toBe('w6');
    expect(await page.isChecked('#consent')).toBe(true);
    await page.check(answer);
    // The last free place is for one of two: who waits is waiting with the other.
    if (!hasTicket) await page.fill('#companion-2', '');
    if (!hasTicket) await takeLastPlace();
    await page.click('#when-full button');
    await page.waitForSelector('#ticket-name');
    expect(await page.locator('svg[role=img], [role=img] svg').count()).toBe(hasTicket ? 1 : 0);
    await page.context().close();
  });

  async function takeLastPlace(): Promise<void> {
    const form = { stamp: openedEarlier(server), name: 'Letzter Gast', workgroup: 'w7', consent: 'yes' };
    const headers = { origin: server.url, accept: 'text/html' };
    const body = new URLSearchParams(form);
    await fetch(`${server.url}/integration/register`, { method: 'POST', headers, body, redirect: 'manual' });
  }
});

test('by keyboard alone, a guest registers with somebody along', async () => {
  const { page } = await openPage({ javaScriptEnabled: false });
  await page.goto(`${server.url}/en/integration/register`);
  await openEarlier(page, server);
  /** Goes on to what has the focus next, until it is this. */
  const tabTo = async (selector: string) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      if (await page.locator(`${selector}:focus`).count()) return;
    }
    throw new Error(`the keyboard does not get to ${selector}`);
  };
  await tabTo('#name');
  await page.keyboard.type('Fatma Yılmaz');
  await tabTo('#workgroup-w1');
  await page.keyboard.press('ArrowDown');
  await tabTo('#companions-title');
  await page.keyboard.press('Enter');
  await tabTo('#companion-1');
  await page.keyboard.type('Ayşe Yılmaz');
  await tabTo('#consent');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#ticket-name');
  expect(await page.textContent('#ticket-name')).toBe('Fatma Yılmaz');
  await page.context().close();
});

test('whoever asks for a lost ticket gets the same answer, registered or not', async () => {
  const { page } = await openPage({ javaScriptEnabled: false });
  const answers = [];
  for (const email of ['fatma@example.org', 'nobody@example.org']) {
    await page.goto(`${server.url}/integration`);
    await page.click('a[href$="/lost"]');
    await page.fill('#email', email);
    await page.click('#lost button');
    await page.waitForSelector('#sent');
    answers.push(await page.textContent('main'));
  }
  expect(answers[0]).toBe(answers[1]);
  await page.context().close();
});

test('the ticket page tells nobody its address', async () => {
  const { page } = await openPage({});
  await page.goto(`${server.url}/integration/register`);
  await fillIn(page);
  await send(page);
  for (const address of [page.url(), `${server.url}/ticket/nobody`]) {
    const { headers, status } = await fetch(address);
    expect(status).toBe(address === page.url() ? 200 : 404);
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-robots-tag')).toBe('noindex');
  }
  await page.context().close();
});

describe('a machine finds no barrier', () => {
  test.each([
    ['light', 1440],
    ['dark', 1024],
  ] as const)('on any page, %s, %s pixels wide', async (colorScheme, width) => {
    const { page, kinds } = await openPage({
      colorScheme,
      bypassCSP: true,
      viewport: { width, height: 844 },
    });
    const barriers: string[] = [];
    const check = async () => {
      expect(kinds.has('script')).toBe(false);
      await page.addScriptTag({ content: axe });
      kinds.delete('script');
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      barriers.push(...violations.map(({ id }) => `${page.url()}: ${id}`));
      if (!(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')))
        barriers.push(`${page.url()}: wider than the screen`);
    };

    const paths = ['/integration', '/nothing-here', '/ticket/nobody', '/integration/lost'];
    for (const path of [...paths, '/ar/integration/register']) {
      await page.goto(server.url + path);
      await check();
    }
    for (const optional of ['#companions-title', '#needs-title']) await page.click(optional);
    await check();
    await page.fill('#companion-2', '...');
    await send(page);
    await page.fill('#companion-2', 'Ömer Yılmaz');
    await check();
    await fillIn(page);
    await send(page);
    await page.waitForSelector('#ticket-name');
    // The ticket's own small script.
    kinds.delete('script');
    await check();
    const ticket = page.url();
    for (const deed of ['change', 'cancel', 'replace', 'erase']) {
      await page.goto(`${ticket}/${deed}`);
      await check();
    }
    expect(barriers).toEqual([]);
    await page.context().close();
  });
});

describe('whatever is sent to the form, the server does not stumble', () => {
  const path = '/integration/register';
  test.each<[string, number, RequestInit]>([
    ['nothing', 400, { body: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['zero bytes', 400, { body: new URLSearchParams({ name: '\0', email: '\0', workgroup: '\0' }) }],
    [
      'a broken multipart body',
      400,
      { body: '--x', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    ],
    ['text', 400, { body: 'name=Fatma', headers: { 'content-type': 'text/plain' } }],
    ['JSON', 415, { body: '{}', headers: { 'content-type': 'application/json' } }],
    ['more than is read', 400, { body: new URLSearchParams({ name: 'a'.repeat(3_000_000) }) }],
  ])('%s: %s', async (_, status, init) => {
    const headers = { ...(init.headers as Record<string, string>), origin: server.url, accept: 'text/html' };
    const answer = await fetch(server.url + path, { ...init, method: 'POST', headers });
    expect(answer.status).toBe(status);
  });

  test.each([
    ['a zero byte', '/%00'],
    ['a zero byte at the end', '/integration%00'],
    ['a zero byte for a ticket', '/ticket/%00'],
    ['a picture for a ticket', '/ticket/%F0%9F%92%A5'],
    ['5000 letters', `/${'a'.repeat(5000)}`],
  ])('an address with %s does not exist', async (_, address) => {
    expect((await fetch(server.url + address)).status).toBe(404);
  });
});
