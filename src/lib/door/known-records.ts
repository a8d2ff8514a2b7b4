import type { DeviceId, RegistrationId, ScanId } from '../domain/ids.ts';
import type { Scan } from '../domain/scan.ts';
import { isScan, type SignedRecord, type UnsignedRecord } from '../domain/signed-record.ts';
import type { Change, WalkIn } from '../domain/wire.ts';

/** A record as this tablet knows it: its own are signed when they leave it, some of others came without a signature. */
export type KnownRecord = UnsignedRecord & { signature?: string | undefined };

/** The records that the event's tablets have made, as far as this one knows them: what it can hand on. */
export class KnownRecords {
  private readonly byId = new Map<ScanId | RegistrationId, KnownRecord>();
  /** Which scan has a tablet's number. */
  private readonly byNumber = new Map<string, ScanId>();

  /** Adds a record; one with the same id is left as it is. */
  add(record: KnownRecord): void {
    const id = isScan(record) ? record.scan.id : record.walkIn.registrationId;
    if (this.byId.has(id)) return;
    this.byId.set(id, record);
    if (isScan(record)) this.byNumber.set(numberOf(record.scan), record.scan.id);
  }

  /** Adds the scans among the server's news. */
  hear(changes: readonly Change[]): void {
    for (const change of changes)
      if (change.kind === 'scan') this.add({ scan: change.scan, signature: change.signature });
  }

  addOwnWalkIn(walkIn: WalkIn, deviceId: DeviceId): void {
    this.add({ walkIn, deviceId });
  }

  forget(ids: readonly RegistrationId[]): void {
    for (const id of ids) this.byId.delete(id);
  }

  get(id: ScanId | RegistrationId): KnownRecord | null {
    return this.byId.get(id) ?? null;
  }

  /** The scan that already has the number that this one claims. */
  withNumberOf(scan: Scan): ScanId | null {
    return this.byNumber.get(numberOf(scan)) ?? null;
  }

  *scans(): Generator<Scan> {
    for (const record of this.byId.values()) if (isScan(record)) yield record.scan;
  }

  *walkIns(): Generator<RegistrationId> {
    for (const record of this.byId.values()) if (!isScan(record)) yield record.walkIn.registrationId;
  }

  all(): IterableIterator<KnownRecord> {
    return this.byId.values();
  }
}

/** What a tablet begins with, from its disk. */
export function knownRecords(
  own: { deviceId: DeviceId; scans: readonly Scan[]; walkIns: readonly WalkIn[] },
  changes: readonly Change[],
  relayed: readonly SignedRecord[],
): KnownRecords {
  const known = new KnownRecords();
  for (const scan of own.scans) known.add({ scan });
  for (const walkIn of own.walkIns) known.addOwnWalkIn(walkIn, own.deviceId);
  known.hear(changes);
  for (const record of relayed) known.add(record);
  return known;
}

function numberOf({ deviceId, deviceSeq }: Scan): string {
  return `${deviceId} ${deviceSeq}`;
}
