import type { CertifiedDevice } from '../../../src/lib/domain/device-certificate.ts';
import type { DeviceId } from '../../../src/lib/domain/ids.ts';
import { recordsBeyond, type Held } from '../../../src/lib/domain/held.ts';
import { recordId, type SignedRecord } from '../../../src/lib/domain/signed-record.ts';
import type { DeviceBook } from '../../../src/lib/door/device-book.ts';
import type { RecordBook, Taken } from '../../../src/lib/door/record-book.ts';
import { heldIn } from '../held-in.ts';

/** A book in memory. It believes every signature but those that are nothing but `A`s. */
export class MemoryBook implements RecordBook, DeviceBook {
  readonly records = new Map<string, SignedRecord>();
  /** The server's word for tablets. */
  readonly devices = new Map<DeviceId, CertifiedDevice>();
  /** Refuses to store, as a full disk does. */
  full = false;
  private readonly key: CryptoKey | null;

  constructor(key: CryptoKey | null, records: SignedRecord[] = []) {
    this.key = key;
    for (const record of records) this.records.set(recordId(record), record);
  }

  async held(): Promise<Held> {
    return heldIn(this.records.values());
  }

  async beyond(held: Held): Promise<SignedRecord[]> {
    return recordsBeyond(this.records.values(), held);
  }

  async take(records: SignedRecord[]): Promise<Taken> {
    if (this.full) throw new Error('the disk is full');
    const taken = { taken: 0, known: 0, refused: 0 };
    for (const record of records) {
      if (/^A+$/.test(record.signature)) taken.refused += 1;
      else if (this.records.has(recordId(record))) taken.known += 1;
      else {
        this.records.set(recordId(record), record);
        taken.taken += 1;
      }
    }
    return taken;
  }

  async certificatesOf(ids: readonly DeviceId[]): Promise<CertifiedDevice[]> {
    return [...new Set(ids)].flatMap((id) => this.devices.get(id) ?? []);
  }

  async meet(devices: readonly CertifiedDevice[]): Promise<void> {
    for (const device of devices) this.devices.set(device.id, device);
  }

  async exchangeKey(): Promise<CryptoKey | null> {
    return this.key;
  }

  onNews(): () => void {
    return () => undefined;
  }
}

export function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
