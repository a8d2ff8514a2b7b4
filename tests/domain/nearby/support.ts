import fc from 'fast-check';
import { bytesToHex, bytesToUuid } from '../../../src/lib/domain/bytes.ts';
import type { DeviceId, EventId } from '../../../src/lib/domain/ids.ts';
import { MOST_CANDIDATES, type Description } from '../../../src/lib/domain/nearby/session-description.ts';
import type { Signal, SignalId } from '../../../src/lib/domain/nearby/signal.ts';

export const EVENT = '0123456789abcdef' as EventId;
export const OTHER_EVENT = 'fedcba9876543210' as EventId;

/** An event's exchange key. */
export function exchangeKey(fill = 1): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(32).fill(fill), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
}

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((some) => Uint8Array.from(some));
const iceText = (minLength: number, maxLength: number) =>
  fc.string({
    unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'),
    minLength,
    maxLength,
  });

const address = fc.oneof(
  fc.ipV4(),
  bytes(16).map((some) => `${bytesToUuid(some)}.local`),
  bytes(16).map((some) => bytesToHex(some).replaceAll(/.{4}(?!$)/g, '$&:')),
  fc.constant('tablet-3.local'),
);

export const anyDescription: fc.Arbitrary<Description> = fc.record({
  setup: fc.constantFrom('actpass', 'active', 'passive'),
  ufrag: iceText(4, 32),
  pwd: iceText(22, 64),
  fingerprint: bytes(32),
  candidates: fc.array(fc.record({ address, port: fc.integer({ min: 1, max: 0xffff }) }), {
    maxLength: MOST_CANDIDATES,
  }),
});

export const anyDevice = bytes(16)
  .filter((some) => some.some((byte) => byte > 0))
  .map((some) => bytesToUuid(some) as DeviceId);
export const anySignalId = bytes(8)
  .filter((some) => some.some((byte) => byte > 0))
  .map((some) => bytesToHex(some) as SignalId);

export const anySignal: fc.Arbitrary<Signal> = fc
  .record({
    kind: fc.constantFrom('offer' as const, 'answer' as const, 'standing' as const),
    id: anySignalId,
    offer: anySignalId,
    from: anyDevice,
    to: fc.option(anyDevice),
    description: anyDescription,
  })
  .map(({ offer, ...signal }) => ({ ...signal, answers: signal.kind === 'answer' ? offer : null }));
