import { expect, test } from 'vitest';
import type { DeviceId } from '../../../src/lib/domain/ids.ts';
import type { NearbyRequest, NearbyResponse } from '../../../src/lib/domain/nearby/post.ts';
import { ServerPost } from '../../../src/lib/door/nearby/server-post.ts';
import type { Answer } from '../../../src/lib/door/transport.ts';
import { deviceId } from '../../domain/support.ts';

const B = deviceId('b');

/** A server that answers what the test has it answer, and time that the test lets pass. */
function postWith(answers: (Answer<NearbyResponse> | null)[]) {
  const seen = {
    asked: [] as NearbyRequest[],
    signals: [] as string[],
    present: [] as (readonly DeviceId[])[],
    delays: [] as number[],
  };
  let next: () => void = () => undefined;
  const post = new ServerPost({
    ask(request) {
      seen.asked.push(request);
      const answer = answers.shift();
      return answer ? Promise.resolve(answer) : null;
    },
    onSignal: (signal) => seen.signals.push(signal),
    onPresent: (present) => seen.present.push(present),
    schedule(callback, delay) {
      seen.delays.push(delay);
      next = callback;
      return () => (next = () => undefined);
    },
  });
  const round = async () => {
    next();
    await new Promise(setImmediate);
  };
  return { post, seen, round };
}

const ok = (body: NearbyResponse): Answer<NearbyResponse> => ({ kind: 'ok', body, bytes: new Uint8Array() });

test('what is to be sent goes at once, and the answer is asked for soon', async () => {
  const answer = ok({ signals: [{ from: B, signal: 'BBBB' }], present: [B] });
  const nothing = Array.from({ length: 5 }, () => ok({ signals: [], present: [B] }));
  const { post, seen, round } = postWith([...nothing, answer, answer]);
  post.start();
  for (let i = 0; i < 5; i += 1) await round();
  post.send(B, 'AAAA');
  await round();
  expect(seen.asked.at(-1)).toEqual({ signals: [{ to: B, signal: 'AAAA' }] });
  expect(seen.signals).toEqual(['BBBB']);
  // Who has just been opened is called soon.
  expect(seen.delays).toEqual([2_000, 2_000, 2_000, 2_000, 10_000, 0, 2_000]);
});

test('without a server nobody is there, and it is asked more seldom', async () => {
  const { post, seen, round } = postWith([ok({ signals: [], present: [B] }), { kind: 'no_network' }]);
  post.start();
  await round();
  await round();
  expect(seen.present.at(-1)).toEqual([]);
  expect(seen.delays.at(-1)).toBe(20_000);
  post.close();
  const asked = seen.asked.length;
  await round();
  expect(seen.asked).toHaveLength(asked);
});
