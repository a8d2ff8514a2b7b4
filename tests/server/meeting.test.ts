import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, RegistrationId, RoomId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { RegistrationState } from '../../src/lib/domain/registration.ts';
import { addMillis, HOUR, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { setHeld } from '../../src/lib/server/held.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { readLiveView } from '../../src/lib/server/live-view.ts';
import { enterMeeting } from '../../src/lib/server/meeting.ts';
import { findTicketPage, registerByOffice } from '../../src/lib/server/registrations.ts';
import { decideWorkgroups } from '../../src/lib/server/workgroup-setting.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { Tablet } from '../support/tablet.ts';

const evening = dialogueEvening();
const { startsAt, endsAt } = evening;
const w5 = 'w5' as WorkgroupId;
const URL = 'https://meet.example.org/w5';

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = startsAt;
  opened = await testInstallation(() => now);
  installation = opened.installation;
  eventId = await createEvent(installation, evening);
  await decideWorkgroups(installation, eventId, [{ id: w5, places: 30, meetingUrl: URL }]);
  await setHeld(installation, eventId, 'digital');
});
afterEach(() => opened.dispose());

const register = (state: RegistrationState = 'confirmed'): Promise<RegistrationId> =>
  registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Fatma Yılmaz',
    email: null,
    workgroupId: w5,
    locale: 'de',
    origin: 'office',
    state,
    consented: true,
  });

async function headcount(): Promise<{ room: number; venue: number; conflicts: number }> {
  const view = await readLiveView(installation, eventId);
  const room = view.rooms.find(({ id }) => id === ('w5' as RoomId))!;
  return { room: room.headcount, venue: view.total, conflicts: view.conflictCount };
}

describe('entering the meeting', () => {
  test('leads to its address, and counts in the room of the workgroup', async () => {
    expect(await enterMeeting(installation, await register())).toEqual({ kind: 'open', url: URL });
    expect(await headcount()).toEqual({ room: 1, venue: 1, conflicts: 0 });
  });

  test('counts once, however often somebody does', async () => {
    const [one, other] = [await register(), await register()];
    for (const id of [one, one, other, one]) await enterMeeting(installation, id);
    expect(await headcount()).toEqual({ room: 2, venue: 2, conflicts: 0 });
  });

  test('at the same moment from two windows counts once', async () => {
    const id = await register();
    await Promise.all([enterMeeting(installation, id), enterMeeting(installation, id)]);
    expect(await headcount()).toEqual({ room: 1, venue: 1, conflicts: 0 });
  });

  test('is known to the tablets, which name it when the ticket is shown at a door as well', async () => {
    const tablet = new Tablet('tab1', installation);
    await tablet.start();
    await tablet.pair(installation, eventId);
    const id = await register();
    await enterMeeting(installation, id);
    await tablet.sync();
    const { ticketText } = (await findTicketPage(installation.db, id))!;
    const outcome = await tablet.scan(ticketText, 'w5-door');
    expect(outcome).toMatchObject({ kind: 'shown', verdict: { word: 'already_inside' } });
    const device = (outcome as { verdict: { deviceId?: string } }).verdict.deviceId;
    const known = tablet.store.state!.venue.setting.devices;
    expect(known.find((known) => known.id === device)?.name).toBe('Online');
  });
});

describe('the meeting is not open', () => {
  test.each([
    ['31 minutes before the event', addMillis(startsAt, -31 * MINUTE), 'not_yet'],
    ['half an hour before', addMillis(startsAt, -30 * MINUTE), 'open'],
    ['until its end', addMillis(endsAt, -1), 'open'],
    ['at its end', endsAt, 'over'],
    ['an hour after', addMillis(endsAt, HOUR), 'over'],
  ])('%s: %s, %s', async (_, at, kind) => {
    const id = await register();
    now = at;
    expect((await enterMeeting(installation, id))?.kind).toBe(kind);
    expect((await headcount()).venue).toBe(kind === 'open' ? 1 : 0);
  });

  test.each<RegistrationState>(['waitlisted', 'cancelled'])('to somebody %s', async (state) => {
    expect(await enterMeeting(installation, await register(state))).toEqual({ kind: 'none' });
    expect((await headcount()).venue).toBe(0);
  });

  test('when the event is held on site again', async () => {
    const id = await register();
    await setHeld(installation, eventId, 'on_site');
    expect(await enterMeeting(installation, id)).toEqual({ kind: 'none' });
  });

  test('while nobody has entered its address', async () => {
    await decideWorkgroups(installation, eventId, [{ id: w5, places: 30, meetingUrl: null }]);
    expect(await enterMeeting(installation, await register())).toEqual({ kind: 'no_address' });
    expect((await headcount()).venue).toBe(0);
  });

  test('to nobody whom the installation knows', async () => {
    expect(await enterMeeting(installation, crypto.randomUUID() as RegistrationId)).toBeNull();
  });
});
