import { recordsBeyond, type Held } from '../../../src/lib/domain/held.ts';
import type { DeviceId } from '../../../src/lib/domain/ids.ts';
import { recordId, type SignedRecord } from '../../../src/lib/domain/signed-record.ts';
import type { CertifiedDevice } from '../../../src/lib/domain/device-certificate.ts';
import type { DeviceBook } from '../../../src/lib/door/device-book.ts';
import type { RecordBook, Taken } from '../../../src/lib/door/record-book.ts';
import { aScan } from '../../domain/support.ts';
import { heldIn } from '../held-in.ts';

/** Two signatures that this book tells apart: one that it believes, and one that it doesn't. */
const GENUINE = 'G'.repeat(86);
const FORGED = 'F'.repeat(86);

/** A tablet's records in memory; signatures are believed by their looks. */
export class MemoryBook implements RecordBook, DeviceBook {
  readonly records = new Map<string, SignedRecord>();
  /** It can prove everything now. */
  believesAll = false;
  /** Its disk refuses whatever it is given. */
  isFull = false;
  /** How often it was given something. */
  takes = 0;
  private readonly device: DeviceId;
  private readonly key: CryptoKey;
  private readonly listeners = new Set<() => void>();
  private seq = 0;

  constructor(device: DeviceId, key: CryptoKey) {
    this.device = device;
    this.key = key;
  }

  /** This tablet scans a ticket. @returns the scan's id */
  scan(signature: 'genuine' | 'forged' = 'genuine'): string {
    this.seq += 1;
    const scan = { ...aScan({ deviceSeq: this.seq }), deviceId: this.device };
    const record = { scan, signature: signature === 'genuine' ? GENUINE : FORGED };
    this.records.set(scan.id, record);
    this.tell();
    return scan.id;
  }

  async held(): Promise<Held> {
    return heldIn(this.records.values());
  }

  async beyond(held: Held): Promise<SignedRecord[]> {
    return recordsBeyond(this.records.values(), held);
  }

  async take(records: SignedRecord[]): Promise<Taken> {
    this.takes += 1;
    if (this.isFull) throw new Error('the disk is full');
    const taken: Taken = { taken: 0, known: 0, refused: 0 };
    for (const record of records) {
      const id = recordId(record);
      if (record.signature !== GENUINE && !this.believesAll) taken.refused += 1;
      else if (this.records.has(id)) taken.known += 1;
      else {
        this.records.set(id, record);
        taken.taken += 1;
      }
    }
    if (taken.taken > 0) this.tell();
    return taken;
  }

  async certificatesOf(): Promise<CertifiedDevice[]> {
    return [];
  }

  async meet(): Promise<void> {}

  async exchangeKey(): Promise<CryptoKey> {
    return this.key;
  }

  onNews(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
