import * as v from 'valibot';
import { DeviceIdSchema, RegistrationIdSchema, type DeviceId, type RegistrationId } from './ids.ts';
import type { Scan } from './scan.ts';
import { isScan, recordId, type UnsignedRecord } from './signed-record.ts';

/**
 * What a tablet has of the records that tablets make: for each device up to which of its scans, without a gap, and
 * which walk-ins.
 */
export const HeldSchema = v.object({
  scans: v.record(DeviceIdSchema, v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  walkIns: v.array(RegistrationIdSchema),
});
export type Held = v.InferOutput<typeof HeldSchema>;

/** What somebody has who knows these records, signed or not, in whatever order and however often. */
export function heldOf(
  scans: Iterable<Pick<Scan, 'deviceId' | 'deviceSeq'>>,
  walkIns: Iterable<RegistrationId>,
): Held {
  const numbers = new Map<DeviceId, Set<number>>();
  for (const { deviceId, deviceSeq } of scans) {
    const known = numbers.get(deviceId);
    if (known) known.add(deviceSeq);
    else numbers.set(deviceId, new Set([deviceSeq]));
  }
  const held: Held = { scans: {}, walkIns: [...new Set(walkIns)].sort() };
  for (const [deviceId, known] of numbers) {
    let last = 0;
    while (known.has(last + 1)) last += 1;
    held.scans[deviceId] = last;
  }
  return held;
}

/**
 * The records among these that somebody with `held` lacks, or may lack: what comes after a gap is given again. A device's
 * scans come in their order, and walk-ins before all scans, so that whoever gets only a part can use it.
 */
export function recordsBeyond<Of extends UnsignedRecord>(records: Iterable<Of>, held: Held): Of[] {
  const walkIns = new Set(held.walkIns);
  const scans: Extract<Of, { scan: Scan }>[] = [];
  const others: Of[] = [];
  for (const record of records) {
    if (!isScan(record)) {
      if (!walkIns.has(recordId(record) as RegistrationId)) others.push(record);
    } else if (record.scan.deviceSeq > (held.scans[record.scan.deviceId] ?? 0)) scans.push(record);
  }
  scans.sort((a, b) => a.scan.deviceSeq - b.scan.deviceSeq);
  return [...others, ...scans];
}
