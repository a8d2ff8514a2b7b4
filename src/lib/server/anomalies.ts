import { createHash } from 'node:crypto';
import type { AnomalyReason } from '../domain/anomaly.ts';
import type { DeviceId, EventId } from '../domain/ids.ts';
import type { Database, Tx } from './database/open.ts';
import type { DeviceRow } from './database/schema.ts';
import type { Installation } from './installation.ts';

/** Keeps records that can't be right, each once. */
export class Anomalies {
  private readonly tx: Tx;
  private readonly installation: Pick<Installation, 'clock'>;
  private readonly device: DeviceRow;

  constructor(tx: Tx, installation: Pick<Installation, 'clock'>, device: DeviceRow) {
    this.tx = tx;
    this.installation = installation;
    this.device = device;
  }

  async add(reason: AnomalyReason, record: unknown): Promise<void> {
    const json = JSON.stringify(record);
    await this.tx
      .insertInto('anomalies')
      .values({
        event_id: this.device.event_id,
        device_id: this.device.id,
        record_hash: createHash('sha256').update(json).digest('base64url'),
        reason,
        record: json,
        received_at: this.installation.clock(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

export async function countAnomalies(db: Database, eventId: EventId): Promise<number> {
  const { count } = await db
    .selectFrom('anomalies')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many records of one kind a tablet has handed in. */
export interface AnomalyCount {
  reason: AnomalyReason;
  device: DeviceId;
  count: number;
}

/** What of an event is kept aside, by reason and by who handed it in, the most first. */
export async function countAnomaliesByReason(db: Database, eventId: EventId): Promise<AnomalyCount[]> {
  const rows = await db
    .selectFrom('anomalies')
    .select((eb) => ['reason', 'device_id', eb.fn.countAll<number>().as('count')])
    .where('event_id', '=', eventId)
    .groupBy(['reason', 'device_id'])
    .execute();
  return rows
    .map(({ reason, device_id, count }) => ({ reason, device: device_id, count: Number(count) }))
    .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
}
