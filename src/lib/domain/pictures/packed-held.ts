import * as v from 'valibot';
import { bytesToUuid, uuidToBytes, type Bytes } from '../bytes.ts';
import { HeldSchema, type Held } from '../held.ts';
import { Packer, Unpacker, Unreadable } from './packing.ts';

/** What a tablet has, in few bytes: 18 or so for each of the event's tablets, and 16 for each walk-in. */
export function packHeld({ scans, walkIns }: Held): Bytes {
  const packer = new Packer();
  const devices = Object.entries(scans);
  packer.count(devices.length);
  for (const [deviceId, upTo] of devices) {
    packer.raw(uuidToBytes(deviceId));
    packer.count(upTo);
  }
  packer.count(walkIns.length);
  for (const id of walkIns) packer.raw(uuidToBytes(id));
  return packer.done();
}

/** @returns what somebody has, or null where these bytes don't say */
export function unpackHeld(bytes: Uint8Array): Held | null {
  const unpacker = new Unpacker(bytes);
  try {
    const scans: Record<string, number> = {};
    for (let left = unpacker.count(unpacker.left); left > 0; left -= 1)
      scans[bytesToUuid(unpacker.raw(16))] = unpacker.count();
    const walkIns: string[] = [];
    for (let left = unpacker.count(unpacker.left); left > 0; left -= 1)
      walkIns.push(bytesToUuid(unpacker.raw(16)));
    unpacker.end();
    const parsed = v.safeParse(HeldSchema, { scans, walkIns });
    return parsed.success ? parsed.output : null;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}
