import type { Scan } from '../../src/lib/domain/scan.ts';
import type { Ground } from './ground.ts';
import type { Ledger, TabletRecord } from './ledger.ts';
import { count, type Count } from './count.ts';
import type { Store } from './stores.ts';

interface ScanRow {
  id: string;
  device_id: string;
  change: number;
}

/** The log holds each scan once, and every tablet has learned of all the others'. */
export async function reckonScans(store: Store, { eventId }: Ground, ledger: Ledger): Promise<Count> {
  const scans = count('scans');
  const rows = await store.rows<ScanRow>('select id, device_id, change from scans');
  const there = new Map<string, number>();
  for (const { id } of rows) there.set(id, (there.get(id) ?? 0) + 1);
  const made = new Set<string>();
  for (const tablet of ledger.tablets) {
    for (const id of tablet.made.keys()) {
      made.add(id);
      const times = there.get(id) ?? 0;
      if (tablet.acknowledged.has(id)) scans.acknowledged += 1;
      else scans.unacknowledged += times;
      if (tablet.acknowledged.has(id) && times > 0) scans.found += 1;
      if (tablet.acknowledged.has(id) && times === 0) scans.missing += 1;
      scans.double += Math.max(0, times - 1);
    }
    for (const id of tablet.acknowledged)
      if (!tablet.made.has(id)) ledger.violate('a scan was acknowledged that was never made');
    reckonFeed(tablet, rows, ledger);
  }
  for (const { id } of rows) if (!made.has(id)) ledger.violate('a scan is in the log that was never made');
  const [{ anomalies }] = (await store.rows<{ anomalies: number }>(
    'select count(*) as anomalies from anomalies',
  )) as [{ anomalies: number }];
  if (Number(anomalies) > 0) ledger.violate('a good scan was set aside as an anomaly');
  await reckonNumbers(store, eventId, ledger);
  return scans;
}

/** Every other tablet's scan has come exactly once, and the roster is the office's. */
function reckonFeed({ deviceId, learned, resets }: TabletRecord, rows: ScanRow[], ledger: Ledger): void {
  if (resets > 0) ledger.violate('a tablet was told to start over');
  const others = rows.filter((row) => row.device_id !== deviceId);
  if (others.some(({ id }) => !learned.has(id as Scan['id'])))
    ledger.violate('a tablet has missed a scan in the feed');
  if ([...learned.values()].some((times) => times > 1)) ledger.violate('the feed has told a scan twice');
  if (learned.size !== others.length) ledger.violate('the feed has told a scan that is not in the log');
}

/** Each number of the feed stands for one thing, and none is beyond the last that was given out. */
async function reckonNumbers(store: Store, eventId: string, ledger: Ledger): Promise<void> {
  const numbers = await store.rows<{ change: number }>(
    'select change from scans union all select change from registrations union all select change from decisions',
  );
  const given = numbers.map(({ change }) => Number(change));
  if (new Set(given).size < given.length) ledger.violate('a number of the feed was given twice');
  const [event] = await store.rows<{ change: number }>(`select change from events where id = '${eventId}'`);
  if (given.some((change) => change > Number(event!.change)))
    ledger.violate('a number is beyond the feed’s last');
}

/**
 * Who is where, written down as plainly as it can be said: each ticket's last scan counts, an entry brings into the
 * room, an exit from a workgroup's room into the hall, and an exit from the hall out.
 */
export function naiveHeadcount(tablets: TabletRecord[]): Map<string, number> {
  const last = new Map<string, Scan>();
  for (const { made } of tablets) {
    for (const scan of made.values()) {
      const before = last.get(scan.ticketId!);
      if (!before || before.deviceTime < scan.deviceTime) last.set(scan.ticketId!, scan);
    }
  }
  const headcount = new Map<string, number>();
  for (const { checkpointId, direction } of last.values()) {
    const room = checkpointId.replace('-door', '');
    const place = direction === 'entry' ? room : room === 'hall' ? null : 'hall';
    if (place) headcount.set(place, (headcount.get(place) ?? 0) + 1);
  }
  return headcount;
}

/** Holds what the server tells other systems against the naive count. */
export async function reckonHeadcount(url: string, ground: Ground, ledger: Ledger): Promise<void> {
  const response = await fetch(`${url}/api/v1/events/${ground.slug}/headcount`, {
    headers: { authorization: `Bearer ${ground.apiToken}` },
  });
  if (response.status !== 200) return ledger.violate(`the headcount was answered with ${response.status}`);
  const told = (await response.json()) as { total: number; rooms: { id: string; headcount: number }[] };
  const naive = naiveHeadcount(ledger.tablets);
  for (const { id, headcount } of told.rooms)
    if (headcount !== (naive.get(id) ?? 0)) ledger.violate(`the headcount of ${id} is wrong`);
  const total = [...naive.values()].reduce((sum, each) => sum + each, 0);
  if (told.total !== total) ledger.violate('the venue’s total is wrong');
}
