import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { MINUTE, SECOND } from '../../src/lib/domain/time.ts';
import { freePort, startServer, type RunningServer } from '../e2e/support.ts';
import type { FromLivePages, SentScan, ToLivePages } from './live-pages.ts';
import { residentSize } from './processes.ts';
import { median, type Row } from './report.ts';
import type { SeededEvent, Site } from './seed.ts';
import { SimulatedTablet } from './simulated-tablet.ts';

const PAGES = 200;
const TABLETS = 4;
/** Of each tablet. */
const SCANS_PER_MINUTE = 60;
/** What the server's memory may grow by, in kB: the scans themselves, and what the runtime takes and gives back. */
const GROWTH = 32_000;

/** How many guests such a run lets in. @param minutes - how long it is */
export const liveGuests = (minutes: number): number => minutes * TABLETS * SCANS_PER_MINUTE + TABLETS;

/**
 * An evening with many live pages open: how long until a scan is on all of them, and whether the server's memory grows.
 * Server, tablets and pages share this machine, so the server has not all of it.
 *
 * @param site - with one event of `liveGuests` registrations
 * @param minutes - how long it runs
 */
export async function benchLive(site: Site, minutes: number): Promise<Row[]> {
  const event = site.events[0]!;
  const port = String(await freePort());
  const url = `http://localhost:${port}`;
  const environment = { PORT: port, ORIGIN: url, EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' };
  const server = await startServer({ ...environment, EINLASS_WELCOME: '1' });
  const pages = fork('tests/bench/live-pages.ts');
  try {
    const tablets = await Promise.all(
      Array.from({ length: TABLETS }, (_, i) => pairAtRoom(site, event, server.url, i)),
    );
    for (const { tablet } of tablets) await tablet.catchUp();
    await openPages(pages, {
      url: `${server.url}/api/office/v1/events/${event.id}/live`,
      cookie: await signUp(server, url),
      pages: PAGES,
      rooms: tablets.map(({ room }) => room),
    });
    const memory: number[] = [];
    const sampling = setInterval(() => memory.push(residentSize(server.process.pid!)), SECOND);
    const sent = (await Promise.all(tablets.map((tablet, i) => scanAway(tablet, i, minutes)))).flat();
    // What was sent last needs its second, too.
    await new Promise((resolve) => setTimeout(resolve, 2 * SECOND));
    clearInterval(sampling);
    for (const { tablet } of tablets) tablet.close();
    return rowsOf(await measure(pages, sent), memory, minutes);
  } finally {
    pages.kill();
    await server.stop();
  }
}

interface Watcher {
  tablet: SimulatedTablet;
  /** Nobody else's: so its headcount tells which of the tablet's scans a page has seen. */
  room: string;
}

async function pairAtRoom(site: Site, event: SeededEvent, url: string, i: number): Promise<Watcher> {
  const room = `w${i + 1}`;
  const tablet = await SimulatedTablet.pair(site, event, url, (seq) => ({
    ticketId: event.ticketIds[(seq - 1) * TABLETS + i]!,
    checkpoint: `${room}-door`,
    direction: 'entry',
  }));
  return { tablet, room };
}

/** Scans at an even pace, the tablets one after the other. */
async function scanAway({ tablet, room }: Watcher, i: number, minutes: number): Promise<SentScan[]> {
  const sent: SentScan[] = [];
  const pace = MINUTE / SCANS_PER_MINUTE;
  const start = performance.now() + (i * pace) / TABLETS;
  for (let n = 0; n < minutes * SCANS_PER_MINUTE; n += 1) {
    const due = start + n * pace;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    // Before it arrives: what is measured is more than what was promised.
    sent.push({ room, headcount: n + 1, time: Date.now() });
    await tablet.handIn(1);
  }
  return sent;
}

/** Makes the first organiser by the link that the server has printed. @returns the cookies */
export async function signUp(server: RunningServer, origin: string): Promise<string> {
  const link = /organiser +(\S+)/.exec(server.output())![1]!;
  const body = { name: 'Frank Mertens', email: 'office@example.org', password: 'vier lange Worte hier' };
  const answer = await fetch(link, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin, accept: 'text/html' },
    body: new URLSearchParams(body),
  });
  if (answer.status !== 303) throw new Error(`the organiser could not sign up: ${answer.status}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

async function openPages(
  pages: ChildProcess,
  order: (ToLivePages & { kind: 'open' })['order'],
): Promise<void> {
  await ask(pages, { kind: 'open', order });
}

async function measure(pages: ChildProcess, scans: SentScan[]) {
  const answer = await ask(pages, { kind: 'measure', scans });
  if (answer.kind !== 'measured') throw new Error(`the pages answered ${answer.kind}`);
  return answer;
}

/** @throws when the pages' process has ended, because one of its streams has */
async function ask(pages: ChildProcess, message: ToLivePages): Promise<FromLivePages> {
  const ended = once(pages, 'exit').then(() => {
    throw new Error('the process with the pages has ended');
  });
  const answered = once(pages, 'message').then(([answer]) => answer as FromLivePages);
  pages.send(message);
  ended.catch(() => undefined);
  return Promise.race([answered, ended]);
}

function rowsOf(
  { delays, messages, bytes, unseen }: FromLivePages & { kind: 'measured' },
  memory: number[],
  minutes: number,
): Row[] {
  const run = `${PAGES} pages, ${TABLETS} tablets at ${SCANS_PER_MINUTE} scans a minute, ${minutes} min`;
  const tenth = Math.max(1, Math.floor(memory.length / 10));
  // The first tenth is the runtime's own: it compiles, and finds out how much room it wants.
  const [early, late] = [median(memory.slice(tenth, 2 * tenth)), median(memory.slice(-tenth))];
  return [
    { part: 'live', name: `scan sent → on the page, p50, ${run}`, figure: delays.p50, unit: 'ms' },
    {
      part: 'live',
      name: `scan sent → on the page, p95, ${run}`,
      figure: delays.p95,
      unit: 'ms',
      aim: SECOND,
    },
    { part: 'live', name: `scan sent → on the page, p99, ${run}`, figure: delays.p99, unit: 'ms' },
    { part: 'live', name: 'scans that a page never showed', figure: unseen, unit: 'wrong', aim: 0 },
    { part: 'live', name: 'size of a view', figure: bytes / messages / 1_000, unit: 'kB' },
    {
      part: 'live',
      name: `server’s memory grown from its second tenth to its last, ${run}`,
      figure: late - early,
      unit: 'kB',
      aim: GROWTH,
      beside: { what: 'held in the second tenth', figure: early },
    },
  ];
}
