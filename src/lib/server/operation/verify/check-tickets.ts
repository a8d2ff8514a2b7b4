import { base64urlToBytes, bytesToBase64url } from '../../../domain/bytes.ts';
import { keyIdOf, keyPairFromSeed } from '../../../domain/signing.ts';
import { readTicketText, type TicketKey } from '../../../domain/ticket.ts';
import type { Secrets } from '../../secrets.ts';
import { problem, some, type Checking, type Finding } from './finding.ts';

/** Whether the installation's secret opens the event's keys, and every ticket is signed by a key that the doors know. */
export async function checkTickets({ tx, event }: Checking, secrets: Secrets): Promise<Finding[]> {
  const findings: Finding[] = [];
  const keyRows = await tx.selectFrom('event_keys').selectAll().where('event_id', '=', event.id).execute();
  const devices = await tx.selectFrom('devices').selectAll().where('event_id', '=', event.id).execute();
  if (keyRows.length === 0) findings.push(problem(event.slug, 'has no key to sign tickets with'));
  for (const row of keyRows)
    if (!(await opens(row, secrets)))
      findings.push(problem(event.slug, `the installation's secret does not open the key ${row.key_id}`));
  const keys: TicketKey[] = [...keyRows, ...devices].flatMap(({ key_id: keyId, public_key }) => {
    const publicKey = base64urlToBytes(public_key);
    return publicKey ? [{ keyId, eventId: event.id, publicKey, revoked: false }] : [];
  });

  const rows = await tx
    .selectFrom('tickets')
    .innerJoin('registrations', 'registrations.id', 'tickets.registration_id')
    .select(['tickets.id', 'tickets.text', 'registrations.erased_at', 'registrations.event_id'])
    .where('tickets.event_id', '=', event.id)
    .execute();
  const unsigned: string[] = [];
  const elsewhere: string[] = [];
  for (const row of rows) {
    if (row.event_id !== event.id) elsewhere.push(row.id);
    // Its text has been erased with the person; its id is still known to the doors.
    if (row.text === '' && row.erased_at !== null) continue;
    const reading = await readTicketText(row.text, keys);
    if (reading.kind !== 'ticket' || reading.ticket.ticketId !== row.id) unsigned.push(row.id);
  }
  if (unsigned.length > 0)
    findings.push(problem(event.slug, `tickets that no door would believe: ${some(unsigned)}`));
  if (elsewhere.length > 0)
    findings.push(problem(event.slug, `tickets of another event's registrations: ${some(elsewhere)}`));
  return findings;
}

async function opens(
  row: { key_id: string; public_key: string; sealed_seed: string },
  secrets: Secrets,
): Promise<boolean> {
  try {
    const { publicKey } = await keyPairFromSeed(secrets.open(row.sealed_seed));
    return bytesToBase64url(publicKey) === row.public_key && (await keyIdOf(publicKey)) === row.key_id;
  } catch {
    return false;
  }
}
