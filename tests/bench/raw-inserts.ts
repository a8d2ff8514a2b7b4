import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { v7 } from 'uuid';
import type { CheckpointId, DeviceId, ScanId } from '../../src/lib/domain/ids.ts';
import { millis } from '../../src/lib/domain/time.ts';
import type { NewScanRow } from '../../src/lib/server/database/schema.ts';
import { insertRows, type SeededEvent, type Site } from './seed.ts';
import { SIGNATURE } from './simulated-tablet.ts';

export interface RawRate {
  /** Rows a second. */
  rate: number;
  /** This process's time for one row, in microseconds. */
  processor: number;
}

/**
 * What the store's driver alone does with rows of scans: as durable, in one transaction for each batch, without HTTP,
 * schemas or news.
 *
 * @param connections - how many write at once; SQLite has one writer
 */
export async function rawInserts(
  site: Site,
  batch: number,
  connections: number,
  duration: number,
): Promise<RawRate> {
  const { DATABASE_URL: url } = site.environment;
  const writers = await Promise.all(
    Array.from({ length: url ? connections : 1 }, (_, i) =>
      openWriter(site, site.events[i % site.events.length]!),
    ),
  );
  const used = process.cpuUsage();
  const start = performance.now();
  const counts = await Promise.all(
    writers.map(async (writer) => {
      let count = 0;
      for (; performance.now() - start < duration; count += batch) await writer.write(batch);
      return count;
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(used);
  for (const writer of writers) await writer.close();
  const rows = counts.reduce((a, b) => a + b, 0);
  return { rate: rows / seconds, processor: (user + system) / rows };
}

interface Writer {
  /** Inserts so many rows, durably. */
  write(batch: number): Promise<void>;
  close(): Promise<void>;
}

async function openWriter(site: Site, event: SeededEvent): Promise<Writer> {
  const { deviceId } = await site.pair(event, 'Grenze');
  let seq = 0;
  const next = (batch: number) => Array.from({ length: batch }, () => rawRow(event, deviceId, ++seq));
  const { DATABASE_URL: url } = site.environment;
  return url ? openByPg(url, next) : openByNode(site.database, next);
}

function openByNode(database: string, next: (batch: number) => NewScanRow[]): Writer {
  const file = new DatabaseSync(database, { timeout: 5_000 });
  file.exec('pragma journal_mode = wal; pragma synchronous = full');
  return {
    write(batch) {
      const rows = next(batch);
      file.exec('begin immediate');
      insertRows(file, 'scans', rows);
      file.exec('commit');
      return Promise.resolve();
    },
    close: () => Promise.resolve(file.close()),
  };
}

async function openByPg(url: string, next: (batch: number) => NewScanRow[]): Promise<Writer> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const texts = new Map<number, string>();
  return {
    async write(batch) {
      const rows = next(batch);
      const text = texts.get(batch) ?? insertOf(rows);
      texts.set(batch, text);
      await client.query('begin');
      await client.query(
        text,
        rows.flatMap((row) => Object.values(row) as unknown[]),
      );
      await client.query('commit');
    },
    close: () => client.end(),
  };
}

function insertOf(rows: NewScanRow[]): string {
  const columns = Object.keys(rows[0]!);
  const tuples = rows.map(
    (_, row) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(', ')})`,
  );
  return `insert into scans (${columns.join(', ')}) values ${tuples.join(', ')}`;
}

function rawRow(event: SeededEvent, deviceId: DeviceId, seq: number): NewScanRow {
  return {
    event_id: event.id,
    id: v7() as ScanId,
    device_id: deviceId,
    device_seq: seq,
    ticket_id: event.ticketIds[(seq * 7) % event.ticketIds.length]!,
    payload_hash: null,
    checkpoint_id: 'hall-door' as CheckpointId,
    direction: 'entry',
    device_time: millis(Date.now()),
    clock_offset: 0,
    roster_cursor: null,
    verdict_shown: 'admitted',
    override_by: null,
    override_why: null,
    by_hand_by: null,
    by_hand_why: null,
    undoes: null,
    received_at: millis(Date.now()),
    change: 1,
    signature: SIGNATURE,
    brought_by: null,
  };
}
