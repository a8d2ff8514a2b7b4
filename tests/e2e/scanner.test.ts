import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest';
import { seedSite, type Site } from '../bench/seed.ts';
import { takePicture } from '../bench/frames/camera.ts';
import { drawPage } from '../bench/frames/page.ts';
import { drawMoment, HEIGHT, WIDTH, type Scene } from '../bench/frames/scene.ts';
import { frameOf, heldTicket } from '../door/scanner/support.ts';
import { closePanel, dismiss, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { BROWSER_ARGUMENTS, browserPath, startServer, type RunningServer } from './support.ts';

/**
 * The door's camera: tickets that pass before it in moving hands, and what happens when camera or reader don't work.
 */
const folder = mkdtempSync(join(tmpdir(), 'einlass-scanner-'));
const RATE = 10;
const SHOWN = 7;
const HIDDEN = 5;

declare global {
  interface Window {
    verdicts: string[];
  }
}

let site: Site;
let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  site = await seedSite([10]);
  const film = join(folder, 'tickets.y4m');
  writeTickets(film, site.events[0]!.ticketTexts.slice(0, 3));
  server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  browser = await chromium.launch({
    executablePath: browserPath(),
    args: [
      ...BROWSER_ARGUMENTS,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  });
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  context = await browser.newContext({
    locale: 'de-DE',
    viewport: { width: 1024, height: 768 },
    serviceWorkers: 'block',
  });
  context.setDefaultTimeout(12_000);
  page = await context.newPage();
});

afterEach(() => context.close());

test('tickets that are shown for 0.7 seconds in moving hands are read, each once', async () => {
  await page.addInitScript(keepVerdicts);
  await openDoor();
  const names = ['Ayşe Yılmaz 0', 'Björn Mertens 1', 'Chiara Kovačević 2'];
  // The film begins again: whoever is inside by now is not let in a second time.
  await page.waitForFunction(
    (names) =>
      names.every((name) =>
        window.verdicts.some((verdict) => verdict.startsWith(`already_inside`) && verdict.includes(name)),
      ),
    names,
  );
  const verdicts = await page.evaluate(() => window.verdicts);
  for (const name of names)
    expect(verdicts.filter((verdict) => /^admitted/.test(verdict) && verdict.includes(name))).toHaveLength(1);
  expect(verdicts.filter((verdict) => verdict.startsWith('invalid'))).toEqual([]);
});

test('tickets before the camera take nothing away from whoever is typing a name', async () => {
  await page.addInitScript(keepVerdicts);
  await openDoor();
  await page.locator('[data-running="true"]').waitFor();
  await dismiss(page);
  await page.evaluate(() => document.querySelector<HTMLElement>('[data-open="search"]')!.click());
  await page.locator('[data-panel="search"]').waitFor();
  await page.fill('#search-name', 'Mül');
  const before = await page.evaluate(() => window.verdicts.length);
  // Every ticket of the film goes by.
  await page.locator('video').evaluate(
    async (video: HTMLVideoElement, frames) => {
      for (let frame = 0; frame < frames; frame += 1)
        await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    },
    3 * (SHOWN + HIDDEN),
  );
  expect(await page.inputValue('#search-name')).toBe('Mül');
  expect(await page.evaluate(() => window.verdicts.length)).toBe(before);
  await closePanel(page);
  await page.waitForFunction((before) => window.verdicts.length > before, before);
});

test('a reader that does not load is shown, and typing goes on', async () => {
  await context.route('**/*.wasm', (route) => route.abort());
  await openDoor();
  await page.getByRole('alert').filter({ hasText: 'QR-Leser' }).waitFor();
  expect(await scanTyped(page, site.events[0]!.ticketTexts[4]!)).toBe('admitted');
  await context.unroute('**/*.wasm');
  await page.locator('[data-verdict]').click();
  await page.getByRole('alert').getByRole('button').click();
  await page.locator('[data-running="true"]').waitFor();
});

test('without a camera a photograph is read', async () => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
  });
  await openDoor();
  await page.getByRole('alert').filter({ hasText: 'keine Kamera' }).waitFor();
  await page
    .getByTestId('photo')
    .setInputFiles(await photoOf(heldTicket(1, { text: site.events[0]!.ticketTexts[5]!, blur: 1.9 })));
  await page.locator('[data-verdict="admitted"]').waitFor();
  await page.locator('[data-verdict]').click();
  await page.getByTestId('photo').setInputFiles(await photoOf(null));
  await page.locator('[data-photo="nothing"]').waitFor();
});

test('a hidden tab lets go of the camera and takes it up again', async () => {
  await openDoor();
  await page.locator('[data-running="true"]').waitFor();
  await setVisibility('hidden');
  await page.locator('[data-running="false"]').waitFor();
  await page.locator('video').waitFor({ state: 'detached' });
  await setVisibility('visible');
  await page.locator('[data-running="true"] video').waitFor();
});

async function openDoor(): Promise<void> {
  await pairTablet(page, server.url, await site.pairingCode(site.events[0]!));
  await takeDoor(page);
}

/** Keeps the word and the text of every verdict that the page has shown. */
function keepVerdicts(): void {
  window.verdicts = [];
  new MutationObserver(() => {
    const shown = document.querySelector<HTMLElement>('[data-verdict]');
    const verdict = shown && `${shown.dataset.verdict} ${shown.textContent}`;
    if (verdict && window.verdicts.at(-1) !== verdict) window.verdicts.push(verdict);
  }).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
}

/** Each ticket in a hand that moves, then nothing for a moment; over and over. */
function writeTickets(file: string, texts: string[]): void {
  const handle = openSync(file, 'w');
  const colourless = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const append = (luma: Uint8Array) => {
    for (const part of [Buffer.from('FRAME\n'), luma, colourless]) writeSync(handle, part);
  };
  writeSync(handle, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  for (const [i, text] of texts.entries()) {
    const scene = heldTicket(i + 1, { text });
    const drawn = drawPage(scene);
    for (let frame = 0; frame < SHOWN; frame += 1)
      append(takePicture(scene, drawMoment(scene, frame), drawn));
    for (let frame = 0; frame < HIDDEN; frame += 1) append(new Uint8Array(WIDTH * HEIGHT).fill(140));
  }
  closeSync(handle);
}

/** A photograph of a held ticket, or of nothing. */
async function photoOf(scene: Scene | null) {
  const grey = scene ? frameOf(scene).data : new Uint8Array(WIDTH * HEIGHT).fill(140);
  const url = await page.evaluate(
    async ({ base64, width, height }) => {
      const grey = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const image = new ImageData(width, height);
      grey.forEach((value, i) => image.data.set([value, value, value, 255], 4 * i));
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      canvas.getContext('2d')!.putImageData(image, 0, 0);
      return canvas.toDataURL('image/png');
    },
    { base64: Buffer.from(grey).toString('base64'), width: WIDTH, height: HEIGHT },
  );
  return { name: 'ticket.png', mimeType: 'image/png', buffer: Buffer.from(url.split(',')[1]!, 'base64') };
}

function setVisibility(state: DocumentVisibilityState): Promise<void> {
  return page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}
