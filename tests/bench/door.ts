import { startServer } from '../e2e/support.ts';
import { percentiles, type Row } from './report.ts';
import type { Site } from './seed.ts';
import { pairByForm, startTablet, takeDoor, throttle, THROTTLE, type BenchTablet } from './tablet.ts';

const SCANS = 200;
const WARM_UP = 10;
/** Between two guests, in milliseconds: far less than in any queue, so that the sync of the one meets the other. */
const PAUSE = 30;
/** Fewer scans are measured on a machine that needs longer for all of them, in milliseconds. */
const PATIENCE = 45_000;

/** From the decoded text to the verdict on the screen, the scan being on the tablet's disk. */
export async function benchDoor(site: Site): Promise<Row[]> {
  const [event] = site.events;
  const roster = event!.ticketTexts.length;
  const server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  const tablet = await startTablet();
  try {
    await pairByForm(tablet, server.url, await site.pairingCode(event!));
    await takeDoor(tablet);
    const texts = [...event!.ticketTexts];
    await scanAll(tablet, texts.splice(0, WARM_UP));
    const rows: Row[] = [];
    for (const rate of [1, THROTTLE]) {
      const factor = await throttle(tablet, rate);
      const scans = await scanAll(tablet, texts.splice(0, SCANS));
      const times = percentiles(scans);
      const bare = percentiles(await bareWrites(tablet, SCANS));
      const speed = rate === 1 ? 'no throttle' : `throttled ${factor.toFixed(1)}×`;
      const how = scans.length < SCANS ? `${speed}, only ${scans.length} scans` : speed;
      for (const percentile of ['p50', 'p95', 'p99'] as const) {
        const row: Row = {
          part: 'door',
          name: `text → durable verdict, roster of ${roster.toLocaleString('en')}, ${how}, ${percentile}`,
          figure: times[percentile],
          unit: 'ms',
          beside: { what: 'the bare durable write', figure: bare[percentile] },
        };
        if (percentile === 'p99') row.aim = rate === 1 ? 150 : 300;
        rows.push(row);
      }
    }
    return rows;
  } finally {
    await tablet.close();
    await server.stop();
  }
}

/** Types each text as a hand scanner would; measured in the page, until the frame with the verdict has been drawn. */
export async function scanAll({ page }: BenchTablet, texts: string[], pause = PAUSE): Promise<number[]> {
  const results = await page.evaluate(
    async ({ texts, pause, patience }) => {
      const input = document.querySelector<HTMLInputElement>('#typed')!;
      const verdict = () => document.querySelector<HTMLElement>('[data-verdict]');
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const until = (condition: () => boolean) =>
        new Promise<void>((resolve) => {
          const observer = new MutationObserver(() => {
            if (!condition()) return;
            observer.disconnect();
            resolve();
          });
          observer.observe(document.body, { childList: true, subtree: true });
        });
      const results: { time: number; word: string | undefined }[] = [];
      const end = performance.now() + patience;
      for (const text of texts) {
        if (performance.now() > end) break;
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        const shown = until(() => verdict() !== null);
        const start = performance.now();
        input.form!.requestSubmit();
        await shown;
        await frame();
        await frame();
        results.push({ time: performance.now() - start, word: verdict()?.dataset.verdict });
        const gone = until(() => verdict() === null);
        verdict()?.click();
        await gone;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
      return results;
    },
    { texts, pause, patience: PATIENCE },
  );
  const wrong = results.filter(({ word }) => word !== 'admitted');
  if (wrong.length > 0) throw new Error(`${wrong.length} scans were not admitted: ${wrong[0]!.word}`);
  return results.map(({ time }) => time);
}

/** What the browser alone takes to write such a record for good. */
async function bareWrites({ page }: BenchTablet, count: number): Promise<number[]> {
  return page.evaluate(async (count) => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('bench', 1);
      opening.onupgradeneeded = () => {
        const scans = opening.result.createObjectStore('scans', { keyPath: 'id' });
        scans.createIndex('deviceSeq', 'deviceSeq', { unique: true });
        scans.createIndex('waiting', 'waiting');
      };
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error!);
    });
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await new Promise<void>((resolve, reject) => {
        const transaction = db.transaction('scans', 'readwrite', { durability: 'strict' });
        transaction.objectStore('scans').add({
          id: crypto.randomUUID(),
          deviceId: crypto.randomUUID(),
          deviceSeq: i + 1,
          ticketId: crypto.randomUUID(),
          payloadHash: null,
          checkpointId: 'hall-door',
          direction: 'entry',
          deviceTime: Date.now(),
          clockOffset: 0,
          rosterCursor: `${crypto.randomUUID()}.50001`,
          verdictShown: 'admitted',
          override: null,
          undoes: null,
          waiting: 1,
        });
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error!);
      });
      times.push(performance.now() - start);
    }
    db.close();
    await new Promise((resolve) => (indexedDB.deleteDatabase('bench').onsuccess = resolve));
    return times;
  }, count);
}
