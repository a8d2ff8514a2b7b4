// `npm run gallery`: every public page and every page of the office in three sizes, light and dark, and in Arabic, from
// the built app; into test-output/gallery, with one page that shows them side by side.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { signUpOrganiser } from '../tests/e2e/office-site.ts';
import { publicPages, register } from '../tests/e2e/public-site.ts';
import { freePort, openBrowser, startServer } from '../tests/e2e/support.ts';
import { buildIfStale, root } from './setup.mjs';

const SIZES = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
];
const OFFICE = ['', '/settings', '/mails', '/feedback'];

const target = path.join(root, 'test-output', 'gallery');
const data = mkdtempSync(path.join(tmpdir(), 'einlass-gallery-'));
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const pictures: string[] = [];

buildIfStale();
const port = await freePort();
const server = await startServer({
  PORT: String(port),
  ORIGIN: `http://localhost:${port}`,
  EINLASS_DATA: data,
  EINLASS_WELCOME: '1',
});
const browser = await openBrowser();
try {
  const context = await browser.newContext({ locale: 'de-DE' });
  const page = await context.newPage();
  await page.goto(`${server.url}/integration/register`);
  await register(page, server, { name: 'Ayşe Yılmaz', email: 'ayse@example.org' });
  const pages = publicPages(new URL(page.url()).pathname);
  for (const [name, address] of Object.entries(pages)) await takeAll(page, name, address);
  for (const [name, address] of Object.entries(pages)) await takeAll(page, `ar-${name}`, `/ar${address}`);
  await page.goto(`${server.url}/integration/register`);
  await page.click('#registration .send');
  await takeAll(page, 'form-with-errors');

  await signUpOrganiser(page, server);
  for (const part of OFFICE)
    await takeAll(page, `office${part.replace('/', '-')}`, `/office/integration${part}`);
  writeFileSync(path.join(target, 'index.html'), sideBySide());
  console.log(`${pictures.length} pictures: ${path.relative(root, target)}/index.html`);
} finally {
  await browser.close();
  await server.stop();
  rmSync(data, { recursive: true, force: true });
}

/** @param address - where to go first; without one, the page as it stands */
async function takeAll(page: Page, name: string, address?: string): Promise<void> {
  if (address) await page.goto(server.url + address);
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

function sideBySide(): string {
  const images = pictures.map(
    (file) => `<figure><img src="${file}" alt=""><figcaption>${file}</figcaption></figure>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>Einlass</title>
<style>body { display: grid; grid-template-columns: repeat(6, 1fr); gap: 1rem; font: 14px sans-serif }
figure { margin: 0 } img { width: 100%; border: 1px solid #999 }</style>
${images.join('\n')}\n`;
}
