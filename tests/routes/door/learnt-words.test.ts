import { beforeAll, describe, expect, test } from 'vitest';
import { EventState } from '../../../src/lib/domain/event-state.ts';
import { MINUTE, type Millis } from '../../../src/lib/domain/time.ts';
import type { Verdict } from '../../../src/lib/domain/verdict.ts';
import type { Learnt } from '../../../src/lib/door/learnt.ts';
import { loadDoorTexts } from '../../../src/lib/i18n/door-texts.ts';
import {
  lastOfOthers,
  newsAsOf,
  ofTablet,
  statusOfOthers,
  waitingInWords,
} from '../../../src/routes/door/learnt-words.ts';
import { verdictDetails } from '../../../src/routes/door/verdict-details.ts';
import { berlinTime } from '../../../src/lib/server/berlin-time.ts';
import { aSetting, checkpointId, deviceId } from '../../domain/support.ts';

beforeAll(() => loadDoorTexts('de'));

function at(time: string): Millis {
  const [hour, minute] = time.split(':').map(Number);
  return berlinTime(2022, 11, 18, hour, minute);
}

const learnt: Learnt = {
  lastAt: at('18:40'),
  way: 'pictures',
  tablets: [
    { deviceId: deviceId('a'), newest: at('18:31'), way: 'local_network', at: at('18:32') },
    { deviceId: deviceId('b'), newest: at('18:38'), way: 'pictures', at: at('18:40') },
  ],
};

describe('the status line', () => {
  test('says until when the others’ scans are known, and by which way', () => {
    expect(statusOfOthers({ learnt, lastSyncAt: at('18:02') })).toBe('Andere Tablets: Stand 18:40 (Bilder)');
    const overWifi: Learnt = { ...learnt, way: 'local_network' };
    expect(statusOfOthers({ learnt: overWifi, lastSyncAt: null })).toBe('Andere Tablets: Stand 18:40 (WLAN)');
  });

  test('says nothing of it where nothing came, or the server has told more since', () => {
    expect(statusOfOthers({ learnt: null, lastSyncAt: at('18:02') })).toBeNull();
    expect(statusOfOthers({ learnt, lastSyncAt: at('18:41') })).toBeNull();
  });

  test('says how many of others’ scans this tablet carries, beside its own', () => {
    expect(waitingInWords({ waiting: 0, waitingOfOthers: 0 })).toBe('');
    expect(waitingInWords({ waiting: 0, waitingOfOthers: 1 })).toBe('1 Scan anderer Tablets abzugeben');
    expect(waitingInWords({ waiting: 3, waitingOfOthers: 12 })).toMatch(/^3 .+ · 12 Scans anderer Tablets/);
  });
});

test('the readiness check says when something came last', () => {
  const now = learnt.lastAt + 12 * MINUTE;
  expect(lastOfOthers(learnt, now)).toBe('Zuletzt um 18:40 Uhr (vor 12 Min.), durch Bilder.');
  // A clock that was set back meanwhile.
  expect(lastOfOthers(learnt, learnt.lastAt - MINUTE)).toContain('in dieser Minute');
});

describe('the evacuation list', () => {
  const now = at('18:45');

  test('says of when the server’s news is, and the others’', () => {
    expect(newsAsOf({ learnt, lastSyncAt: at('18:02') }, now)).toEqual([
      'Server: Stand 18:02 Uhr (vor 43 Min.)',
      'Andere Tablets, durch Bilder: Stand 18:40 Uhr (vor 5 Min.)',
    ]);
    expect(newsAsOf({ learnt, lastSyncAt: at('18:44') }, now)).toEqual([
      'Server: Stand 18:44 Uhr (vor 1 Min.)',
    ]);
  });

  test('says of each tablet until when its scans are known otherwise than by the server', () => {
    expect(ofTablet(learnt, deviceId('a'), at('18:02'))).toBe('· über WLAN: Scans bis 18:31 Uhr');
    expect(ofTablet(learnt, deviceId('b'), null)).toBe('· durch Bilder: Scans bis 18:38 Uhr');
    expect(ofTablet(learnt, deviceId('b'), at('18:39'))).toBeNull();
    expect(ofTablet(learnt, deviceId('c'), null)).toBeNull();
    expect(ofTablet(null, deviceId('a'), null)).toBeNull();
  });
});

test('whoever is inside already is said to be so since when, at which door and which tablet', () => {
  const device = { id: deviceId('a'), name: 'Saal 2', revokedAt: null };
  const { venue } = new EventState({ ...aSetting(), devices: [device] });
  const verdict = {
    word: 'already_inside',
    since: at('18:31'),
    checkpointId: checkpointId('hall-door'),
    deviceId: device.id,
    registration: null,
    workgroup: null,
  } as Verdict;
  const { lines } = verdictDetails(verdict, { venue, practice: null, now: at('18:45') });
  expect(lines[0]).toContain('18:31');
  expect(lines[1]).toContain('Saal 2');
});
