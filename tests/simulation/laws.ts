import type { EventState } from '../../src/lib/domain/event-state.ts';
import { personsOf } from '../../src/lib/domain/history.ts';
import { RosterDisk } from '../../src/lib/door/roster-disk.ts';
import { openVault } from '../../src/lib/door/vault.ts';
import { EventStates } from '../../src/lib/server/event-states.ts';
import { strangeFields, strangeNews } from './fields.ts';
import type { Ledger } from './ledger.ts';
import { naiveHeadcount, type LogRow } from './naive.ts';
import type { Office } from './office.ts';
import type { Server } from './server.ts';
import { PIN, type Tablet } from './tablet.ts';
import type { World } from './world.ts';

export interface Stage {
  world: World;
  ledger: Ledger;
  server: Server;
  office: Office;
  tablets: Tablet[];
}

/** After a full sync: everything that the design promises. */
export async function checkLaws(stage: Stage): Promise<void> {
  checkNothingLost(stage);
  await checkAgreement(stage);
  await checkTabletsKnow(stage);
}

/** 1 and 4: what a screen has shown is in the log, once, as it was shown; and nothing else is. */
function checkNothingLost({ world, ledger, server, tablets }: Stage): void {
  const log = new Map(server.rows<LogRow>('select * from scans').map((row) => [row.id, row]));
  const aside = server.rows<{ device_id: string; reason: string; record: string }>('select * from anomalies');
  const revokedAt = new Map(
    server
      .rows<{ id: string; revoked_at: number | null }>('select id, revoked_at from devices')
      .map((row) => [row.id, row.revoked_at]),
  );
  for (const { reason, record } of aside)
    if (reason !== 'after_revocation' && !(reason === 'bad_signature' && ledger.forged.has(record)))
      world.violate('lost', `kept aside as ${reason}: ${record}`);

  for (const scan of ledger.shownScans.values()) {
    const row = log.get(scan.id);
    const kept = aside.some(
      ({ reason, record }) => reason === 'after_revocation' && record.includes(scan.id),
    );
    if (!row && !kept) world.violate('lost', `shown and not in the log: ${JSON.stringify(scan)}`);
    const different = row && differences(row, scan);
    if (different) world.violate('rewritten', `the log says otherwise of ${scan.id} in ${different}`);
  }
  for (const row of log.values()) {
    const revoked = revokedAt.get(row.device_id);
    // One that was being handed in at that moment may have come first.
    if (revoked && row.received_at > revoked + 5_000 && row.device_time + row.clock_offset > revoked)
      world.violate('lost', `in the log although its tablet was revoked before: ${row.id}`);
    const attempt = ledger.attempts.get(row.id);
    if (revokedAt.has(row.device_id) && !attempt) world.violate('lost', `nobody made the scan ${row.id}`);
    const different = attempt && differences(row, attempt.scan);
    if (different) world.violate('rewritten', `not as the tablet made it: ${row.id} in ${different}`);
  }
  const seqs = new Map<string, number[]>();
  for (const { device_id, device_seq } of log.values())
    seqs.set(device_id, [...(seqs.get(device_id) ?? []), device_seq]);
  for (const [device, taken] of seqs) {
    if (revokedAt.get(device)) continue;
    const gap = taken.sort((a, b) => a - b).findIndex((seq, i) => seq !== i + 1);
    if (gap >= 0) world.violate('lost', `a gap in the count of ${device} at ${gap + 1}`);
  }

  const registered = new Set(
    server
      .rows<{ id: string; registration_id: string }>('select id, registration_id from tickets')
      .map((row) => `${row.registration_id} ${row.id}`),
  );
  for (const [id, { walkIn, deviceId }] of ledger.shownWalkIns) {
    const kept = revokedAt.get(deviceId) && aside.some(({ record }) => record.includes(id));
    if (!registered.has(`${id} ${walkIn.ticketId}`) && !kept)
      world.violate('lost', `a walk-in was shown a ticket and is not registered: ${walkIn.name}`);
  }
  for (const tablet of tablets) {
    const { waiting = 0, waitingRelayed = 0 } = tablet.app?.store ?? {};
    if (waiting + waitingRelayed > 0)
      world.violate(
        'lost',
        `${tablet.name}: ${waiting} and ${waitingRelayed} of others still wait after a full sync`,
      );
  }
}

const COLUMNS: [keyof LogRow, string][] = [
  ['ticket_id', 'ticketId'],
  ['payload_hash', 'payloadHash'],
  ['checkpoint_id', 'checkpointId'],
  ['direction', 'direction'],
  ['device_id', 'deviceId'],
  ['device_seq', 'deviceSeq'],
  ['device_time', 'deviceTime'],
  ['clock_offset', 'clockOffset'],
  ['verdict_shown', 'verdictShown'],
  ['undoes', 'undoes'],
];

function differences(row: LogRow, scan: Record<string, unknown>): string | null {
  const different = COLUMNS.filter(([column, field]) => field in scan && row[column] !== scan[field]);
  if ((row.override_by === null) !== (scan.override === null)) return 'override';
  return different.length > 0 ? different.map(([column]) => column).join(', ') : null;
}

/** 3: tablets, office and a plain count say the same. */
async function checkAgreement({ world, server, office, tablets }: Stage): Promise<void> {
  const state = await server.act('read', ({ states }) => states.read(office.eventId));
  const anew = await server.act('read anew', ({ db }) => new EventStates(db).read(office.eventId));
  if (!state || !anew) return world.violate('broken', 'the office does not answer');
  const expected = viewOf(state);
  compare(world, 'a server that starts anew', viewOf(anew), expected);
  for (const { name, app } of tablets)
    if (app?.store.state) compare(world, name, viewOf(app.store.state), expected);

  const holding = new Set(state.settled().map(({ decision }) => decision.id as string));
  const naive = naiveHeadcount(server, holding);
  for (const { id } of state.venue.setting.rooms) {
    const counted = state.headcount(id);
    if (counted !== (naive.get(id) ?? 0))
      world.violate('headcount', `${id}: ${counted}, plainly counted ${naive.get(id) ?? 0}`);
  }
  const total = [...naive.values()].reduce((sum, count) => sum + count, 0);
  if (state.venueTotal() !== total)
    world.violate('headcount', `the venue: ${state.venueTotal()}, plainly counted ${total}`);
}

/** Everything that anybody reads of an event, each part by its name. */
function viewOf(state: EventState): Map<string, string> {
  const view = new Map<string, string>();
  const { keys: _, ...setting } = state.venue.setting;
  // The server makes its tablets' certificates when it tells them, and keeps none.
  const told = setting.devices.map(({ certificate: _certificate, ...device }) => device);
  view.set('setting', JSON.stringify({ ...setting, devices: told }));
  for (const { id } of setting.rooms) view.set(`heads in ${id}`, String(state.headcount(id)));
  for (const registration of state.registrations.values())
    view.set(`registration ${registration.id}`, JSON.stringify(Object.entries(registration).sort()));
  for (const [holder, presence] of state.seen()) {
    const persons = personsOf(presence).map(({ place, since, arrivedAt }) => [
      place,
      since?.scan.id,
      arrivedAt,
    ]);
    view.set(`holder ${holder}`, JSON.stringify([persons, presence.nearTie]));
  }
  for (const { holder, scans, reasons } of state.conflicts())
    view.set(
      `conflict of ${holder} at ${scans[0]!.id}`,
      JSON.stringify([reasons, scans.map(({ id }) => id)]),
    );
  for (const { decision, scans } of state.settled())
    view.set(`decision ${decision.id}`, JSON.stringify(scans.map(({ id }) => id)));
  return view;
}

function compare(world: World, who: string, seen: Map<string, string>, expected: Map<string, string>): void {
  for (const part of new Set([...seen.keys(), ...expected.keys()]))
    if (seen.get(part) !== expected.get(part))
      return world.violate(
        'disagree',
        `${who}, ${part}: ${seen.get(part)}; the office: ${expected.get(part)}`,
      );
}

/** 5: nothing on a disk that the door doesn't need, and nothing open that must be sealed. */
async function checkTabletsKnow({ world, server, office, tablets }: Stage): Promise<void> {
  const revoked = new Set(
    server.rows<{ id: string }>('select id from devices where revoked_at is not null').map(({ id }) => id),
  );
  for (const tablet of tablets) {
    lookAtDisk(world, office, tablet);
    const content = tablet.disk.read();
    if (!content) continue;
    const identity = content.facts.find(({ name }) => name === 'identity')?.value as
      { deviceId: string } | undefined;
    // What a next pairing begins with is nobody's.
    const facts = content.facts.filter(({ name }) => !['pairingKey', 'duty'].includes(String(name)));
    const left = Object.values({ ...content, facts }).flat().length;
    if (left > 0 && (!identity || revoked.has(identity.deviceId)))
      world.violate('knows', `${tablet.name} is revoked and still keeps ${left} records`);
    const { app } = tablet;
    const lock = content.facts.find(({ name }) => name === 'lock')?.value;
    if (!app?.store.isOpen || !lock) continue;
    await tablet.inspect(async () => {
      const vault = await openVault(lock as never, PIN);
      const roster = await new RosterDisk(app.store.db, vault!).read();
      for (const path of strangeNews(roster.changes)) world.violate('knows', `${tablet.name}: ${path}`);
      const sealed = JSON.stringify([
        roster.changes,
        [...roster.walkIns.values(), ...roster.relayed.values()],
      ]);
      for (const name of office.erasedNames)
        if (sealed.includes(`"${name}"`))
          world.violate('knows', `${tablet.name} still knows ${name}, who was erased`);
    });
  }
}

/** What lies open on a tablet's disk, at any moment. */
export function lookAtDisk(world: World, office: Office, { name, disk }: Tablet): void {
  const content = disk.read();
  if (!content) return;
  for (const path of new Set(strangeFields(content)))
    world.violate('knows', `on the disk of ${name}: ${path}`);
  const { walkIns, relayed, ...rest } = content;
  const done = [...walkIns, ...relayed].filter(({ waiting }) => !waiting);
  const open = JSON.stringify([rest, done], (_, part: unknown) =>
    ArrayBuffer.isView(part) || part instanceof ArrayBuffer ? '' : part,
  );
  for (const person of office.names)
    if (open.includes(`"${person}"`)) world.violate('knows', `${person} can be read on the disk of ${name}`);
}
