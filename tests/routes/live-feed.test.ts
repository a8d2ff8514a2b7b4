import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LiveView } from '../../src/lib/domain/live-view.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { LiveFeed, type FeedStatus } from '../../src/routes/office/[event]/live-feed.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

function viewOf(total: number): LiveView {
  return {
    at: millis(1_700_000_000_000),
    build: '1',
    total,
    arrivals: { from: millis(1_700_000_000_000), step: 300_000, counts: [] },
    registered: 0,
    rooms: [],
    devices: [],
    conflicts: [],
    conflictCount: 0,
    anomalyCount: 0,
    anomalies: [],
  };
}

class Stream {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  closed = false;

  close() {
    this.closed = true;
  }

  send(body: unknown) {
    this.onmessage?.(
      new MessageEvent('message', { data: typeof body === 'string' ? body : JSON.stringify(body) }),
    );
  }

  fail() {
    this.onerror?.(new Event('error'));
  }
}

/** A page that watches, and a server that answers as it is told. */
function watch() {
  const streams: Stream[] = [];
  const totals: number[] = [];
  const statuses: FeedStatus[] = [];
  const server = { answer: () => Promise.resolve(Response.json(viewOf(0))) };
  const fetch = vi.fn(() => server.answer());
  const feed = new LiveFeed(
    '/live',
    { view: ({ total }) => totals.push(total), status: (status) => statuses.push(status) },
    {
      openStream: () => {
        streams.push(new Stream());
        return streams.at(-1)!;
      },
      fetch,
      random: () => 1,
    },
  );
  return { feed, streams, totals, statuses, server, fetch, stream: () => streams.at(-1)! };
}

const offline = () => Promise.reject(new TypeError('no network'));
const status = (code: number) => () => Promise.resolve(new Response(null, { status: code }));

describe('the feed of the live page', () => {
  test('is live once it has brought a view', () => {
    const { stream, totals, statuses } = watch();
    expect(statuses).toEqual([]);
    stream().send(viewOf(1));
    stream().send(viewOf(2));
    expect(totals).toEqual([1, 2]);
    expect(statuses.at(-1)).toBe('live');
  });

  test('comes back from a short break without a word', async () => {
    const { streams, stream, statuses, totals, server } = watch();
    stream().send(viewOf(1));
    server.answer = () => Promise.resolve(Response.json(viewOf(2)));
    stream().fail();
    await pass(500);
    expect(streams).toHaveLength(2);
    expect(streams[0]!.closed).toBe(true);
    stream().send(viewOf(3));
    expect(totals).toEqual([1, 2, 3]);
    expect(new Set(statuses)).toEqual(new Set(['live']));
  });

  test('says that it is lost, tries ever more rarely, and is live again by itself', async () => {
    const { stream, statuses, server, fetch } = watch();
    stream().send(viewOf(1));
    server.answer = offline;
    stream().fail();
    await pass(500);
    expect(statuses.at(-1)).toBe('lost');
    await pass(60_000);
    expect(fetch.mock.calls.length).toBeGreaterThan(5);
    expect(fetch.mock.calls.length).toBeLessThan(12);
    server.answer = () => Promise.resolve(Response.json(viewOf(2)));
    await pass(15_000);
    stream().send(viewOf(2));
    expect(statuses.at(-1)).toBe('live');
  });

  test('tries again after a broken server as after a broken network', async () => {
    const { stream, statuses, server, streams } = watch();
    server.answer = status(500);
    stream().fail();
    await pass(500);
    expect(statuses).toEqual(['lost']);
    server.answer = () => Promise.resolve(Response.json(viewOf(2)));
    await pass(1_000);
    expect(streams).toHaveLength(2);
  });

  test('does not wait for an answer that never comes', async () => {
    const { stream, statuses, server } = watch();
    stream().send(viewOf(1));
    server.answer = vi.fn(
      (_url: string, init: RequestInit) =>
        new Promise<Response>((_, reject) =>
          init.signal!.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
        ),
    ) as never;
    stream().fail();
    await pass(10_000);
    expect(statuses.at(-1)).toBe('lost');
  });

  test('notices a connection that is dead without saying so', async () => {
    const { stream, streams, fetch } = watch();
    stream().send(viewOf(1));
    await pass(24_000);
    expect(fetch).not.toHaveBeenCalled();
    await pass(2_000);
    expect(streams[0]!.closed).toBe(true);
    expect(streams).toHaveLength(2);
  });

  test('ends when the right to look is taken away, which is no matter of the network', async () => {
    const { stream, statuses, server, fetch } = watch();
    stream().send(viewOf(1));
    server.answer = status(403);
    stream().fail();
    await pass(60_000);
    expect(statuses.at(-1)).toBe('no_access');
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends when the session has ended', async () => {
    const { stream, statuses, server, fetch } = watch();
    stream().send(viewOf(1));
    server.answer = status(401);
    stream().fail();
    await pass(60_000);
    expect(statuses.at(-1)).toBe('signed_out');
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([['{"total":"many"}'], ['not JSON']])(
    'asks for a new page when the server sends %s',
    async (body) => {
      const { stream, statuses, totals } = watch();
      stream().send(body);
      expect(statuses).toEqual(['outdated']);
      expect(totals).toEqual([]);
      expect(stream().closed).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test('tries at once when the network is said to be back', async () => {
    const { feed, stream, server, fetch, streams } = watch();
    server.answer = offline;
    stream().fail();
    await pass(20_000);
    const tried = fetch.mock.calls.length;
    server.answer = () => Promise.resolve(Response.json(viewOf(2)));
    feed.hurry();
    feed.hurry();
    await pass(0);
    expect(fetch.mock.calls.length).toBe(tried + 1);
    expect(streams).toHaveLength(2);
  });

  test('leaves nothing behind when the page goes', async () => {
    const { feed, stream, statuses, server, streams } = watch();
    stream().send(viewOf(1));
    server.answer = offline;
    stream().fail();
    await pass(20_000);
    const said = statuses.length;
    feed.stop();
    await pass(60_000);
    expect(streams.every(({ closed }) => closed)).toBe(true);
    expect(statuses).toHaveLength(said);
    expect(vi.getTimerCount()).toBe(0);
  });
});
