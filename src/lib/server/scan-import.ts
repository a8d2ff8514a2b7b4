import { gunzipSync } from 'node:zlib';
import { base64urlToBytes, type Bytes } from '../domain/bytes.ts';
import type { EventId } from '../domain/ids.ts';
import { isScanFileOf, parseScanFile, type ScanFile } from '../domain/scan-file.ts';
import { MAX_SCANS_PER_SYNC } from '../domain/wire.ts';
import { writeAct, type Actor } from './acts.ts';
import { countAnomalies } from './anomalies.ts';
import { lockEvent } from './database/locks.ts';
import type { DeviceRow } from './database/schema.ts';
import type { Installation } from './installation.ts';
import { storeScans } from './scan-intake.ts';
import { storeWalkIns } from './walk-in-intake.ts';

/** The most bytes of a file that was unpacked: a tablet's week, and no bomb. */
export const MOST_BYTES = 32e6;

export type ImportOutcome =
  | {
      kind: 'imported';
      /** The tablet's name. */
      device: string;
      /** Records that are new in the log, that were in it already, and that were kept aside because they can't be right. */
      added: number;
      known: number;
      odd: number;
    }
  | {
      kind: 'refused';
      why: 'not_a_file' | 'too_large' | 'other_event' | 'unknown_device' | 'bad_signature';
    };

/**
 * Takes in what a tablet has saved to a file, as if the tablet had sent it itself. Taking it in again changes nothing.
 * Only what the tablet's own key has signed is believed.
 */
export async function importScanFile(
  installation: Installation,
  eventId: EventId,
  upload: Bytes,
  by: Actor = null,
): Promise<ImportOutcome> {
  const bytes = unpack(upload);
  if (bytes === 'too_large') return { kind: 'refused', why: 'too_large' };
  const file = bytes && parseScanFile(bytes);
  if (!file) return { kind: 'refused', why: 'not_a_file' };
  const { content } = file;
  if (content.eventId !== eventId) return { kind: 'refused', why: 'other_event' };
  const device = await installation.db
    .selectFrom('devices')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('id', '=', content.deviceId)
    .executeTakeFirst();
  if (!device) return { kind: 'refused', why: 'unknown_device' };
  if (!(await isScanFileOf(file, base64urlToBytes(device.public_key)!))) {
    return { kind: 'refused', why: 'bad_signature' };
  }
  return { kind: 'imported', device: device.name, ...(await store(installation, device, file, by)) };
}

async function store(installation: Installation, device: DeviceRow, { content }: ScanFile, by: Actor) {
  const { scans, walkIns } = content;
  const { registered, scanned, ...counts } = await installation.db.transaction().execute(async (tx) => {
    await lockEvent(tx, device.event_id);
    const oddBefore = await countAnomalies(tx, device.event_id);
    let registered = 0;
    let scanned = 0;
    for (const part of inParts(walkIns))
      registered += (await storeWalkIns(tx, installation, device, part)).stored;
    for (const part of inParts(scans)) scanned += (await storeScans(tx, installation, device, part)).stored;
    const added = registered + scanned;
    if (added > 0) {
      // The tablet may never come back to say so itself.
      const waiting = Math.max(0, device.waiting - added);
      await tx.updateTable('devices').set({ waiting }).where('id', '=', device.id).execute();
    }
    const odd = (await countAnomalies(tx, device.event_id)) - oddBefore;
    const act = { kind: 'scans_imported', subject: device.id, details: { added, odd } } as const;
    await writeAct(installation, tx, { eventId: device.event_id, by, ...act });
    return { added, odd, registered, scanned };
  });
  installation.metrics.scansStored.inc(scanned);
  installation.metrics.registrations.inc({ origin: 'walk_in' }, registered);
  if (counts.added > 0 || counts.odd > 0) installation.news.publish(device.event_id);
  // A scan with a field that nobody knows is both: in the log, and kept aside.
  return { ...counts, known: Math.max(0, scans.length + walkIns.length - counts.added - counts.odd) };
}

function inParts(records: unknown[]): unknown[][] {
  const parts: unknown[][] = [];
  for (let i = 0; i < records.length; i += MAX_SCANS_PER_SYNC)
    parts.push(records.slice(i, i + MAX_SCANS_PER_SYNC));
  return parts;
}

/** Unpacks what is packed (RFC 1952). @returns null for what only looks packed */
function unpack(upload: Bytes): Bytes | 'too_large' | null {
  if (upload.length > MOST_BYTES) return 'too_large';
  if (upload[0] !== 0x1f || upload[1] !== 0x8b) return upload;
  try {
    return new Uint8Array(gunzipSync(upload, { maxOutputLength: MOST_BYTES }));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : null;
  }
}
