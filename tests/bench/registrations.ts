import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { v7 } from 'uuid';
import type { CheckpointId, DeviceId, ScanId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { ticketNumberOf } from '../../src/lib/domain/ticket-number.ts';
import { millis } from '../../src/lib/domain/time.ts';
import type { NewScanRow } from '../../src/lib/server/database/schema.ts';
import { openInstallation } from '../../src/lib/server/installation.ts';
import { listRegistrations, type ListQuery } from '../../src/lib/server/registration-list.ts';
import { median, percentiles, type Row } from './report.ts';
import { insertRows, nameOf, type SeededEvent, type Site } from './seed.ts';

const RUNS = 9;
/** The aim for a page's data, in milliseconds. */
const AIM = 100;
const PLAIN: ListQuery = { search: '', workgroupId: null, state: null, sort: 'name', page: 1 };

/** How long the server takes for a page of the office's list, whatever is asked, when half of all have come. */
export async function benchRegistrations(site: Site): Promise<Row[]> {
  const event = site.events[0]!;
  const size = event.ticketIds.length;
  admitHalf(site.database, event);
  const installation = await openInstallation({
    dataFolder: site.folder,
    clock: () => millis(Date.now()),
    log: pino({ level: 'silent' }),
    origin: 'http://localhost',
  });
  try {
    const ask = async (query: Partial<ListQuery>): Promise<number> => {
      const start = performance.now();
      await listRegistrations(installation, event.id, { ...PLAIN, ...query });
      return performance.now() - start;
    };
    const first = await ask({});
    const workgroupId = 'w3' as WorkgroupId;
    const questions: Record<string, Partial<ListQuery>> = {
      'the first page': {},
      'the last page, by time': { sort: 'time', page: 10_000 },
      'the last page of one workgroup': { workgroupId, state: 'confirmed', page: 10_000 },
      'who is inside': { state: 'inside' },
      'a search for one name': { search: nameOf(Math.floor(size / 3)) },
      'a search for an address': { search: `guest${size - 1}@example.org` },
      'a search for a number': { search: ticketNumberOf(event.ticketIds[7]!) },
      'a search that finds thousands': { search: 'Mertens' },
      'a search that finds all, by time': { search: 'e', sort: 'time' },
    };
    const rows: Row[] = [];
    for (const [question, query] of Object.entries(questions)) {
      const times: number[] = [];
      for (let i = 0; i < RUNS; i += 1) times.push(await ask(query));
      const name = `among ${size.toLocaleString('en')}: ${question}`;
      rows.push({
        part: 'registrations',
        name: `${name}, median`,
        figure: median(times),
        unit: 'ms',
        aim: AIM,
      });
      rows.push({ part: 'registrations', name: `${name}, p95`, figure: percentiles(times).p95, unit: 'ms' });
    }
    const name = 'the first page after a restart, with the folding of the log';
    return [...rows, { part: 'registrations', name, figure: first / 1_000, unit: 's' }];
  } finally {
    await installation.close();
  }
}

/** One scan for every other ticket, at the hall's door. */
function admitHalf(database: string, event: SeededEvent): void {
  const now = millis(Date.now());
  const deviceId = v7() as DeviceId;
  const file = new DatabaseSync(database);
  file.exec('begin');
  const { change } = file.prepare('select change from events where id = ?').get(event.id) as {
    change: number;
  };
  const admitted = event.ticketIds.filter((_, i) => i % 2 === 0);
  const scans = admitted.map((ticketId, i): NewScanRow => ({
    event_id: event.id,
    id: v7() as ScanId,
    device_id: deviceId,
    device_seq: i + 1,
    ticket_id: ticketId,
    payload_hash: null,
    checkpoint_id: 'hall-door' as CheckpointId,
    direction: 'entry',
    device_time: now,
    clock_offset: 0,
    roster_cursor: null,
    verdict_shown: 'admitted',
    override_by: null,
    override_why: null,
    by_hand_by: null,
    by_hand_why: null,
    undoes: null,
    received_at: now,
    change: change + 1 + i,
  }));
  insertRows(file, 'scans', scans);
  file.prepare('update events set change = ? where id = ?').run(change + scans.length, event.id);
  file.exec('commit');
  file.close();
}
