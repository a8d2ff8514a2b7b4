import type { Ledger } from './ledger.ts';
import { count, type Count } from './count.ts';
import type { Store } from './stores.ts';

interface MailRow {
  id: string;
  registration_id: string;
  kind: string;
  reason: string;
  state: string;
  problem: string | null;
}

/**
 * A mail is promised when the outbox holds it. Each must have arrived; one that came twice under the same Message-ID is
 * what SMTP cannot do better when a process dies between the mail server's yes and the record of it.
 *
 * @param byEmail - the registrations by their addresses
 */
export async function reckonMails(
  store: Store,
  ledger: Ledger,
  byEmail: Map<string | null, { id: string; state: string }[]>,
): Promise<Count> {
  const mails = count('mails');
  const rows = await store.rows<MailRow>(
    'select id, registration_id, kind, reason, state, problem from mails',
  );
  const arrived = new Map<string, number>();
  for (const id of ledger.mails) arrived.set(id, (arrived.get(id) ?? 0) + 1);
  const known = new Set(rows.map(({ id }) => id));
  for (const id of arrived.keys()) if (!known.has(id)) ledger.violate('a mail came that the outbox lacks');
  for (const { id, state, problem } of rows) {
    const times = arrived.get(id) ?? 0;
    if (state === 'sent') {
      mails.acknowledged += 1;
      if (times > 0) mails.found += 1;
      else mails.missing += 1;
    } else if (times > 0) mails.unacknowledged += 1;
    else if (state !== 'waiting' && problem !== 'obsolete') ledger.violate(`a mail is ${state}`);
    mails.double += Math.max(0, times - 1);
  }
  if (new Set(rows.map(({ reason }) => reason)).size < rows.length)
    ledger.violate('two mails were written for one reason');

  const ofRegistration = Map.groupBy(rows, (row) => row.registration_id);
  for (const guest of ledger.guests) {
    const [row] = byEmail.get(guest.email) ?? [];
    if (!row) continue;
    const kinds = (ofRegistration.get(row.id) ?? []).map(({ kind }) => kind);
    const first = kinds.filter((kind) => kind === 'confirmation').length;
    const toldToWait = kinds.filter((kind) => kind === 'waiting_list').length;
    if (first + toldToWait !== 1) ledger.violate('a guest has not exactly one mail about registering');
    const cancelled = kinds.filter((kind) => kind === 'cancellation').length;
    if (cancelled !== Number(row.state === 'cancelled'))
      ledger.violate('a guest has not exactly one mail about cancelling');
    if (guest.changes > 0 && !kinds.includes('change')) ledger.violate('a change has no mail');
  }
  return mails;
}
