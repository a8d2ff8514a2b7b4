import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { BROWSER_ARGUMENTS, browserPath } from '../e2e/support.ts';
import { drawScene } from './frames/scene.ts';
import { percentiles, type Row } from './report.ts';
import { writeTicketFilm, type Film } from './scanner/film.ts';
import { longestTask } from './scanner/longest-task.ts';
import type { Reading, SceneReadings, ScannerBench } from './scanner/page.ts';
import { findPhotos } from './scanner/photos.ts';
import { serveBench } from './scanner/site.ts';

const SCENES = 600;
/** As many frames as the product reads while a ticket is held up for 0.7 seconds. */
const BURST = 8;
/** One call of zxing-cpp for each frame of the burst, for every so manyth ticket: a comparison, and slow. */
const BURST_SAMPLE = 6;
const FILM_TICKETS = 20;

declare const window: { bench: ScannerBench };

/** @param folders - with photographs */
export async function benchScanner(folders: string[]): Promise<Row[]> {
  const sets = folders.map((folder) => ({ folder, photos: findPhotos(folder) }));
  const all = sets.flatMap(({ photos }) => photos);
  const site = await serveBench(all.map(({ file }) => file));
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'einlass-bench-film-'));
  const film = writeTicketFilm(path.join(temporary, 'tickets.y4m'), FILM_TICKETS);
  const browser = await chromium.launch({
    executablePath: browserPath(),
    args: [
      ...BROWSER_ARGUMENTS,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film.file}`,
    ],
  });
  try {
    const page = await (await browser.newContext({ permissions: ['camera'] })).newPage();
    await page.goto(site.url);
    const watched = await longestTask(browser, page, () => watchFilm(page, film));
    const rows = await readScenes(page);
    for (const { folder, photos } of sets) {
      const from = all.indexOf(photos[0]!);
      rows.push(...(await readPhotos(page, path.basename(folder), photos, from)));
    }
    const { right, wrong } = watched.result;
    return [
      ...rows,
      row(`of ${FILM_TICKETS} tickets held up for 0.7 s each before the camera`, right, 'read'),
      row('wrong texts before the camera', wrong, 'wrong', 0),
      row('longest task of the main thread while scanning', watched.longest, 'ms', 50),
    ];
  } finally {
    await browser.close();
    site.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

function row(name: string, figure: number, unit: Row['unit'], aim?: number): Row {
  return { part: 'scanner', name, figure, unit, ...(aim !== undefined && { aim }) };
}

async function watchFilm(page: Page, film: Film): Promise<{ right: number; wrong: number }> {
  const texts = await page.evaluate((duration) => window.bench.watchCamera(duration), film.duration);
  const right = new Set(texts.filter((text) => film.texts.has(text)));
  return { right: right.size, wrong: texts.filter((text) => !film.texts.has(text)).length };
}

/** How often a way of reading was right and wrong, and how long its attempts took. */
class Tally {
  right = 0;
  wrong = 0;
  total = 0;
  readonly times: number[] = [];

  /** @param texts - any of which is right */
  add(reading: Reading, texts: string[]): void {
    this.total += 1;
    this.times.push(...reading.times);
    if (reading.text !== null && texts.includes(reading.text)) this.right += 1;
    else if (reading.text !== null) this.wrong += 1;
  }

  rows(what: string): Row[] {
    const { p50, p95 } = percentiles(this.times);
    return [
      row(`${what}: median of an attempt`, p50, 'ms'),
      row(`${what}: p95 of an attempt`, p95, 'ms'),
      row(`${what}: wrong texts`, this.wrong, 'wrong', 0),
    ];
  }
}

async function readScenes(page: Page): Promise<Row[]> {
  const works = await page.evaluate(() => window.bench.start());
  if (!works) throw new Error('the reader does not work in this browser');
  const [product, still, zxing, html5, burst] = Array.from({ length: 5 }, () => new Tally());
  for (let seed = 1; seed <= SCENES; seed += 1) {
    const readings: SceneReadings = await page.evaluate(
      ([scene, frames, sampled]) => window.bench.readScene(scene, frames, sampled),
      [seed, BURST, seed % BURST_SAMPLE === 0] as const,
    );
    const texts = [drawScene(seed).text];
    product!.add(readings.product, texts);
    still!.add(readings.still, texts);
    zxing!.add(readings.zxing, texts);
    html5!.add(readings.html5, texts);
    if (readings.zxingBurst) burst!.add(readings.zxingBurst, texts);
  }
  const beside = (tally: Tally, what: string) => ({ what, figure: tally.right });
  const sampled = `one zxing-cpp call for each of them, of ${burst!.total} tickets`;
  return [
    {
      ...row(`own way, of ${SCENES} held tickets, up to ${BURST} frames of each`, product!.right, 'read'),
      beside: beside(burst!, sampled),
    },
    { ...row(`own way, up to ${BURST} times the first frame`, still!.right, 'read') },
    { ...row('one zxing-cpp call on the first frame', zxing!.right, 'read') },
    { ...row('html5-qrcode by default on the first frame', html5!.right, 'read') },
    row('own way against one zxing-cpp call', product!.right / zxing!.right, '×', 1.5),
    row('own way against html5-qrcode', product!.right / html5!.right, '×', 4),
    ...product!.rows('own way'),
    ...still!.rows('own way, first frame only'),
    ...zxing!.rows('zxing-cpp'),
    ...html5!.rows('html5-qrcode'),
  ];
}

async function readPhotos(
  page: Page,
  name: string,
  photos: { text: string }[],
  from: number,
): Promise<Row[]> {
  const [product, zxing, html5] = [new Tally(), new Tally(), new Tally()];
  for (const [i, { text }] of photos.entries()) {
    const readings = await page.evaluate(([url, attempts]) => window.bench.readPhoto(url, attempts), [
      `/photo/${from + i}`,
      BURST,
    ] as const);
    const texts = readings.codes.includes(text) ? readings.codes : [text];
    product.add(readings.product, texts);
    zxing.add(readings.zxing, texts);
    html5.add(readings.html5, texts);
  }
  return [
    {
      ...row(`own way, of ${photos.length} photographs in ${name}`, product.right, 'read', zxing.right),
      beside: { what: 'zxing-cpp', figure: zxing.right },
    },
    row(`html5-qrcode by default, photographs in ${name}`, html5.right, 'read'),
    row(`own way, photographs in ${name}: wrong texts`, product.wrong, 'wrong', 0),
    row(`zxing-cpp, photographs in ${name}: wrong texts`, zxing.wrong, 'wrong'),
  ];
}
