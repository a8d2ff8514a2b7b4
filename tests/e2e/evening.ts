import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { v7 } from 'uuid';
import * as v from 'valibot';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { CheckpointId, DeviceId, EventId, ScanId, TicketId } from '../../src/lib/domain/ids.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { addMillis, millis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { demoEvent } from '../../src/lib/server/demo-event.ts';
import { authenticateDevice, createPairingCode, pairDevice } from '../../src/lib/server/devices.ts';
import { createEvent, listWorkgroups } from '../../src/lib/server/events.ts';
import { openInstallation } from '../../src/lib/server/installation.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { syncDevice } from '../../src/lib/server/sync.ts';

/** A tablet of the evening, which speaks the wire without a browser. */
export interface EveningTablet {
  deviceId: DeviceId;
  token: string;
  /** The number of its last scan. */
  seq: number;
}

/** The demo event in the middle of its evening, in a folder for a server to start from. */
export interface Evening {
  folder: string;
  eventId: EventId;
  /** At the hall's door. */
  hall: EveningTablet;
  /** Of people who have not come yet. */
  expected: TicketId[];
  remove(): void;
}

/** How many of each workgroup have registered, and how many of them are in its room now. */
const GROUPS = [
  { registered: 30, inRoom: 24 },
  { registered: 28, inRoom: 27 },
  { registered: 30, inRoom: 30 },
  { registered: 22, inRoom: 9 },
  { registered: 30, inRoom: 29 },
  { registered: 17, inRoom: 12 },
  { registered: 26, inRoom: 18 },
];

/** An evening that half of the house has come to, within the last hour; one tablet is silent and one has scans waiting. */
export async function seedEvening(): Promise<Evening> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'einlass-evening-'));
  const now = millis(Date.now());
  let clock: Millis = now;
  const installation = await openInstallation({
    dataFolder: folder,
    clock: () => clock,
    log: pino({ level: 'silent' }),
    origin: 'http://localhost',
  });
  const demo = demoEvent(now);
  const eventId = await createEvent(installation, {
    ...demo,
    rooms: demo.rooms.map((room) => (room.id === 'w5' ? { ...room, capacity: 28 } : room)),
  });
  const { db } = installation;
  const groups = await listWorkgroups(db, eventId);

  const pair = async (name: string): Promise<EveningTablet> => {
    const code = await createPairingCode(installation, eventId);
    const publicKey = bytesToBase64url(crypto.getRandomValues(new Uint8Array(32)));
    const outcome = await pairDevice(installation, { code, name, publicKey });
    if (outcome.kind !== 'paired') throw new Error(outcome.kind);
    return { deviceId: outcome.answer.deviceId, token: outcome.answer.token, seq: 0 };
  };
  const hear = async (
    tablet: EveningTablet,
    scans: Scan[],
    battery: number,
    { waiting = scans.length, version = build() } = {},
  ) => {
    const authenticated = await authenticateDevice(db, `Bearer ${tablet.token}`);
    const status = { waiting, clockOffset: 0, version, battery };
    await syncDevice(installation, authenticated!, { cursor: null, scans, walkIns: [], status });
  };

  const ticketOf = async (workgroup: number, n: number): Promise<TicketId> => {
    const id = await registerByOffice(installation, eventId, {
      submissionId: v7(),
      name: `Gast ${workgroup + 1}.${n + 1}`,
      email: null,
      workgroupId: groups[workgroup]!.id,
      locale: 'de',
      origin: 'office',
      state: 'confirmed',
      consented: true,
    });
    const ticket = db.selectFrom('tickets').select('id').where('registration_id', '=', id);
    return (await ticket.executeTakeFirstOrThrow()).id;
  };

  clock = addMillis(now, -70 * MINUTE);
  const tablets = [await pair('Eingang links'), await pair('Eingang rechts'), await pair('Flur oben')];
  const rooms = await pair('Seminarräume');
  const hallScans: Scan[] = [];
  const roomScans: Scan[] = [];
  const expected: TicketId[] = [];
  let came = 0;
  for (const [i, { registered, inRoom }] of GROUPS.entries()) {
    for (let n = 0; n < registered; n += 1) {
      const ticketId = await ticketOf(i, n);
      const extra = i < 2 ? 1 : 2;
      if (n >= Math.min(registered, inRoom + extra)) {
        expected.push(ticketId);
        continue;
      }
      // A swell in the middle of the hour, as at every door.
      const share = (((came += 1) * 61) % 163) / 163;
      const swell = 0.5 - Math.sin(Math.asin(1 - 2 * share) / 3);
      const at = addMillis(now, -Math.round((62 - 60 * swell) * MINUTE));
      hallScans.push(scanOf(tablets[came % 2]!, ticketId, 'hall-door', at));
      if (n < inRoom)
        roomScans.push(scanOf(rooms, ticketId, `${demo.workgroups[i]!.roomId}-door`, addMillis(at, MINUTE)));
    }
  }
  clock = addMillis(now, -14 * MINUTE);
  await hear(tablets[2]!, [], 0.64);
  clock = now;
  for (const [i, tablet] of tablets.slice(0, 2).entries())
    await hear(
      tablet,
      hallScans.filter(({ deviceId }) => deviceId === tablet.deviceId),
      [0.82, 0.17][i]!,
    );
  await hear(rooms, roomScans, 0.58, { waiting: roomScans.length + 3, version: 'another' });
  await installation.close();
  const hall = tablets[0]!;
  return {
    folder,
    eventId,
    hall,
    expected,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The tablet's next scan, of somebody who comes in. */
export function scanOf(tablet: EveningTablet, ticketId: TicketId, checkpoint: string, time: number): Scan {
  tablet.seq += 1;
  return {
    id: v7() as ScanId,
    deviceId: tablet.deviceId,
    deviceSeq: tablet.seq,
    ticketId,
    payloadHash: null,
    checkpointId: checkpoint as CheckpointId,
    direction: 'entry',
    deviceTime: millis(time),
    clockOffset: 0,
    rosterCursor: null,
    verdictShown: 'admitted',
    override: null,
    byHand: null,
    undoes: null,
  };
}

/** The build that the tests run. */
function build(): string {
  const file = readFileSync('build/client/_app/version.json', 'utf8');
  return v.parse(v.object({ version: v.string() }), JSON.parse(file)).version;
}

/** Hands a scan in as the tablet does. @returns the server's answer */
export async function handIn(url: string, tablet: EveningTablet, scans: Scan[]): Promise<Response> {
  const status = { waiting: scans.length, clockOffset: 0, version: build(), battery: 0.8 };
  return fetch(`${url}/api/door/v1/sync`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tablet.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ cursor: null, scans, walkIns: [], status }),
  });
}
