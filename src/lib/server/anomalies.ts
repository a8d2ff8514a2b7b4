import { createHash } from 'node:crypto';
import type { EventId } from '../domain/ids.ts';
import type { Database, Tx } from './database/open.ts';
import type { DeviceRow } from './database/schema.ts';
import type { Installation } from './installation.ts';

/** Why a record that a tablet handed in is kept aside. */
export type AnomalyReason =
  | 'malformed'
  | 'unknown_field'
  | 'foreign_device'
  | 'impossible_time'
  | 'after_revocation'
  | 'id_taken'
  | 'sequence_taken'
  | 'bad_ticket'
  /** Brought by another tablet, and not signed by the one that is said to have made it. */
  | 'bad_signature'
  /** Brought by another tablet, and made by none of the event's. */
  | 'unknown_device'
  | 'unknown_workgroup';

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
