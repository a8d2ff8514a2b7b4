import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { SECOND } from '../../src/lib/domain/time.ts';
import { freePort, startServer, type RunningServer } from '../e2e/support.ts';
import { signUp } from './live.ts';
import { openFilesLimit, residentSize } from './processes.ts';
import { percentiles, type Row } from './report.ts';
import type { SeededEvent, Site } from './seed.ts';
import { SimulatedTablet } from './simulated-tablet.ts';
import { StreamCrowd } from './stream-crowd.ts';

/** How many events the tablets' streams are spread over. */
export const FANOUT_EVENTS = 200;
/** Until the server has answered who opened the streams, and rests, in milliseconds. */
const SETTLE = 2 * SECOND;

export interface FanoutSize {
  streams: number;
  scans: number;
  /** From one scan to the next, in milliseconds. */
  pace: number;
}

/** One way of being told, and what tells it. */
interface Audience {
  name: string;
  requests: string[];
  /** Scans once more, and says by which mark its message is known. */
  mark: (round: number) => string;
  scan: () => Promise<unknown>;
  /** What one message is, with the mark of the round in it. */
  message: (round: number) => string;
}

/**
 * How long until a scan is on every one of thousands of open streams, beside a bare server that only writes the same
 * bytes. Both have the same listeners, in two processes of their own, on this machine.
 *
 * @param site - with `FANOUT_EVENTS` events
 */
export async function benchFanout(site: Site, size: FanoutSize): Promise<Row[]> {
  // Besides them: the database, the tablets, the libraries.
  const needed = size.streams + 500;
  if (openFilesLimit() < needed) {
    console.error(
      `fanout to ${size.streams} streams is left out: a process may open ${openFilesLimit()} files here, and ${needed} are needed (ulimit -n ${needed}).`,
    );
    return [];
  }
  const rows: Row[] = [];
  for (const audienceOf of [livePages, tabletNews]) {
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}`;
    const environment = { ...site.environment, PORT: port, ORIGIN: url, EINLASS_LOG_LEVEL: 'error' };
    const server = await startServer({ ...environment, EINLASS_WELCOME: '1' });
    try {
      const audience = await audienceOf(site, server, url, size.streams);
      const bare = await benchBare(audience, size);
      const own = await listen(audience, size, Number(port), server.process.pid!, () => audience.scan());
      rows.push(...rowsOf(audience.name, size, own, bare));
    } finally {
      await server.stop();
    }
  }
  return rows;
}

/** Live pages of one event; each scan raises the headcount by one. */
async function livePages(site: Site, server: RunningServer, url: string, streams: number): Promise<Audience> {
  const event = site.events[0]!;
  const tablet = await pairFor(site, event, url);
  const cookie = await cookieOf(site, server, url);
  const path = `/api/office/v1/events/${event.id}/live`;
  const readView = async () => (await fetch(url + path, { headers: { cookie } })).text();
  const view = await readView();
  const first = Number(/"total":(\d+)/.exec(view)![1]);
  const mark = (round: number) => `"total":${first + round},`;
  return {
    name: 'live pages of one event',
    requests: Array<string>(streams).fill(requestOf(path, `cookie: ${cookie}`)),
    mark,
    scan: () => tablet.handIn(1),
    message: (round) => `data: ${view.replace(/"total":\d+,/, mark(round))}\n\n`,
  };
}

/** Tablets, the same number at each event; a round is one scan at each event, all at once. */
async function tabletNews(
  site: Site,
  _server: RunningServer,
  url: string,
  streams: number,
): Promise<Audience> {
  const tablets: SimulatedTablet[] = [];
  for (const event of site.events) tablets.push(await pairFor(site, event, url));
  const requests = Array.from({ length: streams }, (_, i) =>
    requestOf('/api/door/v1/news', `authorization: Bearer ${tablets[i % tablets.length]!.token}`),
  );
  return {
    name: `tablets at ${site.events.length} events, a scan at each`,
    requests,
    mark: () => 'data: news\n',
    scan: () => Promise.all(tablets.map((tablet) => tablet.handIn(1))),
    message: () => 'data: news\n\n',
  };
}

/** How many guests have come to an event. */
const guests = new WeakMap<SeededEvent, number>();

/** A tablet at which a new guest comes with each scan. */
async function pairFor(site: Site, event: SeededEvent, url: string): Promise<SimulatedTablet> {
  const tablet = await SimulatedTablet.pair(site, event, url, () => {
    const came = guests.get(event) ?? 0;
    guests.set(event, came + 1);
    return { ticketId: event.ticketIds[came]!, checkpoint: 'hall-door', direction: 'entry' };
  });
  await tablet.catchUp();
  return tablet;
}

const cookies = new WeakMap<Site, string>();

async function cookieOf(site: Site, server: RunningServer, url: string): Promise<string> {
  const cookie = cookies.get(site) ?? (await signUp(server, url));
  cookies.set(site, cookie);
  return cookie;
}

function requestOf(path: string, header: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n${header}\r\n\r\n`;
}

async function benchBare(audience: Audience, size: FanoutSize): Promise<Heard> {
  const bare = fork('tests/bench/bare-streams.ts');
  try {
    const [port] = (await once(bare, 'message')) as [number];
    return await listen(audience, size, port, bare.pid!, (round) =>
      fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: audience.message(round) }),
    );
  } finally {
    bare.kill();
  }
}

interface Heard {
  /** From sending a scan until a stream had it, for all streams and scans, in milliseconds. */
  delays: number[];
  missing: number;
  /** Of the server's memory, for each open stream, in kB. */
  memory: number;
}

async function listen(
  { requests, mark }: Audience,
  { scans, pace }: FanoutSize,
  port: number,
  pid: number,
  send: (round: number) => Promise<unknown>,
): Promise<Heard> {
  const crowd = new StreamCrowd();
  try {
    const before = residentSize(pid);
    await crowd.open(port, requests);
    await setTimeout(SETTLE);
    const memory = (residentSize(pid) - before) / requests.length;
    const delays: number[] = [];
    let missing = 0;
    for (let round = 1; round <= scans; round += 1) {
      const next = setTimeout(pace);
      let start = 0;
      const { times, ended } = await crowd.await(mark(round), () => {
        start = Date.now();
        return send(round);
      });
      if (ended > 0) throw new Error(`${ended} streams have ended`);
      delays.push(...times.map((time) => time - start));
      missing += requests.length - times.length;
      await next;
    }
    return { delays, missing, memory };
  } finally {
    crowd.close();
  }
}

function rowsOf(who: string, { streams, scans }: FanoutSize, own: Heard, bare: Heard): Row[] {
  const name = `scan sent → on ${streams.toLocaleString('en')} open streams, ${who}, ${scans} scans`;
  const what = 'a bare server that writes the same bytes';
  const figures = ({ delays }: Heard) => {
    const { p50, p95 } = percentiles(delays);
    return { p50, p95, 'the last': delays.reduce((a, b) => Math.max(a, b), 0) };
  };
  const [measured, peer] = [figures(own), figures(bare)];
  const rows = (['p50', 'p95', 'the last'] as const).map((which): Row => ({
    part: 'fanout',
    name: `${name}: ${which}`,
    figure: measured[which],
    unit: 'ms',
    ...(which === 'p95' && { aim: SECOND }),
    beside: { what, figure: peer[which] },
  }));
  rows.push({ part: 'fanout', name: `${name}: never came`, figure: own.missing, unit: 'wrong', aim: 0 });
  // Less than nothing: what the runtime gave back meanwhile hides what the streams take.
  if (own.memory > 0)
    rows.push({
      part: 'fanout',
      name: `the server’s memory for each of ${streams.toLocaleString('en')} open streams, ${who}`,
      figure: own.memory,
      unit: 'kB',
      beside: { what, figure: bare.memory },
    });
  return rows;
}
