import type { lookup } from 'node:dns';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isPublic, readAddress } from '../../../src/lib/server/webhooks/webhook-address.ts';
import { signatureHeaders } from '../../../src/lib/server/webhooks/webhook-signature.ts';
import { SECOND, millis } from '../../../src/lib/domain/time.ts';
import { Receiver } from '../../support/receiver.ts';
import { WebhookStage } from './stage.ts';

test.each([
  ['https://portal.example.org/hook?x=1', true, 'https://portal.example.org/hook?x=1'],
  [' https://portal.example.org/#top ', true, 'https://portal.example.org/'],
  ['https://93.184.216.34/', true, 'https://93.184.216.34/'],
  ['http://portal.example.org/', true, 'not_https'],
  ['http://93.184.216.34/', true, 'not_https'],
  ['ftp://portal.example.org/', true, 'malformed'],
  ['javascript:alert(1)', true, 'malformed'],
  ['https://user:password@portal.example.org/', true, 'malformed'],
  ['portal.example.org', true, 'malformed'],
  ['', true, 'malformed'],
  [`https://portal.example.org/${'a'.repeat(2_000)}`, true, 'malformed'],
  ['https://localhost/', true, 'private'],
  ['http://localhost:8080/', true, 'private'],
  ['https://127.0.0.1/', true, 'private'],
  ['https://2130706433/', true, 'private'],
  ['https://0x7f.1/', true, 'private'],
  ['https://10.1.2.3/', true, 'private'],
  ['https://169.254.169.254/latest/meta-data', true, 'private'],
  ['https://[::1]/', true, 'private'],
  ['https://[fe80::1]/', true, 'private'],
  ['https://[::ffff:10.0.0.1]/', true, 'private'],
  ['http://localhost:8080/hook', false, 'http://localhost:8080/hook'],
  ['http://[::1]:8080/hook', false, 'http://[::1]:8080/hook'],
  ['https://10.1.2.3/', false, 'https://10.1.2.3/'],
  ['http://10.1.2.3/', false, 'not_https'],
])('%j, the local network being refused: %s, is %s', (typed, refusesPrivate, expected) => {
  const read = readAddress(typed, !refusesPrivate);
  expect('url' in read ? read.url.href : read.problem).toBe(expected);
});

test.each([
  ['93.184.216.34', true],
  ['2606:2800:220:1:248:1893:25c8:1946', true],
  ['172.15.255.255', true],
  ['172.16.0.0', false],
  ['172.31.255.255', false],
  ['192.168.178.1', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['224.0.0.1', false],
  ['::', false],
  ['::1', false],
  ['::ffff:93.184.216.34', false],
  ['64:ff9b::a00:1', false],
  ['fd00::1', false],
  ['fe80::1%eth0', false],
  ['2002:a00:1::', false],
  ['2001:0:a00:1::', false],
  ['2001:db8::1', false],
  ['portal.example.org', false],
])('%s is of the public internet: %s', (address, expected) => {
  expect(isPublic(address)).toBe(expected);
});

test('the signature is that of the Standard Webhooks’ own example', () => {
  const headers = signatureHeaders(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    millis(1_614_265_330 * SECOND),
    '{"test": 2432232314}',
  );
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

describe('a name that leads into the local network', () => {
  let stage: WebhookStage;
  let receiver: Receiver;

  beforeEach(async () => {
    stage = await WebhookStage.open({ privateWebhooks: false });
    receiver = await Receiver.open();
  });
  afterEach(async () => {
    await stage.close();
    await receiver.close();
  });

  /** A resolver that says one thing after the other. */
  const resolver = (...answers: string[][]) => {
    const asked: string[] = [];
    const resolve = (
      name: string,
      _options: object,
      callback: (error: null, addresses: { address: string; family: number }[]) => void,
    ) => {
      asked.push(name);
      const answer = answers[Math.min(asked.length, answers.length) - 1]!;
      callback(
        null,
        answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
    return { asked, resolve: resolve as unknown as typeof lookup };
  };

  test.each([[['127.0.0.1']], [['93.184.216.34', '127.0.0.1']], [['::1']]])(
    'is not called when it leads to %j',
    async (addresses) => {
      await stage.hook(new URL(`http://portal.example.org:${receiver.port}/`), ['registration.created']);
      await stage.evening.register();
      const { asked, resolve } = resolver(addresses);
      await stage.hire({ resolve }).clockwork.idle();
      expect(asked).toEqual(['portal.example.org']);
      expect(receiver.received).toEqual([]);
      expect((await stage.deliveries())[0]).toMatchObject({ state: 'waiting', problem: 'private' });
    },
  );

  test('nor is an address itself that came to be kept while that was allowed', async () => {
    await stage.hook(receiver.url, ['registration.created']);
    await stage.evening.register();
    await stage.hire().clockwork.idle();
    expect(receiver.received).toEqual([]);
    expect((await stage.deliveries())[0]?.problem).toBe('private');
  });

  test('is asked for once a connection, and called where that is allowed', async () => {
    stage.installation.privateWebhooks = true;
    await stage.hook(new URL(`http://portal.example.org:${receiver.port}/`), ['registration.created']);
    for (let i = 0; i < 2; i++) await stage.evening.register();
    const { asked, resolve } = resolver(['127.0.0.1']);
    await stage.hire({ resolve }).clockwork.idle();
    expect(asked).toHaveLength(2);
    expect(receiver.received).toHaveLength(2);
  });
});
