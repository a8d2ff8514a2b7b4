import { expect, test } from 'vitest';
import { isOffice, needsOrganiser, officePath } from '../../src/lib/server/office-access.ts';

test.each([
  ['/office', true, true],
  ['/office/[event]', true, true],
  ['/office/[event]/mails', true, true],
  ['/office/[event]/mails/[id]', true, true],
  ['/office/[event]/mails/[id]/html', true, true],
  ['/office/[event]/mails/[id]/calendar', true, true],
  ['/office/[event]/mails/[id]/pdf', true, true],
  ['/api/office/v1/events/[eventId]/live', true, true],
  ['/office/sign-in', true, false],
  ['/office/setup/[token]', true, false],
  ['/[event]', false, false],
  ['/api/door/v1/sync', false, false],
  ['/officers', false, false],
  [null, false, false],
])('the route %s: of the office %s, for organisers only %s', (route, office, closed) => {
  expect(isOffice(route)).toBe(office);
  expect(needsOrganiser(route)).toBe(closed);
});

test.each([
  ['/office', '/office'],
  ['/office/integration', '/office/integration'],
  ['/office/integration?view=wall', '/office/integration?view=wall'],
  [null, '/office'],
  ['', '/office'],
  ['/', '/office'],
  ['/officers', '/office'],
  ['/door', '/office'],
  ['/office/../door', '/office'],
  ['/office/sign-in?to=/office', '/office'],
  ['/office/setup/abc', '/office'],
  ['//evil.test/office', '/office'],
  ['/\\evil.test/office', '/office'],
  ['https://evil.test/office', '/office'],
  ['javascript:alert(1)', '/office'],
  ['http://[', '/office'],
  ['\t//evil.test/office', '/office'],
])('after signing in for %j the way leads to %s', (wanted, path) => {
  expect(officePath(wanted)).toBe(path);
});
