import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { packHeld, unpackHeld } from '../../../src/lib/domain/pictures/packed-held.ts';
import { packRecords, unpackRecords } from '../../../src/lib/domain/pictures/packed-records.ts';
import { HeldSchema, type Held } from '../../../src/lib/domain/held.ts';
import { SignedScanSchema, SignedWalkInSchema } from '../../../src/lib/domain/signed-record.ts';
import { isStorable } from '../../../src/lib/domain/text.ts';
import { REFUSALS } from '../../../src/lib/domain/verdict.ts';
import { bytesToBase64url, bytesToHex, bytesToUuid } from '../../../src/lib/domain/bytes.ts';
import { anEvening, aSignedWalkIn } from './support.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const uuid = bytes(16).map(bytesToUuid);
const signature = bytes(64).map(bytesToBase64url);
const word = fc.option(
  fc.record({
    // Half a character at the end, as cutting leaves it.
    by: fc
      .string({ unit: 'binary', maxLength: 20 })
      .map((text) => text.slice(0, 7))
      .filter(isStorable),
    why: fc.string({ maxLength: 20 }),
  }),
);
const anyScan = fc
  .record({
    id: uuid,
    deviceId: fc.oneof(uuid, fc.constant('0190b3a5-0000-7000-8000-000000000001')),
    deviceSeq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    ticketId: fc.option(uuid),
    payloadHash: fc.option(bytes(32).map(bytesToHex)),
    checkpointId: fc.constantFrom('hall', 'w1'),
    direction: fc.constantFrom('entry', 'exit'),
    deviceTime: fc.maxSafeInteger(),
    clockOffset: fc.maxSafeInteger(),
    rosterCursor: fc.option(fc.string({ maxLength: 20 })),
    verdictShown: fc.constantFrom('admitted', 'left', ...REFUSALS),
    override: word,
    byHand: word,
    undoes: fc.option(uuid),
  })
  .chain((scan) => fc.record({ scan: fc.constant(scan), signature }));

describe('packed records', () => {
  test('come back with every field as it was signed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyScan, { maxLength: 12, selector: ({ scan }) => scan.id }), (any) => {
        const scans = any.map((scan) => v.parse(SignedScanSchema, scan));
        const back = unpackRecords(packRecords(scans));
        expect(new Set(back?.map((record) => JSON.stringify(record)))).toEqual(
          new Set(scans.map((record) => JSON.stringify(record))),
        );
      }),
    );
  });

  test.each(['EL:BB8', 'EL:bb8', '', 'anything else', 'EL:'])(
    'bring back a walk-in with the ticket %j',
    (ticketText) => {
      const signed = aSignedWalkIn();
      const walkIn = v.parse(SignedWalkInSchema, { ...signed, walkIn: { ...signed.walkIn, ticketText } });
      expect(unpackRecords(packRecords([walkIn]))).toEqual([walkIn]);
    },
  );

  test('take less than 100 bytes for a scan of an ordinary evening', () => {
    const scans = anEvening(2_000);
    const packed = packRecords(scans);
    expect(unpackRecords(packed)).toHaveLength(2_000);
    expect(deflateRawSync(packed).length / 2_000).toBeLessThan(100);
  });

  test('are refused when anything is cut off or added', () => {
    const packed = packRecords([...anEvening(5), aSignedWalkIn()]);
    for (let length = 0; length < packed.length; length += 1)
      expect(unpackRecords(packed.subarray(0, length))).toBeNull();
    expect(unpackRecords(Uint8Array.of(...packed, 0))).toBeNull();
  });

  test('break no reader, whatever the bytes', () => {
    const packed = packRecords([...anEvening(5), aSignedWalkIn()]);
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.uint8Array({ maxLength: 9 }), (at, noise) => {
        const broken = packed.slice();
        broken.set(noise.subarray(0, broken.length - at), at);
        unpackRecords(broken);
        unpackRecords(noise);
        unpackHeld(noise);
      }),
    );
  });
});

test('what a tablet has comes back as it was', () => {
  const held: Held = v.parse(HeldSchema, {
    scans: { '0190b3a5-0000-4000-8000-00000000000c': 0, '0190b3a5-0000-4000-8000-00000000000d': 7_000_000 },
    walkIns: ['0190b3a5-0000-7000-8000-00000000000a'],
  });
  expect(unpackHeld(packHeld(held))).toEqual(held);
  expect(packHeld(held).length).toBeLessThan(60);
});
