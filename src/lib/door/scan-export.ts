import { writeScanFile } from '../domain/scan-file.ts';
import { isSealedWalkIn } from './database.ts';
import { scanOf, withoutWaiting } from './outbox.ts';
import type { DoorStore } from './store.ts';

export interface ScanExport {
  /** What to call the file. */
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  scans: number;
  walkIns: number;
}

/**
 * Puts everything that this tablet scanned into a signed file. Nothing is changed on the tablet: what waits goes on
 * waiting, and sending it later is harmless.
 *
 * @returns null when the tablet is not paired
 * @throws when the disk can't be read
 */
export async function exportScans(store: DoorStore): Promise<ScanExport | null> {
  const { identity, db } = store;
  if (!identity) return null;
  const { scans, walkIns } = await db.transaction('r', db.scans, db.walkIns, async () => ({
    scans: await db.scans.orderBy('deviceSeq').toArray(),
    walkIns: await db.walkIns.where('waiting').equals(1).toArray(),
  }));
  const content = {
    eventId: identity.eventId,
    deviceId: identity.deviceId,
    madeAt: store.deviceTime(),
    scans: scans.map(scanOf),
    walkIns: walkIns.flatMap((walkIn) => (isSealedWalkIn(walkIn) ? [] : [withoutWaiting(walkIn)])),
    waiting: scans.filter(({ waiting }) => waiting).map(({ id }) => id),
  };
  const plain = await writeScanFile(content, identity.privateKey);
  const compressed = await gzip(plain);
  const tablet = identity.name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '');
  const day = new Date(content.madeAt).toISOString().slice(0, 16).replace(':', '');
  return {
    name: `einlass-${tablet || 'tablet'}-${day}.json${compressed ? '.gz' : ''}`,
    bytes: compressed ?? plain,
    scans: content.scans.length,
    walkIns: content.walkIns.length,
  };
}

/** An evening's scans as text are larger than a form may be. @returns null where the browser can't */
async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  if (typeof CompressionStream !== 'function') return null;
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
