import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { bytesToHex } from '../../src/lib/domain/bytes.ts';
import type { Cursor, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import {
  isMadeBy,
  saysTheSame,
  scanBytes,
  SignedRecordSchema,
  signScan,
  signWalkIn,
  walkInBytes,
  type SignedRecord,
} from '../../src/lib/domain/signed-record.ts';
import { createKeyPair, type KeyPair } from '../../src/lib/domain/signing.ts';
import { millis } from '../../src/lib/domain/time.ts';
import type { WalkIn } from '../../src/lib/domain/wire.ts';
import {
  aScan,
  at,
  checkpointId,
  deviceId,
  EVENT,
  OTHER_EVENT,
  payloadHash,
  registrationId,
  scanId,
  ticketId,
} from './support.ts';

const scan: Scan = {
  ...aScan(),
  deviceId: deviceId('tab1'),
  rosterCursor: 'db1.7' as Cursor,
  override: { by: 'Kim', why: 'known' },
  byHand: { by: 'Kim', why: 'no phone' },
  undoes: scanId('earlier'),
};
const walkIn: WalkIn = {
  registrationId: registrationId('ada'),
  ticketId: ticketId('ada'),
  name: 'Ada Beispiel',
  workgroupId: 'w1' as WorkgroupId,
  ticketText: 'EL:ABC',
  deviceTime: at('15:40'),
  clockOffset: 12,
};

let keys: KeyPair;
let others: KeyPair;
let signed: Record<'scan' | 'walkIn', SignedRecord>;
beforeAll(async () => {
  [keys, others] = [await createKeyPair(), await createKeyPair()];
  signed = {
    scan: await signScan(EVENT, scan, keys.privateKey),
    walkIn: await signWalkIn(EVENT, deviceId('tab1'), walkIn, keys.privateKey),
  };
});

/** Every change of one field of a scan; a field that is missing here fails the test below. */
const OTHER_SCAN: { [Field in keyof Required<Scan>]: Partial<Scan>[] } = {
  id: [{ id: scanId('another') }],
  deviceId: [{ deviceId: deviceId('tab2') }],
  deviceSeq: [{ deviceSeq: scan.deviceSeq + 1 }],
  ticketId: [{ ticketId: ticketId('another') }, { ticketId: null }],
  payloadHash: [{ payloadHash: payloadHash('napkin') }],
  checkpointId: [{ checkpointId: checkpointId('w1-door') }],
  direction: [{ direction: 'exit' }],
  deviceTime: [{ deviceTime: millis(scan.deviceTime + 1) }],
  clockOffset: [{ clockOffset: scan.clockOffset - 1 }],
  rosterCursor: [{ rosterCursor: 'db1.8' as Cursor }, { rosterCursor: null }],
  verdictShown: [{ verdictShown: 'wrong_workgroup' }],
  override: [
    { override: { by: 'Kim', why: '' } },
    { override: { by: '', why: 'known' } },
    { override: null },
  ],
  byHand: [{ byHand: { by: 'Ki', why: 'mno phone' } }, { byHand: null }],
  undoes: [{ undoes: scanId('other') }, { undoes: null }],
};
const OTHER_WALK_IN: { [Field in keyof WalkIn]: Partial<WalkIn> } = {
  registrationId: { registrationId: registrationId('bob') },
  ticketId: { ticketId: ticketId('bob') },
  name: { name: 'Ada Beispie' },
  workgroupId: { workgroupId: 'w2' as WorkgroupId },
  ticketText: { ticketText: 'EL:ABD' },
  deviceTime: { deviceTime: at('15:41') },
  clockOffset: { clockOffset: 13 },
};

describe('a record that another tablet may carry', () => {
  test('is believed as its tablet signed it, for that event alone', async () => {
    for (const record of Object.values(signed)) {
      expect(await isMadeBy(record, EVENT, keys.publicKey)).toBe(true);
      expect(await isMadeBy(record, EVENT, others.publicKey)).toBe(false);
      expect(await isMadeBy(record, OTHER_EVENT, keys.publicKey)).toBe(false);
    }
  });

  test('of a scan is refused when any one field is another', async () => {
    expect(Object.keys(OTHER_SCAN).sort()).toEqual(Object.keys(scan).sort());
    for (const change of Object.values(OTHER_SCAN).flat()) {
      const altered = { ...signed.scan, scan: { ...scan, ...change } } as SignedRecord;
      expect(await isMadeBy(altered, EVENT, keys.publicKey), JSON.stringify(change)).toBe(false);
      expect(saysTheSame(altered, signed.scan), JSON.stringify(change)).toBe(false);
    }
  });

  test('of a walk-in is refused when any one field, or its tablet, is another', async () => {
    expect(Object.keys(OTHER_WALK_IN).sort()).toEqual(Object.keys(walkIn).sort());
    for (const change of Object.values(OTHER_WALK_IN)) {
      const altered = { ...signed.walkIn, walkIn: { ...walkIn, ...change } } as SignedRecord;
      expect(await isMadeBy(altered, EVENT, keys.publicKey), JSON.stringify(change)).toBe(false);
    }
    const moved = { ...signed.walkIn, deviceId: deviceId('tab2') } as SignedRecord;
    expect(await isMadeBy(moved, EVENT, keys.publicKey)).toBe(false);
  });

  test('is the same, in whatever order its fields stand', async () => {
    const turned = Object.fromEntries(Object.entries(scan).reverse()) as Scan;
    expect(await isMadeBy({ ...signed.scan, scan: turned }, EVENT, keys.publicKey)).toBe(true);
    expect(bytesToHex(scanBytes(EVENT, turned))).toBe(bytesToHex(scanBytes(EVENT, scan)));
  });

  test('has the same bytes for ever: tablets of before have signed them', () => {
    expect(new TextDecoder().decode(scanBytes(EVENT, { ...scan, undoes: null, byHand: null }))).toMatch(
      /^einlass-scan.\["0e0e0e0e0e0e0e0e","[^"]+","[^"]+",\d+,"[^"]+",null,"[^"]+","entry",\d+,-?\d+,"db1\.7","admitted",\["Kim","known"\],null,null\]$/,
    );
    expect(scanBytes(EVENT, scan)['einlass-scan'.length]).toBe(1);
    expect(new TextDecoder().decode(walkInBytes(EVENT, deviceId('tab1'), walkIn))).toMatch(
      /^einlass-walk-in.\["0e0e0e0e0e0e0e0e","[^"]+","[^"]+","[^"]+","Ada Beispiel","w1","EL:ABC",\d+,12\]$/,
    );
  });

  test('never has the bytes of another, whatever the staff’s words are', () => {
    const word = fc.option(
      fc.record({ by: fc.string({ unit: 'binary' }), why: fc.string({ unit: 'binary' }) }),
      {
        nil: null,
      },
    );
    const told = fc.record({ override: word, byHand: word });
    fc.assert(
      fc.property(told, told, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        const [one, other] = [a, b].map((words) => bytesToHex(scanBytes(EVENT, { ...scan, ...words })));
        expect(one === other).toBe(same);
      }),
    );
  });

  test('is refused with any other signature', async () => {
    const place = fc.integer({ min: 0, max: 85 });
    const letter = fc.constantFrom(...'AZaz09-_');
    await fc.assert(
      fc.asyncProperty(place, letter, async (at, by) => {
        const { signature } = signed.scan;
        const altered = signature.slice(0, at) + by + signature.slice(at + 1);
        // The last letter holds four bits that say nothing.
        if (Buffer.from(altered, 'base64url').equals(Buffer.from(signature, 'base64url'))) return;
        expect(await isMadeBy({ ...signed.scan, signature: altered }, EVENT, keys.publicKey)).toBe(false);
      }),
    );
  });

  test('goes over a wire and is still what it was', async () => {
    for (const record of Object.values(signed)) {
      const read = v.parse(SignedRecordSchema, JSON.parse(JSON.stringify(record)));
      expect(await isMadeBy(read, EVENT, keys.publicKey)).toBe(true);
    }
  });
});
