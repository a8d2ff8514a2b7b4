import * as v from 'valibot';
import type { AnomalyReason } from '../domain/anomaly.ts';
import { base64urlToBytes } from '../domain/bytes.ts';
import { correctedTime } from '../domain/scan.ts';
import { readTicketText } from '../domain/ticket.ts';
import { WalkInSchema, type WalkIn } from '../domain/wire.ts';
import { Anomalies } from './anomalies.ts';
import type { Tx } from './database/open.ts';
import type { DeviceRow } from './database/schema.ts';
import { nextChange } from './database/change-numbers.ts';
import { listWorkgroups } from './events.ts';
import type { Installation } from './installation.ts';
import { insertRegistration } from './registrations.ts';
import type { Intake } from './scan-intake.ts';
import { insertTicket } from './tickets.ts';

/** Registers whom a tablet let in as walk-ins, each once; what can't be right becomes an anomaly. */
export async function storeWalkIns(
  tx: Tx,
  installation: Installation,
  device: DeviceRow,
  records: unknown[],
): Promise<Intake> {
  const acknowledged: string[] = [];
  const aside: string[] = [];
  let stored = 0;
  const anomalies = new Anomalies(tx, installation, device);
  // The same ones may come twice at once, at two processes: the second waits, and finds them registered.
  if (records.length > 0) await nextChange(tx, device.event_id);
  for (const record of records) {
    const parsed = v.safeParse(WalkInSchema, record);
    if (!parsed.success) {
      await anomalies.add('malformed', record);
      const id = (record as { registrationId?: unknown } | null)?.registrationId;
      if (typeof id === 'string') {
        acknowledged.push(id);
        aside.push(id);
      }
      continue;
    }
    const walkIn = parsed.output;
    acknowledged.push(walkIn.registrationId);
    if (await isRegistered(tx, walkIn)) continue;
    const reason = await judgeWalkIn(tx, device, walkIn);
    if (reason) {
      await anomalies.add(reason, record);
      aside.push(walkIn.registrationId);
      continue;
    }
    const registration = {
      submissionId: walkIn.registrationId,
      name: walkIn.name,
      email: null,
      workgroupId: walkIn.workgroupId,
      locale: 'de',
      origin: 'walk_in',
      state: 'confirmed',
      consented: false,
    } as const;
    const change = await nextChange(tx, device.event_id);
    await insertRegistration(tx, installation, device.event_id, registration, change, walkIn.registrationId);
    const ticket = { id: walkIn.ticketId, text: walkIn.ticketText };
    await insertTicket(tx, installation, device.event_id, walkIn.registrationId, ticket);
    stored += 1;
  }
  return { acknowledged, stored, aside };
}

/** Sent again, which is harmless. */
async function isRegistered(tx: Tx, walkIn: WalkIn): Promise<boolean> {
  const row = await tx
    .selectFrom('tickets')
    .select('id')
    .where('id', '=', walkIn.ticketId)
    .where('registration_id', '=', walkIn.registrationId)
    .executeTakeFirst();
  return row !== undefined;
}

async function isTaken(tx: Tx, walkIn: WalkIn): Promise<boolean> {
  const { registrationId, ticketId } = walkIn;
  const registration = tx.selectFrom('registrations').select('id').where('id', '=', registrationId);
  const ticket = tx.selectFrom('tickets').select('id').where('id', '=', ticketId);
  return Boolean((await registration.executeTakeFirst()) ?? (await ticket.executeTakeFirst()));
}

async function judgeWalkIn(tx: Tx, device: DeviceRow, walkIn: WalkIn): Promise<AnomalyReason | null> {
  const key = {
    keyId: device.key_id,
    eventId: device.event_id,
    publicKey: base64urlToBytes(device.public_key)!,
    revoked: false,
  };
  const reading = await readTicketText(walkIn.ticketText, [key]);
  if (reading.kind !== 'ticket' || reading.ticket.ticketId !== walkIn.ticketId) return 'bad_ticket';
  if (await isTaken(tx, walkIn)) return 'id_taken';
  if (device.revoked_at !== null && correctedTime(walkIn) > device.revoked_at) return 'after_revocation';
  const workgroups = await listWorkgroups(tx, device.event_id);
  return workgroups.some(({ id }) => id === walkIn.workgroupId) ? null : 'unknown_workgroup';
}
