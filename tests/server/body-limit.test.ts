import { describe, expect, test } from 'vitest';
import { limitBody, MOST_BODY_BYTES } from '../../src/lib/server/body-limit.ts';

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
  test('that says it is too large is not read', () => {
    expect(limitBody(told(MOST_BODY_BYTES + 1), '/office/[event]')).toBeNull();
    expect(limitBody(told(MOST_BODY_BYTES + 1), null)).toBeNull();
    expect(limitBody(told(MOST_BODY_BYTES), '/office/[event]')).not.toBeNull();
  });

  test('that turns out to be too large breaks off', async () => {
    await expect(limitBody(streamed(MOST_BODY_BYTES + 1), null)!.arrayBuffer()).rejects.toThrow();
    expect((await limitBody(streamed(MOST_BODY_BYTES), null)!.arrayBuffer()).byteLength).toBe(
      MOST_BODY_BYTES,
    );
  });

  test('may be larger where a table of registrations comes in', async () => {
    expect(limitBody(told(MOST_BODY_BYTES + 1), IMPORT)).not.toBeNull();
    const large = MOST_BODY_BYTES * 2;
    expect((await limitBody(streamed(large), IMPORT)!.arrayBuffer()).byteLength).toBe(large);
  });

  test('that is not there is none', () => {
    const request = new Request('http://localhost/');
    expect(limitBody(request, null)).toBe(request);
  });
});
