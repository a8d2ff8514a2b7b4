import { DatabaseSync } from 'node:sqlite';
import { v7 } from 'uuid';
import type { CheckpointId, DeviceId, ScanId } from '../../src/lib/domain/ids.ts';
import { millis } from '../../src/lib/domain/time.ts';
import type { NewScanRow } from '../../src/lib/server/database/schema.ts';
import { startServer } from '../e2e/support.ts';
import type { Row } from './report.ts';
import { insertRows, type SeededEvent, type Site } from './seed.ts';
import { SimulatedTablet } from './simulated-tablet.ts';

const TABLETS = 8;
const BATCHES = [1, 100];
const WARM_UP = 1_000;
const DURATION = 4_000;

/**
 * How many scans one server process takes for good. The tablets are simulated by this process, on the same machine, so
 * the server has not all of it.
 *
 * @param site - with as many events as there are tablets
 */
export async function benchServer(site: Site): Promise<Row[]> {
  // Before and after, because a disk that others use too is not equally fast all the time.
  const before = await rawRates(site);
  const server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  const rows: Row[] = [];
  try {
    const places = [
      { name: 'each at an event of its own', at: (i: number) => site.events[i]! },
      { name: 'all at one event, each also gets the others’ scans', at: () => site.events[0]! },
    ];
    for (const place of places) {
      const tablets = await Promise.all(
        Array.from({ length: TABLETS }, (_, i) => SimulatedTablet.pair(site, place.at(i), server.url)),
      );
      await Promise.all(tablets.map((tablet) => tablet.catchUp()));
      for (const batch of BATCHES) {
        await run(tablets, batch, WARM_UP);
        const row: Row = {
          part: 'server',
          name: `scans taken in batches of ${batch} from ${TABLETS} tablets, ${place.name}`,
          figure: await run(tablets, batch, DURATION),
          unit: '/s',
        };
        if (batch === 100) row.aim = 10_000;
        rows.push(row);
      }
      for (const tablet of tablets) tablet.close();
    }
  } finally {
    await server.stop();
  }
  const after = await rawRates(site);
  return rows.map((row, i) => {
    const which = i % BATCHES.length;
    return {
      ...row,
      beside: { what: 'raw inserts of the same rows', figure: (before[which]! + after[which]!) / 2 },
    };
  });
}

/** For each size of a batch. */
async function rawRates(site: Site): Promise<number[]> {
  const rates: number[] = [];
  for (const batch of BATCHES) rates.push(await rawInserts(site, batch));
  return rates;
}

/** @returns scans per second */
async function run(tablets: SimulatedTablet[], batch: number, duration: number): Promise<number> {
  const start = performance.now();
  const taken = await Promise.all(
    tablets.map(async (tablet) => {
      let count = 0;
      while (performance.now() - start < duration) count += await tablet.handIn(batch);
      return count;
    }),
  );
  return taken.reduce((a, b) => a + b, 0) / ((performance.now() - start) / 1_000);
}

/** What node:sqlite alone does with such rows, in the same file: as durable, without HTTP, schemas or news. */
async function rawInserts(site: Site, batch: number): Promise<number> {
  const event = site.events[0]!;
  const { deviceId } = await site.pair(event, 'Grenze');
  const file = new DatabaseSync(site.database);
  file.exec('pragma journal_mode = wal; pragma synchronous = full');
  let seq = 0;
  const start = performance.now();
  while (performance.now() - start < DURATION / 2) {
    const rows = Array.from({ length: batch }, () => rawRow(event, deviceId, ++seq));
    file.exec('begin immediate');
    insertRows(file, 'scans', rows);
    file.exec('commit');
  }
  const rate = seq / ((performance.now() - start) / 1_000);
  file.close();
  return rate;
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
  };
}
