import { describe, expect, test } from 'vitest';
import { limitBody, MOST_BODY_BYTES, saysTooLarge } from '../../src/lib/server/body-limit.ts';

const IMPORT = '/office/[event]/import-registrations';

/** A body whose length nobody tells. */
function streamed(bytes: number): Request {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(bytes));
      controller.close();
    },
  });
  return new Request('http://localhost/', { method: 'POST', body, duplex: 'half' } as RequestInit);
}

function told(bytes: number): Request {
  const headers = { 'content-length': String(bytes) };
  return new Request('http://localhost/', { method: 'POST', headers, body: 'x' });
}

describe('a body', () => {
  test('that says it is too large is known for it, and cannot be read', async () => {
    const large = () => told(MOST_BODY_BYTES + 1);
    for (const route of ['/office/[event]', null]) {
      expect(saysTooLarge(large(), route)).toBe(true);
      await expect(limitBody(large(), route).arrayBuffer()).rejects.toThrow();
    }
    expect(saysTooLarge(told(MOST_BODY_BYTES), null)).toBe(false);
    expect(await limitBody(told(MOST_BODY_BYTES), null).text()).toBe('x');
  });

  test('that nobody may read runs out, so that the next request finds its connection free', async () => {
    const request = told(MOST_BODY_BYTES + 1);
    const { body } = request;
    limitBody(request, null);
    await expect.poll(() => body!.locked && request.bodyUsed).toBe(true);
  });

  test('that turns out to be too large breaks off', async () => {
    await expect(limitBody(streamed(MOST_BODY_BYTES + 1), null).arrayBuffer()).rejects.toThrow();
    expect((await limitBody(streamed(MOST_BODY_BYTES), null).arrayBuffer()).byteLength).toBe(MOST_BODY_BYTES);
  });

  test('may be larger where a table of registrations comes in', async () => {
    expect(saysTooLarge(told(MOST_BODY_BYTES + 1), IMPORT)).toBe(false);
    const large = MOST_BODY_BYTES * 2;
    expect((await limitBody(streamed(large), IMPORT).arrayBuffer()).byteLength).toBe(large);
  });

  test('that is not there is none', () => {
    const request = new Request('http://localhost/');
    expect(limitBody(request, null)).toBe(request);
  });
});
