import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heldOf, recordsBeyond } from '../../src/lib/domain/held.ts';
import type { SignedRecord } from '../../src/lib/domain/signed-record.ts';
import type { WalkIn } from '../../src/lib/domain/wire.ts';
import { aScan, deviceId, registrationId } from './support.ts';

const signature = 'A'.repeat(86);
const scanned = (tablet: string, deviceSeq: number): SignedRecord => ({
  scan: aScan({ device: tablet, deviceSeq }),
  signature,
});
const walkIn = (name: string): SignedRecord => ({
  walkIn: { registrationId: registrationId(name) } as WalkIn,
  deviceId: deviceId('tab1'),
  signature,
});
const scansOf = (records: SignedRecord[]) =>
  records.flatMap((record) => ('scan' in record ? [record.scan] : []));
const walkInsOf = (records: SignedRecord[]) =>
  records.flatMap((record) => ('walkIn' in record ? [record.walkIn.registrationId] : []));
const heldIn = (records: SignedRecord[]) => heldOf(scansOf(records), walkInsOf(records));

describe('what somebody has', () => {
  test('is told for each tablet up to the first gap', () => {
    const held = heldIn([scanned('tab1', 2), scanned('tab1', 1), scanned('tab1', 4), scanned('tab2', 3)]);
    expect(held.scans).toEqual({ [deviceId('tab1')]: 2, [deviceId('tab2')]: 0 });
  });

  test('decides what is handed over: what comes after the gap, of every tablet, walk-ins first', () => {
    const held = heldIn([scanned('tab1', 1), scanned('tab1', 3), walkIn('ada')]);
    const given = [
      scanned('tab2', 1),
      ...[4, 3, 2, 1].map((seq) => scanned('tab1', seq)),
      walkIn('ada'),
      walkIn('bob'),
    ];
    const beyond = recordsBeyond(given, held);
    expect(walkInsOf(beyond)).toEqual([registrationId('bob')]);
    expect('walkIn' in beyond[0]!).toBe(true);
    expect(scansOf(beyond).map((scan) => [scan.deviceId, scan.deviceSeq])).toEqual([
      [deviceId('tab2'), 1],
      [deviceId('tab1'), 2],
      [deviceId('tab1'), 3],
      [deviceId('tab1'), 4],
    ]);
  });

  test('two tablets have the same once each has taken what the other lacked', () => {
    const record = fc
      .tuple(fc.constantFrom('tab1', 'tab2', 'tab3'), fc.integer({ min: 1, max: 12 }))
      .map(([tablet, seq]) => scanned(tablet, seq));
    const records = fc.array(fc.oneof(record, fc.constantFrom('ada', 'bob', 'eve').map(walkIn)));
    const names = (all: SignedRecord[]) =>
      [
        ...new Set([...scansOf(all).map((scan) => `${scan.deviceId} ${scan.deviceSeq}`), ...walkInsOf(all)]),
      ].sort();
    fc.assert(
      fc.property(records, records, (mine, yours) => {
        const mineThen = [...mine, ...recordsBeyond(yours, heldIn(mine))];
        const yoursThen = [...yours, ...recordsBeyond(mine, heldIn(yours))];
        expect(names(mineThen)).toEqual(names(yoursThen));
      }),
    );
  });
});
