import { describe, expect, test } from 'vitest';
import { certaintyOf } from '../../src/lib/domain/certainty.ts';
import { SILENCE, type LiveDevice } from '../../src/lib/domain/live-view.ts';
import { addMillis, HOUR, millis, MINUTE, SECOND } from '../../src/lib/domain/time.ts';
import { deviceId } from './support.ts';

const now = millis(1_700_000_000_000);
const ago = (span: number) => addMillis(now, -span);

let count = 0;
/** A tablet in use that has just been heard and holds nothing back. */
function tablet(change: Partial<LiveDevice> = {}): LiveDevice {
  return {
    id: deviceId(`tab${(count += 1)}`),
    name: 'Saal',
    pairedAt: ago(HOUR),
    revokedAt: null,
    lastContactAt: ago(SECOND),
    waiting: 0,
    clockOffset: 0,
    battery: null,
    version: 'test',
    lockAskedAt: null,
    lockToldAt: null,
    lockedSince: null,
    ...change,
  };
}

describe('the number is', () => {
  test.each([
    ['nothing that can be judged, without a tablet', [], 'nothing'],
    ['sure, when every tablet was heard and nothing waits', [tablet(), tablet()], 'sure'],
    [
      'sure up to the moment from which a tablet is silent',
      [tablet({ lastContactAt: ago(SILENCE) })],
      'sure',
    ],
    ['unsure from then on', [tablet(), tablet({ lastContactAt: ago(SILENCE + 1) })], 'unsure'],
    ['short of what is known to wait', [tablet(), tablet({ waiting: 3 })], 'missing'],
    [
      'unsure where a tablet is silent, although others only have scans waiting',
      [tablet({ waiting: 3 }), tablet({ lastContactAt: ago(HOUR) })],
      'unsure',
    ],
    ['sure of a tablet that was paired just now', [tablet({ lastContactAt: null, pairedAt: now })], 'sure'],
    ['unsure of one that was never heard', [tablet({ lastContactAt: null })], 'unsure'],
    [
      'short of what a revoked tablet still holds',
      [tablet(), tablet({ revokedAt: ago(MINUTE), waiting: 2 })],
      'missing',
    ],
    [
      'unsure of a revoked tablet that has not been heard since',
      [tablet(), tablet({ revokedAt: ago(MINUTE), lastContactAt: ago(HOUR) })],
      'unsure',
    ],
    [
      'sure of a revoked tablet that has handed everything in',
      [tablet(), tablet({ revokedAt: ago(HOUR), lastContactAt: ago(MINUTE * 50) })],
      'sure',
    ],
    [
      'nothing that can be judged, when every tablet is revoked and has handed in',
      [tablet({ revokedAt: ago(MINUTE) })],
      'nothing',
    ],
  ] as const)('%s', (_, devices, level) => {
    expect(certaintyOf(devices, now).level).toBe(level);
  });
});

test('each tablet is counted once, and of the silent ones how long the longest has been', () => {
  const devices = [
    tablet(),
    tablet(),
    tablet({ waiting: 2 }),
    tablet({ waiting: 3 }),
    tablet({ lastContactAt: ago(12 * MINUTE), waiting: 4 }),
    tablet({ lastContactAt: ago(5 * MINUTE) }),
    tablet({ revokedAt: ago(MINUTE), waiting: 6 }),
    tablet({ revokedAt: ago(MINUTE), lastContactAt: ago(HOUR), waiting: 1 }),
    tablet({ revokedAt: ago(MINUTE) }),
  ];
  expect(certaintyOf(devices, now).parts).toEqual([
    { kind: 'up_to_date', tablets: 2 },
    { kind: 'waiting', tablets: 2, scans: 5 },
    { kind: 'silent', tablets: 2, scans: 4, longest: 12 * MINUTE },
    { kind: 'revoked_waiting', tablets: 1, scans: 6 },
    { kind: 'revoked_silent', tablets: 1, scans: 1 },
  ]);
});

test('nothing is said of tablets that there are none of', () => {
  expect(certaintyOf([tablet()], now).parts).toEqual([{ kind: 'up_to_date', tablets: 1 }]);
  expect(certaintyOf([tablet({ revokedAt: ago(MINUTE) })], now).parts).toEqual([]);
});
