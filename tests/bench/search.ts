import { startServer } from '../e2e/support.ts';
import type { Row } from './report.ts';
import { nameOf, type Site } from './seed.ts';
import { pairByForm, startTablet, takeDoor } from './tablet.ts';

/** How many guests are looked for. */
const GUESTS = 40;
/** The aim for the first hits, in milliseconds. */
const AIM = 50;

/** How long a volunteer waits for the first hits while typing a name, in the app's own panel. */
export async function benchSearch(site: Site): Promise<Row[]> {
  const [event] = site.events;
  const roster = event!.ticketTexts.length;
  const server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  const tablet = await startTablet();
  try {
    const { page } = tablet;
    await pairByForm(tablet, server.url, await site.pairingCode(event!));
    await takeDoor(tablet);
    await page.evaluate(() => {
      const blocks: number[] = [];
      Object.assign(window, { blocks });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) blocks.push(entry.duration);
      }).observe({ entryTypes: ['longtask'] });
    });
    await page.getByTestId('menu').click();
    const opened = performance.now();
    await page.locator('[data-open=search]').click();
    await page.locator('#search-name[data-ready=true]').waitFor({ timeout: 60_000 });
    const indexing = performance.now() - opened;
    const longest = await page.evaluate(() =>
      Math.max(0, ...(window as unknown as { blocks: number[] }).blocks),
    );
    const step = Math.floor(roster / GUESTS);
    const queries = Array.from({ length: GUESTS }, (_, i) => nameOf(i * step)).flatMap(keystrokes);
    const times = await page.evaluate(async (queries) => {
      const input = document.querySelector<HTMLInputElement>('#search-name')!;
      const times: number[] = [];
      for (const query of queries) {
        const start = performance.now();
        input.value = query;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        // The hits are in the page once what the keystroke set off has run.
        await new Promise((resolve) => queueMicrotask(() => resolve(null)));
        document.querySelector('[data-testid=hits]')!.getBoundingClientRect();
        times.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve));
      }
      return times;
    }, queries);
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
    const name = `from a keystroke to the hits among ${roster.toLocaleString('en')}`;
    const beside = { what: 'looking through every name', figure: linearScan(roster, queries) };
    return [
      { part: 'search', name: `${name}, median`, figure: at(0.5), unit: 'ms', beside },
      { part: 'search', name: `${name}, p95`, figure: at(0.95), unit: 'ms', aim: AIM },
      { part: 'search', name: 'making the index, once', figure: indexing / 1_000, unit: 's' },
      { part: 'search', name: 'longest task while the index is made', figure: longest, unit: 'ms', aim: AIM },
    ];
  } finally {
    await tablet.close();
    await server.stop();
  }
}

/** What stands in the field while somebody types a name, from the second letter on; every third with a mistake. */
function keystrokes(name: string, i: number): string[] {
  const typed = i % 3 === 0 ? name.slice(0, 3) + name.slice(4) : name;
  return Array.from({ length: typed.length - 1 }, (_, length) => typed.slice(0, length + 2));
}

/** The plain way, which forgives nothing: median for one query, in milliseconds. */
function linearScan(roster: number, queries: string[]): number {
  const names = Array.from({ length: roster }, (_, i) => nameOf(i).toLowerCase());
  const times = queries.map((query) => {
    const start = performance.now();
    const wanted = query.toLowerCase();
    names.filter((name) => name.includes(wanted)).slice(0, 20);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}
