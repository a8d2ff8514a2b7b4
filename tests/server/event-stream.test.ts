import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { eventStream, type EventStreamOptions } from '../../src/lib/server/event-stream.ts';
import { News } from '../../src/lib/server/news.ts';

const eventId = '00000000000000aa' as EventId;
const otherId = '00000000000000bb' as EventId;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A stream whose messages count the changes made so far, read like a browser reads it. */
function listen(options: Partial<EventStreamOptions> = {}) {
  const news = new News();
  const subscribe = vi.spyOn(news, 'subscribe');
  const unsubscribed = vi.fn();
  subscribe.mockImplementation((id, onNews, onClose) => {
    const unsubscribe = News.prototype.subscribe.call(news, id, onNews, onClose);
    return () => {
      unsubscribed();
      unsubscribe();
    };
  });
  let changes = 0;
  const produce = vi.fn(async () => String(changes));
  const response = eventStream({ news, eventId, produce, ...options });
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  const received: string[] = [];
  const done = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      received.push(decoder.decode(value));
    }
  })();
  return {
    news,
    response,
    reader,
    received,
    produce,
    unsubscribed,
    done,
    change: (id = eventId) => {
      changes += 1;
      news.publish(id);
    },
    messages: () => received.filter((text) => text.startsWith('data: ')),
  };
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('a stream of an event', () => {
  test('begins with a message at once', async () => {
    const { messages } = listen();
    await pass(0);
    expect(messages()).toEqual(['data: 0\n\n']);
  });

  test('is kept by nobody on the way', () => {
    const { headers } = listen().response;
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-accel-buffering')).toBe('no');
  });

  test('tells of a change at once when nothing was told lately', async () => {
    const { change, messages } = listen();
    await pass(1_000);
    change();
    await pass(0);
    expect(messages()).toEqual(['data: 0\n\n', 'data: 1\n\n']);
  });

  test('tells a burst of changes in few messages, and the last change always', async () => {
    const { change, messages } = listen();
    await pass(1_000);
    for (let i = 0; i < 100; i += 1) {
      change();
      await pass(10);
    }
    await pass(1_000);
    expect(messages().length).toBeLessThanOrEqual(3 + 1_000 / 150);
    expect(messages().at(-1)).toBe('data: 100\n\n');
  });

  test('does not miss a change that comes while a message is being made', async () => {
    let finish = (_: string) => {};
    const slow = vi.fn(() => new Promise<string>((resolve) => (finish = resolve)));
    const { change, messages } = listen({ produce: slow });
    await pass(0);
    change();
    finish('before');
    await pass(200);
    finish('after');
    await pass(0);
    expect(messages()).toEqual(['data: before\n\n', 'data: after\n\n']);
  });

  test('says nothing about another event', async () => {
    const { change, messages } = listen();
    await pass(1_000);
    change(otherId);
    await pass(1_000);
    expect(messages()).toHaveLength(1);
  });

  test('says nothing when there is nothing to say', async () => {
    const { change, messages } = listen({ produce: async () => null });
    await pass(1_000);
    change();
    await pass(1_000);
    expect(messages()).toEqual([]);
  });

  test('writes a text of several lines as one message', async () => {
    const { messages } = listen({ produce: async () => 'a\nb' });
    await pass(0);
    expect(messages()).toEqual(['data: a\ndata: b\n\n']);
  });

  test('shows every 15 seconds that it lives', async () => {
    const { received } = listen();
    await pass(46_000);
    expect(received.filter((text) => text.startsWith(':'))).toHaveLength(3);
  });

  test('is refreshed without news, where that is wanted', async () => {
    const { messages } = listen({ refresh: 10_000 });
    await pass(35_000);
    expect(messages()).toHaveLength(4);
  });

  test('makes no messages for a reader that takes none, and then only the newest', async () => {
    const news = new News();
    let changes = 0;
    const produce = vi.fn(async () => String(changes));
    const reader = eventStream({ news, eventId, produce }).body!.getReader();
    await pass(1_000);
    for (; changes < 50; changes += 1) {
      news.publish(eventId);
      await pass(1_000);
    }
    expect(produce.mock.calls.length).toBeLessThanOrEqual(2);
    const decoder = new TextDecoder();
    let last = '';
    for (let i = 0; i < 4; i += 1) {
      const read = reader.read();
      await pass(1_000);
      last = decoder.decode((await read).value);
      if (last === 'data: 50\n\n') break;
    }
    expect(last).toBe('data: 50\n\n');
  });
});

describe('a stream ends, and lets go of the news exactly once,', () => {
  test('when the reader goes', async () => {
    const { news, reader, unsubscribed, produce, change } = listen();
    await pass(0);
    expect(news.count(eventId)).toBe(1);
    await reader.cancel();
    news.close();
    expect(news.count(eventId)).toBe(0);
    expect(unsubscribed).toHaveBeenCalledTimes(1);
    change();
    await pass(60_000);
    expect(produce).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('when the server shuts down', async () => {
    const { news, done, unsubscribed } = listen();
    await pass(0);
    news.close();
    news.close();
    await done;
    expect(news.count(eventId)).toBe(0);
    expect(unsubscribed).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('when the server shuts down while a message is being made', async () => {
    let finish = (_: string) => {};
    const { news, done, unsubscribed } = listen({
      produce: () => new Promise((resolve) => (finish = resolve)),
    });
    await pass(0);
    news.close();
    finish('late');
    await pass(0);
    await done;
    expect(unsubscribed).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('when a message cannot be made', async () => {
    const onError = vi.fn();
    const { done, unsubscribed } = listen({ produce: () => Promise.reject(new Error('broken')), onError });
    await pass(0);
    await done;
    expect(onError).toHaveBeenCalledTimes(1);
    expect(unsubscribed).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('when the listener may no longer listen', async () => {
    let signedIn = true;
    const { change, messages, done, unsubscribed } = listen({ allowed: async () => signedIn });
    await pass(1_000);
    signedIn = false;
    change();
    await pass(0);
    await done;
    expect(messages()).toHaveLength(1);
    expect(unsubscribed).toHaveBeenCalledTimes(1);
  });
});
