import { describe, expect, test } from 'vitest';
import {
  probeCamera,
  probeDecoder,
  probeOfflineStart,
  probeStorage,
  type CameraParts,
} from '../../../src/lib/door/readiness/probes.ts';

const video = {} as HTMLVideoElement;
const never = new Promise<never>(() => undefined);
/** Long enough for what answers at once. */
const SHORT = 20;

describe('the camera', () => {
  let closed: number;
  function camera(parts: Partial<CameraParts>): CameraParts {
    closed = 0;
    return {
      openVideo: () => null,
      open: async () => ({ kind: 'open', video, close: async () => void (closed += 1) }),
      nextPicture: async () => undefined,
      ...parts,
    };
  }

  test('is good when it opens and shows a picture; then it is let go', async () => {
    expect(await probeCamera(camera({}))).toEqual({ level: 'good' });
    expect(closed).toBe(1);
  });
  test('that is open already is not opened a second time', async () => {
    const open = () => Promise.reject(new Error('opened twice'));
    expect(await probeCamera(camera({ openVideo: () => video, open }))).toEqual({ level: 'good' });
  });
  test('that the staff have forbidden is said to be', async () => {
    const open = async () => ({ kind: 'trouble', trouble: 'not_allowed' }) as const;
    expect(await probeCamera(camera({ open }))).toEqual({ level: 'bad', trouble: 'camera_not_allowed' });
  });
  test('that opens but shows nothing is bad, and let go', async () => {
    expect(await probeCamera(camera({ nextPicture: () => never }), SHORT)).toEqual({
      level: 'bad',
      trouble: 'camera_dark',
    });
    expect(closed).toBe(1);
  });
});

describe('the reader of codes', () => {
  const reader = (works: Promise<boolean>) => () => ({ works, close: () => undefined });
  test.each([
    ['works', Promise.resolve(true), { level: 'good' }],
    ['doesn’t work', Promise.resolve(false), { level: 'bad', trouble: 'decoder' }],
    ['never answers', never, { level: 'bad', trouble: 'decoder' }],
  ])('that %s', async (_, works, expected) => {
    expect(await probeDecoder(reader(works), SHORT)).toEqual(expected);
  });
});

describe('the storage', () => {
  const clock = (...times: number[]) => {
    return () => times.shift() ?? 0;
  };
  test.each([
    ['writes', async () => undefined, clock(0, 5), { level: 'good' }],
    ['is slow', async () => undefined, clock(0, 1500), { level: 'warn', trouble: 'storage_slow' }],
    [
      'refuses',
      () => Promise.reject(new Error('quota')),
      clock(0, 5),
      { level: 'bad', trouble: 'storage_failed' },
    ],
    ['hangs', () => never, clock(0, 5), { level: 'bad', trouble: 'storage_failed' }],
  ])('that %s', async (_, write, time, expected) => {
    expect(await probeStorage(write, time, SHORT)).toEqual(expected);
  });
});

describe('the start without network', () => {
  test.each([
    ['has everything', async () => 0, { level: 'good' }],
    ['lacks a file', async () => 1, { level: 'bad', trouble: 'not_offline' }],
    ['has no service worker', async () => null, { level: 'bad', trouble: 'not_offline' }],
    ['never answers', () => never, { level: 'bad', trouble: 'not_offline' }],
  ])('that %s', async (_, ask, expected) => {
    expect(await probeOfflineStart(ask, SHORT)).toEqual(expected);
  });
});
