import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Mailbox } from '../support/mail.ts';
import { signUpOrganiser } from './office-site.ts';
import { register } from './public-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

let mailbox: Mailbox;
let server: RunningServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  mailbox = await Mailbox.open();
  const port = String(await freePort());
  server = await startServer({
    PORT: port,
    ORIGIN: `http://localhost:${port}`,
    EINLASS_WELCOME: '1',
    EINLASS_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
    EINLASS_MAIL_FROM: 'Stadt Gütersloh <einlass@example.org>',
  });
  browser = await openBrowser();
  const guest = await (await browser.newContext({ locale: 'tr-TR' })).newPage();
  await guest.goto(`${server.url}/tr/integration/register`);
  await register(guest, server, { name: 'Ayşe Yılmaz', email: 'ayse@example.org' });
  page = await (await browser.newContext({ locale: 'de-DE' })).newPage();
  await signUpOrganiser(page, server);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await mailbox?.close();
});

const mailsAbout = (word: string) => mailbox.received.filter(({ subject }) => subject?.includes(word));

test('a message is written in two languages, looked at, tried, and sent once to each in their own', async () => {
  await page.getByRole('link', { name: 'Nachrichten' }).click();
  await page.getByRole('button', { name: 'Neue Nachricht' }).click();
  await page.fill('[name="subject.de"]', 'Neuer Eingang');
  await page.fill('[name="body.de"]', 'Bitte kommen Sie von Norden.');
  await page.getByText('Türkçe').first().click();
  await page.fill('[name="subject.tr"]', 'Yeni giriş');
  await page.getByRole('button', { name: 'Speichern und ansehen' }).click();
  await page.getByText('Es ist noch nichts gesendet.').waitFor();
  await page.frameLocator('iframe').getByText('Bitte kommen Sie von Norden.').waitFor();

  await page.getByLabel('Ja, jetzt senden').check();
  await page.getByRole('button', { name: 'An alle Empfänger senden' }).click();
  await page.getByText('Es fehlt der Betreff oder der Text: Türkçe.').waitFor();
  await page.fill('[name="body.tr"]', 'Lütfen kuzeyden gelin.');
  await page.getByRole('button', { name: 'Probe-Mail an mich' }).click();
  await page.getByText('Die Probe-Mail ist unterwegs').waitFor();
  await mailbox.waitFor(2);
  expect(mailsAbout('Neuer Eingang')[0]?.to).toMatchObject({
    text: expect.stringContaining('mertens') as string,
  });

  await page.getByRole('link', { name: 'Türkçe' }).click();
  await page.frameLocator('iframe').getByText('Lütfen kuzeyden gelin.').waitFor();
  await page.getByRole('button', { name: 'An alle Empfänger senden' }).click();
  await page.getByText('Bitte kreuzen Sie an').waitFor();
  await page.getByLabel('Ja, jetzt senden').check();
  await page.getByRole('button', { name: 'An alle Empfänger senden' }).click();
  await page.getByText('Die Nachricht ist auf dem Weg.').waitFor();
  await mailbox.waitFor(3);
  expect(mailsAbout('Yeni giriş')).toHaveLength(1);
  expect(mailsAbout('Yeni giriş')[0]?.to).toMatchObject({
    value: [{ name: 'Ayşe Yılmaz', address: 'ayse@example.org' }],
  });
  expect(await page.locator('[name="subject.de"]').isDisabled()).toBe(true);
  await page.getByRole('link', { name: 'Alle Nachrichten' }).click();
  await page.getByText('1 gesendet, 0 warten, 0 abgelehnt').waitFor();
});
