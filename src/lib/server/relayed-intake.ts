import * as v from 'valibot';
import type { AnomalyReason } from '../domain/anomaly.ts';
import { base64urlToBytes } from '../domain/bytes.ts';
import type { DeviceId } from '../domain/ids.ts';
import {
  isMadeBy,
  isSignedScan,
  makerOf,
  SignedRecordSchema,
  type SignedRecord,
  type SignedScan,
  type SignedWalkIn,
} from '../domain/signed-record.ts';
import { Anomalies } from './anomalies.ts';
import type { Database, Tx } from './database/open.ts';
import type { DeviceRow } from './database/schema.ts';
import type { Installation } from './installation.ts';
import { storeScans } from './scan-intake.ts';
import { storeWalkIns } from './walk-in-intake.ts';

/** What a tablet brings of other tablets, judged by its signature alone. */
export type JudgedRecord =
  | { kind: 'proven'; record: SignedRecord; maker: DeviceRow }
  | { kind: 'odd'; reason: AnomalyReason; record: unknown; id: string | null };

export interface RelayedIntake {
  /** Ids of records that need not be brought again. */
  acknowledged: string[];
  /** Of these, the ids of those that are not in the log and don't count. */
  aside: string[];
  scansStored: number;
  walkInsStored: number;
}

/** Looks who made each record, and whether that tablet has signed it; before anything is locked, because it takes time. */
export async function judgeRelayed(
  db: Database,
  bringer: DeviceRow,
  records: readonly unknown[],
): Promise<JudgedRecord[]> {
  if (records.length === 0) return [];
  const rows = await db.selectFrom('devices').selectAll().where('event_id', '=', bringer.event_id).execute();
  const devices = new Map<DeviceId, DeviceRow>(rows.map((row) => [row.id, row]));
  return Promise.all(
    records.map(async (record): Promise<JudgedRecord> => {
      const odd = (reason: AnomalyReason) => ({ kind: 'odd', reason, record, id: idIn(record) }) as const;
      const parsed = v.safeParse(SignedRecordSchema, record);
      if (!parsed.success) return odd('malformed');
      const maker = devices.get(makerOf(parsed.output));
      if (!maker) return odd('unknown_device');
      const publicKey = base64urlToBytes(maker.public_key)!;
      const proven = await isMadeBy(parsed.output, bringer.event_id, publicKey);
      return proven ? { kind: 'proven', record: parsed.output, maker } : odd('bad_signature');
    }),
  );
}

/** Stores what is proven as if its own tablet had handed it in, each record once; what is not becomes an anomaly. */
export async function storeRelayed(
  tx: Tx,
  installation: Installation,
  bringer: DeviceRow,
  judged: readonly JudgedRecord[],
): Promise<RelayedIntake> {
  const intake: RelayedIntake = { acknowledged: [], aside: [], scansStored: 0, walkInsStored: 0 };
  const byMaker = new Map<DeviceId, { maker: DeviceRow; scans: SignedScan[]; walkIns: SignedWalkIn[] }>();
  const odd = [];
  for (const one of judged) {
    if (one.kind === 'odd') {
      odd.push(one);
      continue;
    }
    const { maker, record } = one;
    const made = byMaker.get(maker.id) ?? { maker, scans: [], walkIns: [] };
    byMaker.set(maker.id, made);
    if (isSignedScan(record)) made.scans.push(record);
    else made.walkIns.push(record);
  }
  for (const { maker, scans, walkIns } of byMaker.values()) {
    const registered = await storeWalkIns(
      tx,
      installation,
      maker,
      walkIns.map(({ walkIn }) => walkIn),
    );
    const scanned = await storeScans(
      tx,
      installation,
      maker,
      scans.map(({ scan }) => scan),
      {
        signatures: scans.map(({ signature }) => signature),
        broughtBy: maker.id === bringer.id ? null : bringer.id,
      },
    );
    intake.acknowledged.push(...registered.acknowledged, ...scanned.acknowledged);
    intake.aside.push(...registered.aside, ...scanned.aside);
    intake.scansStored += scanned.stored;
    intake.walkInsStored += registered.stored;
    await countAsHandedIn(tx, maker, registered.stored + scanned.stored);
  }
  // After the event's row was locked, as `storeScans` does.
  const anomalies = new Anomalies(tx, installation, bringer);
  for (const { reason, record, id } of odd) {
    await anomalies.add(reason, record);
    if (id === null) continue;
    intake.acknowledged.push(id);
    intake.aside.push(id);
  }
  return intake;
}

/** What another tablet has brought does not wait any more on the one that made it, which may never come to say so. */
async function countAsHandedIn(tx: Tx, maker: DeviceRow, count: number): Promise<void> {
  if (count === 0) return;
  await tx
    .updateTable('devices')
    .set((eb) => ({
      waiting: eb
        .case()
        .when('waiting', '>', count)
        .then(eb('waiting', '-', count))
        .else(0)
        .end(),
    }))
    .where('id', '=', maker.id)
    .execute();
}

/** By which the tablet knows the record, in whatever form it is. */
function idIn(record: unknown): string | null {
  const { scan, walkIn } = (record ?? {}) as {
    scan?: { id?: unknown } | null;
    walkIn?: { registrationId?: unknown } | null;
  };
  const id = scan?.id ?? walkIn?.registrationId;
  return typeof id === 'string' ? id : null;
}
