import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import { isScanFileOf, parseScanFile, writeScanFile } from '../../src/lib/domain/scan-file.ts';
import { createKeyPair, signBytes, type KeyPair } from '../../src/lib/domain/signing.ts';
import { aScan, at, deviceId, EVENT } from './support.ts';

let keys: KeyPair;
let bytes: Uint8Array<ArrayBuffer>;

const scan = aScan();
const content = {
  eventId: EVENT,
  deviceId: deviceId('tab1'),
  madeAt: at('18:00'),
  scans: [scan],
  walkIns: [],
  waiting: [scan.id],
};

beforeAll(async () => {
  keys = await createKeyPair();
  bytes = await writeScanFile(content, keys.privateKey);
});

const encode = (text: string) => new TextEncoder().encode(text);

describe('a tablet’s file of scans', () => {
  test('is read as it was written, and believed for its tablet’s key alone', async () => {
    const file = parseScanFile(bytes)!;
    expect(file.content).toEqual(content);
    expect(await isScanFileOf(file, keys.publicKey)).toBe(true);
    expect(await isScanFileOf(file, (await createKeyPair()).publicKey)).toBe(false);
  });

  test('is no longer believed, or no longer read, when any one of its bytes is another', async () => {
    const places = fc.integer({ min: 0, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(places, fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const altered = bytes.slice();
        altered[place]! ^= change;
        const file = parseScanFile(altered);
        if (!file) return;
        // In the head, white space and unknown names may change: what is signed stays what it was.
        const same = JSON.stringify(file.content) === JSON.stringify(content);
        expect(same || !(await isScanFileOf(file, keys.publicKey))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('is not signed by what was signed for another purpose', async () => {
    const file = parseScanFile(bytes)!;
    const signature = await signBytes(keys.privateKey, file.signedBytes);
    expect(await isScanFileOf({ ...file, signature }, keys.publicKey)).toBe(false);
  });

  test('is not found in anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (noise) => {
        expect(parseScanFile(Uint8Array.from(noise))).toBeNull();
      }),
    );
    fc.assert(
      fc.property(fc.json(), fc.json(), (head, content) => {
        expect(parseScanFile(encode(`${head}\n${content}`))).toBeNull();
      }),
    );
  });

  test.each([
    ['another format', { format: 'other' }],
    ['a version that nobody knows', { version: 2 }],
    ['a short signature', { signature: bytesToBase64url(new Uint8Array(63)) }],
  ])('is not one with %s', (_, change) => {
    const [head] = new TextDecoder().decode(bytes).split('\n');
    const altered = { ...(JSON.parse(head!) as object), ...change };
    expect(parseScanFile(encode(`${JSON.stringify(altered)}\n${JSON.stringify(content)}`))).toBeNull();
  });
});
