import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allBarriers } from './barrier-finders.ts';
import { isSigned, Receiver } from '../support/receiver.ts';
import { openOffice } from './office-site.ts';
import { register } from './public-site.ts';
import type { RunningServer } from './support.ts';

const run = promisify(execFile);

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let receiver: Receiver;
let token: string;
let complaints: string[];

beforeAll(async () => {
  ({ server, browser, context, page, complaints } = await openOffice({ EINLASS_WEBHOOK_ALLOW_PRIVATE: '1' }));
  receiver = await Receiver.open();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await receiver?.close();
});

const SCOPES = ['event', 'headcount', 'registrations', 'people', 'scans'].map((what) => `${what}:read`);

test('a token is made in the office, shown once, and opens what was ticked', async () => {
  await page.goto(`${server.url}/office/integration/interfaces`);
  await page.getByRole('button', { name: 'Zugangsschlüssel erstellen' }).click();
  await page.getByText('Geben Sie den Namen des Programms ein.').waitFor();
  await page.getByText('Wählen Sie mindestens ein Recht aus.').waitFor();
  await page.getByLabel('Name des Programms').fill('Bürgerportal');
  for (const scope of [...SCOPES, 'registrations:write'])
    await page.locator(`[name=scope][value="${scope}"]`).check();
  await page.getByRole('button', { name: 'Zugangsschlüssel erstellen' }).click();
  token = await page.getByLabel('Zugangsschlüssel für Bürgerportal').inputValue();
  expect(token).toMatch(/^einlass_[\w-]{43}$/);
  await page.goto(`${server.url}/office/integration/interfaces`);
  expect(await page.content()).not.toContain(token);
  await page.getByText('Noch nie benutzt').waitFor();
});

/** The examples as a person reads them, each under its heading. */
const examples = readFileSync('docs/api.md', 'utf8')
  .split(/^## /m)
  .flatMap((part) => {
    const heading = part.slice(0, part.indexOf('\n'));
    return [...part.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, example]) => ({ heading, example: example! }));
  })
  .filter(({ example }) => example.includes('curl'));

test.each(examples)('the description’s example works: $heading', async ({ example }) => {
  const env = { PATH: process.env.PATH, EINLASS: server.url, EVENT: 'integration', TOKEN: token };
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', example], { env });
  const answer = JSON.parse(stdout) as Record<string, unknown>;
  if (example.includes('/headcount')) expect(answer).toMatchObject({ total: 0 });
  if (example.includes('after=')) expect(answer).toMatchObject({ registrations: [], more: false });
  if (example.includes('If-None-Match')) expect(answer).toEqual({ status: 304 });
  if (example.includes('/cancel')) expect(answer).toMatchObject({ state: 'cancelled' });
});

test('there are as many examples as are run, and the description is served', async () => {
  expect(examples).toHaveLength(4);
  const guide = await (await fetch(`${server.url}/api/v1/guide`)).text();
  expect(guide).toContain('# Einlass for other systems');
  const described = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as object;
  expect(described).toMatchObject({ openapi: '3.1.0', servers: [{ url: server.url }] });
});

test('the office’s cookies open nothing there, and problems are problems', async () => {
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const [path, status] of [
    ['/events/integration', 401],
    ['/events/integration/registrations', 401],
    ['/nothing', 404],
  ] as const) {
    const answer = await fetch(`${server.url}/api/v1${path}`, { headers: { cookie: cookies } });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  }
});

test('a webhook is made and tried out, and then told of a registration', async () => {
  await page.goto(`${server.url}/office/integration/interfaces`);
  await page.getByLabel('Adresse des Empfängers').fill('http://portal.example.org/');
  await page.getByRole('button', { name: 'Webhook einrichten' }).click();
  await page.getByText('Die Adresse muss mit https:// beginnen.').waitFor();
  await page.getByLabel('Adresse des Empfängers').fill(receiver.url.href);
  await page.locator('[name=kind][value="registration.created"]').check();
  await page.getByRole('button', { name: 'Webhook einrichten' }).click();
  const secret = await page.getByLabel(`Geheimnis für ${receiver.url.host}`).inputValue();
  await page.getByRole('button', { name: 'Test senden' }).click();
  await page.getByText('Der Test ist unterwegs.').waitFor();
  await page.locator('tr[data-state=sent]').waitFor();

  const guest = await browser.newPage();
  await guest.goto(`${server.url}/integration/register`);
  await register(guest, server, { name: 'Fatma Yılmaz', email: 'fatma@example.org' });
  await guest.close();
  const received = await receiver.waitFor(2);
  expect(receiver.types).toEqual(['webhook.test', 'registration.created']);
  for (const one of received) expect(await isSigned(one, secret)).toBe(true);
  expect(JSON.stringify(received)).not.toContain('Fatma');
  const id = received[1]!.message.data.registration!;
  const address = `${server.url}/api/v1/events/integration/registrations/${id}`;
  const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  expect(await answer.json()).toMatchObject({ person: { name: 'Fatma Yılmaz' } });
});

test.each([
  ['light', 'de'],
  ['dark', 'ar'],
] as const)('no barrier that a machine can find, %s, in %s', async (colorScheme, language) => {
  const checked = await browser.newContext({
    colorScheme,
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
    storageState: await context.storageState(),
  });
  await checked.addCookies([{ name: 'einlass_locale', value: language, url: server.url }]);
  const sheet = await checked.newPage();
  await sheet.goto(`${server.url}/office/integration/interfaces`);
  expect(await sheet.getAttribute('html', 'lang')).toBe(language);
  await sheet.locator('form[action="?/add_webhook"] button').click();
  await sheet.locator('#kind-error').waitFor();
  expect(await allBarriers(sheet)).toEqual([]);
  await checked.close();
});

test('without JavaScript, a webhook is paused and deleted, a token revoked, and the log tells so', async () => {
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    locale: 'de-DE',
    storageState: await context.storageState(),
  });
  const sheet = await plain.newPage();
  await sheet.goto(`${server.url}/office/integration/interfaces`);
  await sheet.getByRole('button', { name: 'Anhalten' }).click();
  await sheet.getByText('Angehalten seit').waitFor();
  await sheet.getByText('Löschen', { exact: true }).click();
  await sheet.getByRole('button', { name: `Webhook für ${receiver.url.host} löschen` }).click();
  await sheet.getByText('Noch kein Webhook.').waitFor();
  await sheet.getByText('Sperren', { exact: true }).click();
  await sheet.getByRole('button', { name: 'Bürgerportal sperren' }).click();
  await sheet.getByText('Gesperrt:').waitFor();
  const refused = await fetch(`${server.url}/api/v1/events/integration`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(refused.status).toBe(401);
  await sheet.goto(`${server.url}/office/integration/acts`);
  const kinds = await sheet
    .locator('tr[data-act]')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-act')));
  expect(kinds).toEqual([
    'api_token_revoked',
    'webhook_deleted',
    'webhook_paused',
    'webhook_made',
    'registration_cancelled',
    'api_registered',
    'api_token_made',
    // By the welcome on the terminal.
    'pairing_code_made',
  ]);
  await sheet.getByText(receiver.url.host).first().waitFor();
  await plain.close();
  expect(complaints).toEqual([]);
});
