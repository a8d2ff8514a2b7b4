import { count, type Count } from './count.ts';
import type { Ground } from './ground.ts';
import type { GuestRecord, Ledger } from './ledger.ts';
import { reckonMails } from './mail-reckoning.ts';
import { reckonScans } from './scan-reckoning.ts';
import type { Store } from './stores.ts';

interface RegistrationRow {
  id: string;
  email: string | null;
  name: string;
  workgroup_id: string;
  state: 'confirmed' | 'waitlisted' | 'cancelled';
  change: number;
}

/** Holds the ledger against the database. What must not be is noted in the ledger. */
export async function reckon(store: Store, ground: Ground, ledger: Ledger): Promise<Count[]> {
  const rows = await store.rows<RegistrationRow>(
    'select id, email, name, workgroup_id, state, change from registrations',
  );
  const byEmail = Map.groupBy(rows, ({ email }) => email);
  const [registrations, changes, cancellations] = [
    count('registrations'),
    count('changes'),
    count('cancellations'),
  ];
  for (const guest of ledger.guests) {
    const own = byEmail.get(guest.email) ?? [];
    reckonOne(registrations, guest.acknowledged, own.length);
    const [row] = own;
    if (!guest.acknowledged || !row) continue;
    const holds = holdsTrue(guest, row);
    if (guest.changes > 0) reckonOne(changes, true, holds ? 1 : 0);
    else if (!holds) ledger.violate('a registration is not as its guest was told');
    else if (row.name !== guest.name) changes.unacknowledged += 1;
    const cancelled = row.state === 'cancelled';
    if (guest.cancelled) reckonOne(cancellations, true, cancelled ? 1 : 0);
    else if (cancelled && !guest.open.some((wish) => wish.cancelled))
      ledger.violate('a registration is cancelled that nobody has cancelled');
    else if (cancelled) cancellations.unacknowledged += 1;
  }
  const strangers =
    rows.length - ground.registrations.length - registrations.found - registrations.unacknowledged;
  if (strangers !== registrations.double)
    ledger.violate(`${strangers} registrations are there that nobody has made`);

  const decisions = reckonDecisions(ledger, new Map(rows.map((row) => [row.id, row])));
  await reckonPlaces(store, ledger);
  const scans = await reckonScans(store, ground, ledger);
  const mails = await reckonMails(store, ledger, byEmail);
  return [scans, registrations, changes, cancellations, decisions, mails];
}

function reckonOne(into: Count, acknowledged: boolean, there: number): void {
  if (acknowledged) into.acknowledged += 1;
  if (acknowledged && there > 0) into.found += 1;
  if (acknowledged && there === 0) into.missing += 1;
  if (!acknowledged && there > 0) into.unacknowledged += 1;
  if (there > 1) into.double += there - 1;
}

/** Whether name and workgroup are what the guest was told last, or what they asked for without an answer. */
function holdsTrue(guest: GuestRecord, row: RegistrationRow): boolean {
  const open = guest.open.filter(({ name }) => name !== undefined);
  return [guest, ...open].some((told) => told.name === row.name && told.workgroup === row.workgroup_id);
}

function reckonDecisions(ledger: Ledger, rows: Map<string, RegistrationRow>): Count {
  const decisions = count('decisions');
  decisions.acknowledged = ledger.decided;
  decisions.found = ledger.decided;
  for (const { registrationId, workgroup, cancelled, open } of ledger.decisions.values()) {
    const row = rows.get(registrationId);
    const moved =
      workgroup === null ||
      row?.workgroup_id === workgroup ||
      open.some((wish) => wish.workgroup === row?.workgroup_id);
    const gone = !cancelled || row?.state === 'cancelled';
    if (!cancelled && row?.state === 'cancelled') {
      if (open.some((wish) => wish.cancelled)) decisions.unacknowledged += 1;
      else ledger.violate('a registration is cancelled that the office has not cancelled');
    }
    const lost = Number(!moved) + Number(!gone);
    decisions.missing += lost;
    decisions.found -= lost;
  }
  return decisions;
}

/** No workgroup holds more than its places, nor has a free one while somebody waits for it. */
async function reckonPlaces(store: Store, ledger: Ledger): Promise<void> {
  const rows = await store.rows<{ places: number; taken: number; waiting: number }>(PLACES);
  for (const { places, taken, waiting } of rows) {
    if (Number(taken) > places) ledger.violate('a workgroup is overbooked');
    if (Number(taken) < places && Number(waiting) > 0)
      ledger.violate('a place is free while somebody waits for it');
  }
  if (ledger.overbooked > 0) ledger.violate('a workgroup was overbooked in between');
}

const PLACES = `select w.id, w.places,
    (select count(*) from registrations r where r.workgroup_id = w.id and r.state = 'confirmed') as taken,
    (select count(*) from registrations r where r.workgroup_id = w.id and r.state = 'waitlisted') as waiting
  from workgroups w`;

/** By how much the fullest workgroup is beyond its places now. */
export async function overbookedBy(store: Store): Promise<number> {
  const rows = await store.rows<{ places: number; taken: number }>(PLACES);
  return Math.max(0, ...rows.map(({ places, taken }) => Number(taken) - places));
}
