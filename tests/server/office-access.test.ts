import { expect, test } from 'vitest';
import { isOffice, officePath } from '../../src/lib/server/office-access.ts';

test.each([
  ['/office', true],
  ['/office/[event]/mails/[id]/pdf', true],
  ['/api/office/v1/events/[eventId]/live', true],
  ['/office/sign-in', true],
  ['/[event]', false],
  ['/api/door/v1/sync', false],
  ['/officers', false],
  [null, false],
])('the route %s is of the office: %s', (route, office) => {
  expect(isOffice(route)).toBe(office);
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
  ['/office/invitation/abc', '/office/invitation/abc'],
  ['//evil.test/office', '/office'],
  ['/\\evil.test/office', '/office'],
  ['https://evil.test/office', '/office'],
  ['javascript:alert(1)', '/office'],
  ['http://[', '/office'],
  ['\t//evil.test/office', '/office'],
])('after signing in for %j the way leads to %s', (wanted, path) => {
  expect(officePath(wanted)).toBe(path);
});
