import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/lib/domain/time.ts';
import { CHECKS, summaryOf, type Check, type Finding } from '../../../src/lib/door/readiness/finding.ts';
import * as judge from '../../../src/lib/door/readiness/judge.ts';

const CASES: [string, Finding, string][] = [
  ['a chosen door', judge.judgeDoor(true), 'good'],
  ['no door', judge.judgeDoor(false), 'bad no_door'],
  ['a roster of now', judge.judgeRoster(0), 'good'],
  ['a roster of half an hour ago', judge.judgeRoster(30 * MINUTE), 'warn roster_old'],
  ['a roster of yesterday', judge.judgeRoster(DAY), 'bad roster_old'],
  ['no roster', judge.judgeRoster(null), 'bad roster_never'],
  ['a server that answers', judge.judgeNetwork(true), 'good'],
  ['no network', judge.judgeNetwork(false), 'warn no_network'],
  ['an empty outbox', judge.judgeWaiting(0), 'good'],
  ['scans that wait', judge.judgeWaiting(3), 'warn scans_waiting'],
  ['no exchange with other tablets, ever', judge.judgeOthers(null, null), 'good'],
  ['an exchange a minute ago, without a server', judge.judgeOthers(MINUTE, 3 * HOUR), 'good'],
  ['an exchange an hour ago, without a server', judge.judgeOthers(HOUR, 3 * HOUR), 'warn others_old'],
  ['an exchange an hour ago, and a server now', judge.judgeOthers(HOUR, MINUTE), 'good'],
  ['a clock that is a second off', judge.judgeClock(1000), 'good'],
  ['a clock that is slow by two hours', judge.judgeClock(2 * HOUR), 'warn clock_off'],
  ['a clock that is fast by two hours', judge.judgeClock(-2 * HOUR), 'warn clock_off'],
  ['a clock of another week', judge.judgeClock(-7 * DAY), 'bad clock_off'],
  ['a battery that is being charged', judge.judgeBattery({ level: 0.05, charging: true }), 'good'],
  ['a full battery', judge.judgeBattery({ level: 1, charging: false }), 'good'],
  ['a battery for an hour', judge.judgeBattery({ level: 0.3, charging: false }), 'warn battery_low'],
  ['an empty battery', judge.judgeBattery({ level: 0.1, charging: false }), 'bad battery_low'],
  ['a battery that the browser hides', judge.judgeBattery(null), 'untold'],
  ['storage that stays', judge.judgePersisted(true), 'good'],
  ['storage that may be cleared', judge.judgePersisted(false), 'warn not_persisted'],
  ['storage that the browser hides', judge.judgePersisted(null), 'untold'],
  ['much space', judge.judgeSpace({ usage: 1e6, quota: 1e9 }), 'good'],
  ['little space', judge.judgeSpace({ usage: 0.8e9, quota: 1e9 }), 'warn space_low'],
  ['next to no space', judge.judgeSpace({ usage: 0.99e9, quota: 1e9 }), 'bad space_low'],
  ['space that the browser hides', judge.judgeSpace({}), 'untold'],
  ['a screen that stays on', judge.judgeAwake(true), 'good'],
  ['a screen that goes dark', judge.judgeAwake(false), 'warn screen_sleeps'],
  ['a screen of which nobody knows', judge.judgeAwake(null), 'untold'],
  ['the newest version', judge.judgeUpdate(false), 'good'],
  ['a newer version', judge.judgeUpdate(true), 'warn update_waiting'],
  ['a sound that was heard', judge.judgeSound(true), 'good'],
  ['a sound that was not heard', judge.judgeSound(false), 'warn sound_unheard'],
  ['a sound that was not played', judge.judgeSound(null), 'warn sound_not_played'],
];

test.each(CASES)('%s: %o is %s', (_, finding, expected) => {
  expect('trouble' in finding ? `${finding.level} ${finding.trouble}` : finding.level).toBe(expected);
});

describe('the summary', () => {
  const all = (changes: Partial<Record<Check, Finding>>) =>
    summaryOf({ ...Object.fromEntries(CHECKS.map((check) => [check, { level: 'good' }])), ...changes });

  test('is good when all is, or the browser doesn’t tell', () => {
    expect(all({ battery: { level: 'untold' } })).toEqual({ level: 'good', missing: 0 });
  });
  test('counts what must be done, not the hints', () => {
    expect(all({ door: judge.judgeDoor(false), roster: judge.judgeRoster(null) })).toEqual({
      level: 'bad',
      missing: 2,
    });
    expect(all({ waiting: judge.judgeWaiting(1) })).toEqual({ level: 'warn', missing: 0 });
  });
  test('waits for what is still being looked at, unless it is bad already', () => {
    expect(summaryOf({ door: { level: 'good' } })).toBeNull();
    expect(summaryOf({ door: judge.judgeDoor(false) })).toEqual({ level: 'bad', missing: 1 });
  });
});
