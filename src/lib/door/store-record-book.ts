import { base64urlToBytes, type Bytes } from '../domain/bytes.ts';
import type { CertifiedDevice } from '../domain/device-certificate.ts';
import { heldOf, recordsBeyond, type Held } from '../domain/held.ts';
import type { DeviceId } from '../domain/ids.ts';
import { correctedTime } from '../domain/scan.ts';
import {
  isMadeBy,
  isScan,
  makerOf,
  recordId,
  saysTheSame,
  signScan,
  signWalkIn,
  type SignedRecord,
  type SignedWalkIn,
} from '../domain/signed-record.ts';
import { keyIdOf } from '../domain/signing.ts';
import { readTicketText } from '../domain/ticket.ts';
import type { Identity } from './database.ts';
import type { DeviceBook } from './device-book.ts';
import type { KnownRecord } from './known-records.ts';
import { MetDevices } from './met-devices.ts';
import type { RecordBook, Taken, Way } from './record-book.ts';
import type { DoorStore } from './store.ts';

type Judgement = 'new' | 'known' | 'refused';

/**
 * What this tablet hands to others and takes from them, over its store.
 *
 * Its own records are signed when they leave it, not when they are made: a verdict must not wait for that, and a
 * transaction of IndexedDB, which gives a scan its number, can't. Nothing is lost by it: the key lies on the disk beside
 * the records for as long as these do, and signs the same record always alike.
 */
export class StoreRecordBook implements RecordBook, DeviceBook {
  private readonly store: DoorStore;
  private readonly devices: MetDevices;
  private readonly signatures = new Map<string, string>();
  private exchange: { text: string; key: Promise<CryptoKey> } | null = null;

  constructor(store: DoorStore) {
    this.store = store;
    this.devices = new MetDevices(store.db);
  }

  async held(): Promise<Held> {
    const { known } = this.store;
    return known ? heldOf(known.scans(), known.walkIns()) : { scans: {}, walkIns: [] };
  }

  async beyond(held: Held): Promise<SignedRecord[]> {
    const { known, identity } = this.store;
    if (!known || !identity) return [];
    const records: SignedRecord[] = [];
    for (const record of recordsBeyond<KnownRecord>(known.all(), held)) {
      const signature = record.signature ?? (await this.ownSignature(record, identity));
      if (signature) records.push({ ...record, signature });
    }
    return records;
  }

  /**
   * A tablet that is locked, or knows no setting, can prove nothing and refuses all.
   *
   * @throws when the disk refuses; then nothing has been taken
   */
  async take(records: SignedRecord[], way: Way): Promise<Taken> {
    const counts: Record<Judgement, number> = { new: 0, known: 0, refused: 0 };
    const fresh = new Map<string, SignedRecord>();
    for (const record of records) {
      const before = fresh.get(recordId(record));
      const judgement = before ? sameAs(before, record) : await this.judge(record);
      if (judgement === 'new') fresh.set(recordId(record), record);
      counts[judgement] += 1;
    }
    if (fresh.size > 0) {
      const stored = await this.store.takeRelayed([...fresh.values()], way);
      if (stored === null) counts.refused += fresh.size;
      else counts.known += fresh.size - stored;
      counts.new = stored ?? 0;
    }
    return { taken: counts.new, known: counts.known, refused: counts.refused };
  }

  async certificatesOf(ids: readonly DeviceId[]): Promise<CertifiedDevice[]> {
    const { state } = this.store;
    return state ? this.devices.certificatesOf(ids, state.venue.setting) : [];
  }

  /** What a tablet is called, as far as this one knows. */
  nameOf(id: DeviceId): string | null {
    const { state } = this.store;
    return state && this.devices.nameOf(id, state.venue.setting);
  }

  async meet(devices: readonly CertifiedDevice[]): Promise<void> {
    const { state } = this.store;
    if (state && devices.length > 0) await this.devices.meet(devices, state.venue.setting);
  }

  async exchangeKey(): Promise<CryptoKey | null> {
    const { exchangeKey: text } = this.store;
    if (text === null) return null;
    if (this.exchange?.text !== text) {
      const key = crypto.subtle.importKey('raw', base64urlToBytes(text)!, 'AES-GCM', false, [
        'encrypt',
        'decrypt',
      ]);
      this.exchange = { text, key };
    }
    return this.exchange.key;
  }

  onNews(listener: () => void): () => void {
    return this.store.onRecords(listener);
  }

  /** @returns null for a record of another tablet */
  private async ownSignature(record: KnownRecord, identity: Identity): Promise<string | null> {
    const { deviceId, eventId, privateKey } = identity;
    if (makerOf(record) !== deviceId) return null;
    const id = recordId(record);
    const made = this.signatures.get(id);
    if (made) return made;
    const { signature } = isScan(record)
      ? await signScan(eventId, record.scan, privateKey)
      : await signWalkIn(eventId, deviceId, record.walkIn, privateKey);
    this.signatures.set(id, signature);
    return signature;
  }

  /**
   * Only what a tablet of the event has signed is new. What contradicts something that is known, and what a revoked
   * tablet says to have made after it was revoked, counts nowhere, so it is refused here as the server keeps it aside.
   */
  private async judge(record: SignedRecord): Promise<Judgement> {
    const { state, known, identity } = this.store;
    if (!state || !known || !identity) return 'refused';
    const { setting } = state.venue;
    const already = known.get(recordId(record));
    if (already) return sameAs(already, record);
    const maker = await this.devices.find(makerOf(record), setting);
    // This tablet knows all of its own.
    if (!maker?.publicKey || maker.id === identity.deviceId) return 'refused';
    if (!(await isMadeBy(record, setting.eventId, maker.publicKey))) return 'refused';
    const time = correctedTime(isScan(record) ? record.scan : record.walkIn);
    if (maker.revokedAt !== null && time > maker.revokedAt) return 'refused';
    if (!isScan(record)) return this.judgeWalkIn(record, maker.publicKey);
    const { scan } = record;
    if ((scan.ticketId === null) === (scan.payloadHash === null)) return 'refused';
    return known.withNumberOf(scan) === null ? 'new' : 'refused';
  }

  private async judgeWalkIn({ walkIn }: SignedWalkIn, publicKey: Bytes): Promise<Judgement> {
    const { venue, registrations } = this.store.state!;
    const { registrationId, ticketId, ticketText, workgroupId } = walkIn;
    // The server has told of it, and what it says wins.
    if (registrations.has(registrationId)) return 'known';
    const { eventId } = venue.setting;
    const key = { eventId, keyId: await keyIdOf(publicKey), publicKey, revoked: false };
    const reading = await readTicketText(ticketText, [key]);
    if (reading.kind !== 'ticket' || reading.ticket.ticketId !== ticketId) return 'refused';
    if (this.store.state?.registrationOf(ticketId) || !venue.workgroups.has(workgroupId)) return 'refused';
    return 'new';
  }
}

function sameAs(known: KnownRecord, record: SignedRecord): Judgement {
  return saysTheSame(known, record) ? 'known' : 'refused';
}
