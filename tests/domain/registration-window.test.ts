import { describe, expect, test } from 'vitest';
import { registrationWindow, type RegistrationTimes } from '../../src/lib/domain/registration-window.ts';
import { millis } from '../../src/lib/domain/time.ts';

const NOW = millis(1000);
const open: RegistrationTimes = {
  publishedAt: millis(1),
  registrationFrom: null,
  registrationUntil: millis(2000),
  registrationClosedAt: null,
};
const windowOf = (times: Partial<RegistrationTimes>) => registrationWindow({ ...open, ...times }, NOW);

describe('people can register', () => {
  test('from the publication until the deadline, which is still in time', () => {
    expect(windowOf({})).toEqual({ kind: 'open' });
    expect(windowOf({ registrationUntil: NOW })).toEqual({ kind: 'open' });
  });

  test('from the date on that is set for it', () => {
    expect(windowOf({ registrationFrom: NOW })).toEqual({ kind: 'open' });
    expect(windowOf({ registrationFrom: millis(1001) })).toEqual({ kind: 'not_yet', from: 1001 });
  });

  test('not for a draft, whatever its dates', () => {
    expect(windowOf({ publishedAt: null })).toEqual({ kind: 'draft' });
    expect(windowOf({ publishedAt: null, registrationUntil: millis(1) })).toEqual({ kind: 'draft' });
  });

  test('not after the deadline', () => {
    expect(windowOf({ registrationUntil: millis(999) })).toEqual({
      kind: 'closed',
      by: 'deadline',
      since: 999,
    });
  });

  test('not once it was closed by hand, and that is the reason also after the deadline', () => {
    const byHand = { kind: 'closed', by: 'hand', since: 500 };
    expect(windowOf({ registrationClosedAt: millis(500) })).toEqual(byHand);
    expect(windowOf({ registrationClosedAt: millis(500), registrationFrom: millis(1500) })).toEqual(byHand);
    expect(windowOf({ registrationClosedAt: millis(500), registrationUntil: millis(900) })).toEqual(byHand);
  });
});
