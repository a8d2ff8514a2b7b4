import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addMillis, millis, MINUTE, SECOND, type Millis } from '../../src/lib/domain/time.ts';
import { readConfig } from '../../src/lib/server/config.ts';
import { countForm, FORM_LIMITS } from '../../src/lib/server/form-limits.ts';
import { readFormAge, stampForm } from '../../src/lib/server/form-moment.ts';
import { originOf } from '../../src/lib/server/network.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let opened: TestInstallation;
let now: Millis;
beforeEach(async () => {
  now = millis(Date.UTC(2022, 10, 18));
  opened = await testInstallation(() => now);
});
afterEach(() => opened.dispose());

describe('where a form comes from', () => {
  test.each([
    ['192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
    ['::ffff:192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
    ['::FFFF:C000:24D', '192.0.2.77', '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:0DB8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
    ['64:ff9b::192.0.2.77', '64:ff9b:0:0::/64', '64:ff9b:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
    ['::1', '0:0:0:0::/64', '0:0:0::/48'],
    ['::', '0:0:0:0::/64', '0:0:0::/48'],
    ['unknown', 'unknown', 'unknown'],
    ['192.0.2.777', '192.0.2.777', '192.0.2.777'],
    ['', '', ''],
  ])('%s: %s in %s', (client, address, network) => {
    expect(originOf(client)).toEqual({ address, network });
  });
});

describe('forms', () => {
  const count = (client: string, what = 'register') => countForm(opened.installation, what, client);

  test('may be as many from one address as from a full school bus, and no more for ten minutes', async () => {
    for (let i = 0; i < FORM_LIMITS.perAddress; i += 1)
      expect((await count('192.0.2.7')).kind).toBe('allowed');
    const until = addMillis(now, 10 * MINUTE);
    expect(await count('192.0.2.7')).toEqual({ kind: 'too_many', until });
    expect((await count('192.0.2.8')).kind).toBe('allowed');
    expect((await count('192.0.2.7', 'lost')).kind).toBe('allowed');
    now = until;
    expect((await count('192.0.2.7')).kind).toBe('allowed');
  });

  test.each([
    ['192.0.2.', '198.51.100.1'],
    ['2001:db8:1:', '2001:db8:2::1'],
  ])('from many addresses of the network %s are counted together', async (network, elsewhere) => {
    const clientOf = (i: number) =>
      network.includes(':') ? `${network}${(i % 200).toString(16)}::1` : network + (i % 200);
    for (let i = 0; i < FORM_LIMITS.perNetwork; i += 1)
      expect((await count(clientOf(i))).kind).toBe('allowed');
    expect((await count(clientOf(250))).kind).toBe('too_many');
    expect((await count(elsewhere)).kind).toBe('allowed');
  });

  test('are as many as the configuration says', () => {
    expect(readConfig({}).formLimits).toEqual({ perAddress: 60, perNetwork: 300 });
    const set = { EINLASS_FORMS_PER_ADDRESS: '5', EINLASS_FORMS_PER_NETWORK: '1000' };
    expect(readConfig(set).formLimits).toEqual({ perAddress: 5, perNetwork: 1000 });
    for (const wrong of ['0', '-1', 'many', '1.5', ''])
      expect(() => readConfig({ EINLASS_FORMS_PER_ADDRESS: wrong })).toThrow(
        'EINLASS_FORMS_PER_ADDRESS: needs a whole number from 1 to 999999',
      );
  });
});

describe('a form’s stamp', () => {
  test.each([
    [0, 'too_fast'],
    [3 * SECOND - 1, 'too_fast'],
    [3 * SECOND, 'filled_in'],
    [365 * 24 * 60 * MINUTE, 'filled_in'],
    [-MINUTE, 'too_fast'],
  ])('tells %s ms after it was made: %s', (age, told) => {
    const stamp = stampForm(opened.installation, now);
    now = addMillis(now, age);
    expect(readFormAge(opened.installation, stamp)).toBe(told);
  });

  test('can be made by nobody else, and altered by nobody', async () => {
    const stamp = stampForm(opened.installation, addMillis(now, -MINUTE));
    const other = await testInstallation(() => now);
    const foreign = stampForm(other.installation, addMillis(now, -MINUTE));
    await other.dispose();
    for (const wrong of ['', '.', 'x', '\0', '💥.💥', foreign, `1${stamp}`, stamp.slice(0, -1), `${stamp}A`])
      expect(readFormAge(opened.installation, wrong)).toBe('no_stamp');
  });
});
