import type { DeviceId, EventId, ScanId } from '../domain/ids.ts';
import type { Venue } from '../domain/setting.ts';
import type { Database } from './database/open.ts';

/** The most values in one statement. */
const MOST_TOGETHER = 1_000;

/** Which tablet brought a scan, where it was not the one that made it; by the scan's id. */
export type Bringers = ReadonlyMap<ScanId, DeviceId>;

/** Which of these scans another tablet has brought than the one that made them. */
export async function readBringers(
  db: Database,
  eventId: EventId,
  ids: readonly ScanId[],
): Promise<Bringers> {
  const bringers = new Map<ScanId, DeviceId>();
  for (let from = 0; from < ids.length; from += MOST_TOGETHER) {
    const rows = await db
      .selectFrom('scans')
      .select(['id', 'brought_by'])
      .where('event_id', '=', eventId)
      .where('id', 'in', ids.slice(from, from + MOST_TOGETHER))
      .where('brought_by', 'is not', null)
      .execute();
    for (const { id, brought_by } of rows) if (brought_by) bringers.set(id, brought_by);
  }
  return bringers;
}

/** What the office reads of it: the tablet's name, empty where the event has no such tablet any more. */
export function bringerOf(bringers: Bringers, id: ScanId, { setting }: Venue): string | null {
  const bringer = bringers.get(id);
  return bringer === undefined ? null : (setting.devices.find((device) => device.id === bringer)?.name ?? '');
}

/** How many of one tablet's scans another has brought. */
export interface BroughtCount {
  maker: DeviceId;
  bringer: DeviceId;
  count: number;
}

/** How many scans of an event tablets have brought for each other. */
export async function countBrought(db: Database, eventId: EventId): Promise<BroughtCount[]> {
  const rows = await db
    .selectFrom('scans')
    .select((eb) => ['device_id', 'brought_by', eb.fn.countAll<number>().as('count')])
    .where('event_id', '=', eventId)
    .where('brought_by', 'is not', null)
    .groupBy(['device_id', 'brought_by'])
    .execute();
  return rows.flatMap(({ device_id, brought_by, count }) =>
    brought_by ? [{ maker: device_id, bringer: brought_by, count: Number(count) }] : [],
  );
}
