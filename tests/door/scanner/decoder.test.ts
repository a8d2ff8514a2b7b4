import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  Decoder,
  type DecoderReply,
  type DecoderRequest,
  type Frame,
} from '../../../src/lib/door/scanner/decoder.ts';

/** A worker whose answers the test gives. */
class FakeWorker {
  static all: FakeWorker[] = [];
  onmessage: ((event: { data: DecoderReply }) => void) | null = null;
  onerror: (() => void) | null = null;
  asked: DecoderRequest[] = [];
  ended = false;

  constructor() {
    FakeWorker.all.push(this);
  }

  postMessage(request: DecoderRequest): void {
    this.asked.push(request);
    if (request.kind === 'load') this.answer({ kind: 'ready' });
  }

  answer(data: DecoderReply): void {
    this.onmessage?.({ data });
  }

  terminate(): void {
    this.ended = true;
  }
}

const FRAME = {} as Frame;
const latest = () => FakeWorker.all.at(-1)!;

beforeEach(() => {
  FakeWorker.all = [];
  vi.stubGlobal('Worker', FakeWorker);
  vi.stubGlobal('location', new URL('https://einlass.example.org/door'));
  vi.useFakeTimers();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Reads so many frames without a code in them. */
async function readEmptyFrames(decoder: Decoder, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const reading = decoder.read(FRAME);
    await vi.advanceTimersByTimeAsync(0);
    latest().answer({ kind: 'read', text: null });
    expect(await reading).toBeNull();
  }
}

describe("the scanner's reader", () => {
  test('works once it has read its sample', async () => {
    expect(await new Decoder().works).toBe(true);
  });

  test('does not work when it could not, and nothing is asked of it in vain', async () => {
    vi.spyOn(FakeWorker.prototype, 'postMessage').mockImplementationOnce(function (this: FakeWorker) {
      this.answer({ kind: 'failed' });
    });
    expect(await new Decoder().works).toBe(false);
  });

  test('is asked one thing at a time: a photograph waits for the frame that is being read', async () => {
    const decoder = new Decoder();
    await decoder.works;
    const frame = decoder.read(FRAME);
    const photo = decoder.readStill({} as ImageBitmap);
    await vi.advanceTimersByTimeAsync(0);
    expect(latest().asked.map(({ kind }) => kind)).toEqual(['load', 'read']);
    latest().answer({ kind: 'read', text: 'frame' });
    expect(await frame).toBe('frame');
    await vi.advanceTimersByTimeAsync(0);
    latest().answer({ kind: 'read', text: 'photo' });
    expect(await photo).toBe('photo');
  });

  test('is replaced when it dies after it has worked, and reads on', async () => {
    const broken = vi.fn();
    const decoder = new Decoder(broken);
    await decoder.works;
    await readEmptyFrames(decoder, 50);
    const reading = decoder.read(FRAME);
    await vi.advanceTimersByTimeAsync(0);
    latest().onerror?.();
    expect(await reading).toBeNull();
    expect(FakeWorker.all).toHaveLength(2);
    await readEmptyFrames(decoder, 1);
    expect(broken).not.toHaveBeenCalled();
  });

  test('is replaced when it hangs', async () => {
    const decoder = new Decoder();
    await decoder.works;
    await readEmptyFrames(decoder, 50);
    const reading = decoder.read(FRAME);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await reading).toBeNull();
    expect(FakeWorker.all[0]!.ended).toBe(true);
    await readEmptyFrames(decoder, 1);
  });

  test('is broken when it dies again at once, and that is told once', async () => {
    const broken = vi.fn();
    const decoder = new Decoder(broken);
    await decoder.works;
    await readEmptyFrames(decoder, 50);
    for (let death = 0; death < 2; death += 1) {
      const reading = decoder.read(FRAME);
      await vi.advanceTimersByTimeAsync(0);
      latest().onerror?.();
      expect(await reading).toBeNull();
    }
    expect(broken).toHaveBeenCalledOnce();
    expect(await decoder.read(FRAME)).toBeNull();
    expect(FakeWorker.all).toHaveLength(2);
  });

  test('is broken when it lives but fails on frame after frame, of either kind', async () => {
    const broken = vi.fn();
    vi.stubGlobal('VideoFrame', function VideoFrame() {});
    const decoder = new Decoder(broken);
    expect(decoder.takesVideoFrames).toBe(true);
    await decoder.works;
    for (let i = 0; i < 20; i += 1) {
      const reading = decoder.read(FRAME);
      await vi.advanceTimersByTimeAsync(0);
      latest().answer({ kind: 'failed' });
      await reading;
      expect(decoder.takesVideoFrames).toBe(false);
    }
    expect(broken).toHaveBeenCalledOnce();
  });
});
