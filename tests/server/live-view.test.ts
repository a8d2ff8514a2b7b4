import * as v from 'valibot';
import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type {
  CheckpointId,
  DeviceId,
  EventId,
  RegistrationId,
  ScanId,
  TicketId,
  WorkgroupId,
} from '../../src/lib/domain/ids.ts';
import {
  CLOCK_TOLERANCE,
  deviceNotices,
  fullnessOf,
  LiveViewSchema,
  SILENCE,
  type LiveDevice,
} from '../../src/lib/domain/live-view.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { addMillis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import type { DeviceRow } from '../../src/lib/server/database/schema.ts';
import { createPairingCode, pairDevice, revokeDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { CONFLICTS_SHOWN, readLiveView } from '../../src/lib/server/live-view.ts';
import { setRegistrationState } from '../../src/lib/server/places.ts';
import { findTicketPage, registerByOffice } from '../../src/lib/server/registrations.ts';
import { syncDevice } from '../../src/lib/server/sync.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation } from '../support/installation.ts';

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let eventId: EventId;

beforeEach(async () => {
  const evening = dialogueEvening();
  now = evening.startsAt;
  const made = await testInstallation(() => now);
  installation = made.installation;
  dispose = () => made.dispose();
  eventId = await createEvent(installation, evening);
});
afterEach(() => dispose());

interface Guest {
  id: RegistrationId;
  ticketId: TicketId;
}

async function register(name: string, workgroup = 'w1'): Promise<Guest> {
  const id = await registerByOffice(installation, eventId, {
    submissionId: v7(),
    name,
    email: null,
    workgroupId: workgroup as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });
  expect(await findTicketPage(installation.db, id)).not.toBeNull();
  const { id: ticketId } = await installation.db
    .selectFrom('tickets')
    .select('id')
    .where('registration_id', '=', id)
    .executeTakeFirstOrThrow();
  return { id, ticketId };
}

async function pair(name: string): Promise<DeviceId> {
  const code = await createPairingCode(installation, eventId);
  const publicKey = bytesToBase64url(crypto.getRandomValues(new Uint8Array(32)));
  const outcome = await pairDevice(installation, { code, name, publicKey });
  if (outcome.kind !== 'paired') throw new Error(outcome.kind);
  return outcome.answer.deviceId;
}

const counts = new Map<DeviceId, number>();

/** A tablet's contact, with scans of these guests at a door. */
async function contact(
  deviceId: DeviceId,
  door: string,
  guests: Guest[],
  status: { waiting?: number; clockOffset?: number; direction?: Scan['direction'] } = {},
): Promise<void> {
  const device: DeviceRow = await installation.db
    .selectFrom('devices')
    .selectAll()
    .where('id', '=', deviceId)
    .executeTakeFirstOrThrow();
  const scans = guests.map(({ ticketId }): Scan => {
    const deviceSeq = (counts.get(deviceId) ?? 0) + 1;
    counts.set(deviceId, deviceSeq);
    return {
      id: v7() as ScanId,
      deviceId,
      deviceSeq,
      ticketId,
      payloadHash: null,
      checkpointId: `${door}-door` as CheckpointId,
      direction: status.direction ?? 'entry',
      deviceTime: now,
      clockOffset: 0,
      rosterCursor: null,
      verdictShown: status.direction === 'exit' ? 'left' : 'admitted',
      override: null,
      byHand: null,
      undoes: null,
    };
  });
  const { waiting = scans.length, clockOffset = 0 } = status;
  const body = {
    cursor: null,
    scans,
    walkIns: [],
    status: { waiting, clockOffset, version: 'test', battery: null },
  };
  expect(await syncDevice(installation, { device, handInOnly: false }, body)).toMatchObject({
    kind: 'synced',
  });
}

const view = () => readLiveView(installation, eventId);
const room = async (id: string) => (await view()).rooms.find((found) => found.id === id)!;

describe('the live view', () => {
  test('of an event that nobody has come to is empty and whole', async () => {
    const { total, rooms, devices, conflicts, anomalyCount } = await view();
    expect({ total, devices, conflicts, anomalyCount }).toEqual({
      total: 0,
      devices: [],
      conflicts: [],
      anomalyCount: 0,
    });
    expect(rooms).toHaveLength(8);
    expect(rooms[0]).toMatchObject({ main: true, headcount: 0, capacity: 300, workgroups: [] });
    expect(rooms[1]!.workgroups).toMatchObject([{ number: 1, places: 30, registered: 0 }]);
  });

  test('comes through its schema as it was', async () => {
    const guest = await register('Ada');
    await contact(await pair('Saal'), 'hall', [guest]);
    const sent: unknown = JSON.parse(JSON.stringify(await view()));
    expect(v.parse(LiveViewSchema, sent)).toEqual(sent);
  });

  test('counts who is where, and each once in the whole house', async () => {
    const [ada, ben, cem] = [await register('Ada'), await register('Ben'), await register('Cem', 'w2')];
    const hall = await pair('Saal');
    await contact(hall, 'hall', [ada, ben, cem]);
    now = addMillis(now, MINUTE);
    await contact(await pair('Raum 1'), 'w1', [ada]);
    await contact(hall, 'hall', [cem], { direction: 'exit' });
    expect((await room('hall')).headcount).toBe(1);
    expect((await room('w1')).headcount).toBe(1);
    expect((await view()).total).toBe(2);
  });

  test('counts the places that are taken', async () => {
    await register('Ada');
    await register('Ben');
    const cancelled = await register('Cem', 'w2');
    await setRegistrationState(installation, eventId, cancelled.id, 'cancelled');
    expect((await view()).registered).toBe(2);
    expect((await room('w1')).workgroups[0]!.registered).toBe(2);
    expect((await room('w2')).workgroups[0]!.registered).toBe(0);
  });

  test('tells of each tablet when it was heard and what it holds back', async () => {
    const id = await pair('Saal');
    now = addMillis(now, MINUTE);
    await contact(id, 'hall', [await register('Ada')], { waiting: 5, clockOffset: -90_000 });
    expect((await view()).devices).toMatchObject([
      { name: 'Saal', lastContactAt: now, waiting: 4, clockOffset: -90_000, revokedAt: null },
    ]);
    await revokeDevice(installation, eventId, id);
    expect((await view()).devices[0]!.revokedAt).toBe(now);
  });

  test('names a conflict: who, why, and where and when each scan was', async () => {
    const guest = await register('Ada');
    await contact(await pair('Saal links'), 'hall', [guest]);
    const first = now;
    now = addMillis(now, 5 * MINUTE);
    await contact(await pair('Saal rechts'), 'hall', [guest]);
    const { conflicts, conflictCount, total } = await view();
    expect(total).toBe(1);
    expect(conflictCount).toBe(1);
    expect(conflicts).toMatchObject([
      {
        name: 'Ada',
        reasons: ['double_entry'],
        scans: [
          { time: first, device: 'Saal links', checkpoint: { de: 'Tür hall' } },
          { time: now, device: 'Saal rechts', checkpoint: { de: 'Tür hall' } },
        ],
      },
    ]);
  });

  test('shows the newest conflicts, and says how many there are', async () => {
    const guests = await Promise.all(
      Array.from({ length: CONFLICTS_SHOWN + 1 }, (_, i) => register(`Guest ${i}`)),
    );
    const [left, right] = [await pair('left'), await pair('right')];
    await contact(left, 'hall', guests);
    now = addMillis(now, MINUTE);
    await contact(right, 'hall', guests.slice(1));
    now = addMillis(now, MINUTE);
    await contact(right, 'hall', guests.slice(0, 1));
    const { conflicts, conflictCount } = await view();
    expect(conflictCount).toBe(CONFLICTS_SHOWN + 1);
    expect(conflicts).toHaveLength(CONFLICTS_SHOWN);
    expect(conflicts[0]!.name).toBe('Guest 0');
  });

  test('gives every conflict a name of its own', async () => {
    const guest = await register('Ada');
    const [left, right] = [await pair('left'), await pair('right')];
    for (let visit = 0; visit < 3; visit += 1) {
      await contact(left, 'hall', [guest]);
      now = addMillis(now, MINUTE);
      await contact(right, 'hall', [guest]);
      now = addMillis(now, MINUTE);
      await contact(left, 'hall', [guest], { direction: 'exit' });
      now = addMillis(now, MINUTE);
    }
    const { conflicts } = await view();
    expect(conflicts).toHaveLength(3);
    expect(new Set(conflicts.map(({ id }) => id)).size).toBe(3);
  });

  test('counts what tablets handed in that cannot be right', async () => {
    const id = await pair('Saal');
    const device = await installation.db
      .selectFrom('devices')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const status = { waiting: 1, clockOffset: 0, version: 'test', battery: null };
    await syncDevice(
      installation,
      { device, handInOnly: false },
      {
        cursor: null,
        scans: [{ id: 'nonsense' }],
        walkIns: [],
        status,
      },
    );
    expect((await view()).anomalyCount).toBe(1);
  });
});

test.each([
  [0, 30, 'free'],
  [26, 30, 'free'],
  [27, 30, 'near_full'],
  [29, 30, 'near_full'],
  [30, 30, 'full'],
  [31, 30, 'over'],
  [0, 0, 'full'],
] as const)('a room with %i of %i persons is %s', (headcount, capacity, fullness) => {
  expect(fullnessOf({ headcount, capacity })).toBe(fullness);
});

describe('of a tablet', () => {
  const at = 1_700_000_000_000 as Millis;
  const well: LiveDevice = {
    id: v7() as DeviceId,
    name: 'Saal',
    pairedAt: at,
    revokedAt: null,
    lastContactAt: at,
    waiting: 0,
    clockOffset: 0,
    battery: null,
    version: 'test',
    lockAskedAt: null,
    lockToldAt: null,
    lockedSince: null,
  };
  test.each([
    ['nothing is said when all is well', {}, []],
    ['it is said when it was not heard for long', { lastContactAt: addMillis(at, -SILENCE - 1) }, ['silent']],
    ['it is said when it was never heard', { lastContactAt: null }, ['silent']],
    ['it is said when it holds scans back', { waiting: 1 }, ['waiting']],
    ['it is said when its clock is slow', { clockOffset: CLOCK_TOLERANCE + 1 }, ['clock_off']],
    ['it is said when its clock is fast', { clockOffset: -CLOCK_TOLERANCE - 1 }, ['clock_off']],
    ['a small offset is nothing', { clockOffset: CLOCK_TOLERANCE }, []],
    [
      'revoked says all, but what waits still counts',
      { revokedAt: at, lastContactAt: null, waiting: 2 },
      ['revoked', 'waiting'],
    ],
  ] as const)('%s', (_, change, notices) => {
    expect(deviceNotices({ ...well, ...change }, at)).toEqual(notices);
  });
});
