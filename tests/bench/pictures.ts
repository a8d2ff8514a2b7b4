import path from 'node:path';
import { chromium } from 'playwright-core';
import type { SignedRecord } from '../../src/lib/domain/signed-record.ts';
import { writeRecords } from '../../src/lib/door/pictures/message-bytes.ts';
import { anEvening } from '../domain/pictures/support.ts';
import { BROWSER_ARGUMENTS, browserPath } from '../e2e/support.ts';
import { servePage } from './page-site.ts';
import type { PictureBench, PictureResult } from './pictures/page.ts';
import { percentiles, type Row } from './report.ts';

const SCANS = 2_000;
/** Pictures a second, and the share of them that the camera does not get to see. */
const RATE = 15;
const LOST = 0.2;
/** Standard deviations, in pixels of a camera of 1,280 × 720. */
const BLUR: [number, number] = [1, 1.8];
/** Then it has failed, in milliseconds. */
const PATIENCE = 60_000;
/** What Decimen reports from phone to phone, on the best hardware of its time, in kB a second. */
const DECIMEN = 199;

declare const window: { pictures: PictureBench };

/** How long an evening's scans take from one tablet's screen through another's camera, with what both show and read. */
export async function benchPictures(): Promise<Row[]> {
  const evening = anEvening(SCANS);
  const site = await servePage(path.join(import.meta.dirname, 'pictures'));
  const browser = await chromium.launch({
    executablePath: browserPath(),
    // Two tablets that both believe that they are looked at.
    args: [
      ...BROWSER_ARGUMENTS,
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
  });
  try {
    const context = await browser.newContext();
    const [giver, taker] = [await context.newPage(), await context.newPage()];
    for (const page of [giver, taker]) await page.goto(site.url);
    const key = [...crypto.getRandomValues(new Uint8Array(32))];
    const common = { key, rate: RATE };
    await Promise.all([
      giver.evaluate((tablet) => window.pictures.start(tablet), {
        ...common,
        as: 'giver' as const,
        records: evening,
        air: { lost: LOST, blur: BLUR, seed: 1 },
      }),
      taker.evaluate((tablet) => window.pictures.start(tablet), {
        ...common,
        as: 'taker' as const,
        records: [],
        air: { lost: LOST, blur: BLUR, seed: 2 },
      }),
    ]);
    const finished = () => window.pictures.result().finishedAt !== null;
    await Promise.all(
      [giver, taker].map((page) => page.waitForFunction(finished, null, { timeout: PATIENCE })),
    );
    const took = await taker.evaluate(() => window.pictures.result());
    const gave = await giver.evaluate(() => window.pictures.result());
    const message = await writeRecords({ records: evening, makers: [], more: false }, true);
    return rowsOf(evening, message.length, took, gave);
  } finally {
    await browser.close();
    site.close();
  }
}

function rowsOf(sent: SignedRecord[], bytes: number, took: PictureResult, gave: PictureResult): Row[] {
  const row = (name: string, figure: number, unit: Row['unit'], aim?: number): Row => ({
    part: 'pictures',
    name,
    figure,
    unit,
    ...(aim !== undefined && { aim }),
  });
  const arrived = new Set(took.records.map((record) => JSON.stringify(record)));
  const missing = sent.filter((record) => !arrived.has(JSON.stringify(record))).length;
  const seconds = took.storedAt! / 1_000;
  const { p50, p95 } = percentiles(took.readings);
  const how = `${RATE} pictures a second, ${100 * LOST} % lost, blurred`;
  return [
    row(`${SCANS.toLocaleString('en')} signed scans, ${how}`, seconds, 's', 30),
    {
      ...row('what they are in bytes, packed, by that time', bytes / 1_000 / seconds, 'kB/s', 5),
      beside: { what: 'as Decimen reports it, phone to phone', figure: DECIMEN },
    },
    row('scans missing or altered, pictures refused', missing + took.status.refused, 'wrong', 0),
    row(
      'until both have what both had, and know it',
      Math.max(took.finishedAt!, gave.finishedAt!) / 1_000,
      's',
    ),
    row('pictures shown while they were taken', gave.status.shown / seconds, '/s'),
    row('one scan, packed', bytes / 1_000 / sent.length, 'kB'),
    row('reading a frame, median', p50, 'ms'),
    row('reading a frame, p95', p95, 'ms', 1_000 / RATE),
  ];
}
