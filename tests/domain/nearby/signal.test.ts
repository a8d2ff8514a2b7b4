import fc from 'fast-check';
import QRCode from 'qrcode';
import { beforeAll, expect, test } from 'vitest';
import { base64urlToBytes, bytesToBase64url } from '../../../src/lib/domain/bytes.ts';
import {
  MOST_SIGNAL_BYTES,
  openSignal,
  readSignalText,
  returnCredentials,
  sealSignal,
  signalText,
} from '../../../src/lib/domain/nearby/signal.ts';
import { anySignal, EVENT, exchangeKey, OTHER_EVENT } from './support.ts';

let key: CryptoKey;
let otherKey: CryptoKey;
beforeAll(async () => {
  [key, otherKey] = [await exchangeKey(1), await exchangeKey(2)];
});

test('a signal comes through a picture as it was', async () => {
  await fc.assert(
    fc.asyncProperty(anySignal, async (signal) => {
      const text = signalText(await sealSignal(signal, key, EVENT));
      expect(await openSignal(readSignalText(text)!, key, EVENT)).toEqual({ kind: 'signal', signal });
    }),
  );
});

test('the picture of a usual signal is hardly finer than that of a ticket', async () => {
  const [signal] = fc.sample(
    anySignal.map((one) => ({
      ...one,
      description: {
        ...one.description,
        ufrag: 'A/Ws',
        pwd: 'Qa4NaE38Z38bNm7iGcixhFBY',
        candidates: [
          { address: '192.168.10.23', port: 47_997 },
          { address: 'fd00::2', port: 57_099 },
        ],
      },
    })),
    1,
  );
  const text = signalText(await sealSignal(signal!, key, EVENT));
  const { version } = QRCode.create([{ data: text, mode: 'alphanumeric' }], { errorCorrectionLevel: 'M' });
  expect(version).toBeLessThanOrEqual(11);
});

test('an altered signal is refused, wherever it was altered', async () => {
  await fc.assert(
    fc.asyncProperty(anySignal, fc.nat(), fc.integer({ min: 1, max: 255 }), async (signal, at, by) => {
      const bytes = base64urlToBytes(await sealSignal(signal, key, EVENT))!;
      bytes[at % bytes.length]! ^= by;
      const reading = await openSignal(bytesToBase64url(bytes), key, EVENT);
      expect(reading.kind).toBe('refused');
    }),
  );
});

test('why a signal is refused is told', async () => {
  const [signal] = fc.sample(anySignal, 1);
  const sealed = await sealSignal(signal!, key, EVENT);
  const later = base64urlToBytes(sealed)!;
  later[0] = 2;
  const why = async (text: string, by = key, event = EVENT) => {
    const reading = await openSignal(text, by, event);
    return reading.kind === 'refused' && reading.why;
  };
  expect(await why(sealed, otherKey)).toBe('not_genuine');
  expect(await why(sealed, key, OTHER_EVENT)).toBe('other_event');
  expect(await why(await sealSignal(signal!, otherKey, OTHER_EVENT))).toBe('other_event');
  expect(await why(bytesToBase64url(later))).toBe('other_version');
  expect(await why('AAAA')).toBe('unreadable');
  expect(await why('A'.repeat(4 * MOST_SIGNAL_BYTES))).toBe('unreadable');
});

test('a text that is no signal is none', () => {
  for (const text of ['', 'EL:0123', 'ELN:', 'ELN:é', `ELN:${'0'.repeat(5_000)}`, 'https://example.org'])
    expect(readSignalText(text)).toBeNull();
});

test('both sides derive the same for a return, and another for every other offer', async () => {
  const [a, b] = fc.sample(anySignal, 2);
  const credentials = await returnCredentials(a!);
  expect(await returnCredentials({ ...a! })).toEqual(credentials);
  expect(await returnCredentials(b!)).not.toEqual(credentials);
  expect(await returnCredentials({ ...a!, description: b!.description })).not.toEqual(credentials);
  expect(credentials.ufrag).toMatch(/^[0-9a-f]{8}$/);
  expect(credentials.pwd).toMatch(/^[0-9a-f]{32}$/);
});
