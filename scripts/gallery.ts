// `npm run gallery`: every public page and every page of the office in three sizes, light and dark, and in Arabic, and
// every screen of the door (`-- pages` or `-- door`: only these), from the built app; into test-output/gallery, with one
// page that shows them side by side.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { seedSite } from '../tests/bench/seed.ts';
import { visitDoorScreens } from '../tests/e2e/door-screens.ts';
import { signUpOrganiser } from '../tests/e2e/office-site.ts';
import { publicPages, register } from '../tests/e2e/public-site.ts';
import { freePort, openBrowser, startServer } from '../tests/e2e/support.ts';
import { buildIfStale, root } from './setup.mjs';

const SIZES = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
];
const DOOR = [
  { locale: 'de-DE', colorScheme: 'light', viewport: { width: 768, height: 1024 } },
  { locale: 'de-DE', colorScheme: 'dark', viewport: { width: 1366, height: 1024 } },
  { locale: 'de-DE', colorScheme: 'light', viewport: { width: 390, height: 844 } },
  { locale: 'ar', colorScheme: 'light', viewport: { width: 1024, height: 768 } },
  { locale: 'ar', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const;
const OFFICE = ['', '/wall', '/devices', '/registrations', '/settings', '/mails', '/feedback', '/interfaces'];

const target = path.join(root, 'test-output', 'gallery');
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const pictures: string[] = [];
const wanted = process.argv.slice(2);

buildIfStale();
const browser = await openBrowser();
try {
  if (wanted.length === 0 || wanted.includes('pages')) await takePages();
  if (wanted.length === 0 || wanted.includes('door')) for (const device of DOOR) await takeDoor(device);
  writeFileSync(path.join(target, 'index.html'), sideBySide());
  console.log(`${pictures.length} pictures: ${path.relative(root, target)}/index.html`);
} finally {
  await browser.close();
}

/** Every public page and every page of the office. */
async function takePages(): Promise<void> {
  const data = mkdtempSync(path.join(tmpdir(), 'einlass-gallery-'));
  const port = String(await freePort());
  const address = { PORT: port, ORIGIN: `http://localhost:${port}`, EINLASS_DATA: data };
  const server = await startServer({ ...address, EINLASS_WELCOME: '1' });
  const page = await (await browser.newContext({ locale: 'de-DE' })).newPage();
  const take = async (name: string, path: string) => {
    await page.goto(server.url + path);
    await takeAll(page, name);
  };
  await page.goto(`${server.url}/integration/register`);
  await register(page, server, { name: 'Ayşe Yılmaz', email: 'ayse@example.org' });
  const pages = publicPages(new URL(page.url()).pathname);
  for (const [name, path] of Object.entries(pages)) await take(name, path);
  for (const [name, path] of Object.entries(pages)) await take(`ar-${name}`, `/ar${path}`);
  await page.goto(`${server.url}/integration/register`);
  await page.click('#registration .send');
  await takeAll(page, 'form-with-errors');

  await signUpOrganiser(page, server);
  for (const part of OFFICE) await take(`office${part.replace('/', '-')}`, `/office/integration${part}`);
  await server.stop();
  rmSync(data, { recursive: true, force: true });
}

/** The page as it stands, in every size and colour scheme. */
async function takeAll(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.evaluate(() => document.fonts.ready);
      const file = `${name}-${size.width}-${colorScheme}.png`;
      await page.screenshot({
        path: path.join(target, file),
        fullPage: true,
        animations: 'disabled',
        caret: 'hide',
      });
      pictures.push(file);
    }
  }
}

/** Every screen of the door on one kind of device, with a roster of its own. */
async function takeDoor(device: (typeof DOOR)[number]): Promise<void> {
  const site = await seedSite([60]);
  const doorServer = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  const context = await browser.newContext(device);
  const page = await context.newPage();
  const { locale, colorScheme, viewport } = device;
  await visitDoorScreens(page, doorServer.url, site, async (name) => {
    const file = `door-${name}-${locale}-${viewport.width}-${colorScheme}.png`;
    await page.screenshot({ path: path.join(target, file), animations: 'disabled', caret: 'hide' });
    pictures.push(file);
  });
  await context.close();
  await doorServer.stop();
  await site.close();
}

function sideBySide(): string {
  const images = pictures.map(
    (file) => `<figure><img src="${file}" alt=""><figcaption>${file}</figcaption></figure>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>Einlass</title>
<style>body { display: grid; grid-template-columns: repeat(6, 1fr); gap: 1rem; font: 14px sans-serif }
figure { margin: 0 } img { width: 100%; border: 1px solid #999 }</style>
${images.join('\n')}\n`;
}
