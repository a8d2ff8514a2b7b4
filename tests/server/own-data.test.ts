import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { createPairingCode, pairDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { registerByForm, type FormRegistration } from '../../src/lib/server/form-registration.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { collectOwnData } from '../../src/lib/server/own-data.ts';
import { waitingBefore } from '../../src/lib/server/places.ts';
import { listCompanions, readRegistration } from '../../src/lib/server/registrations.ts';
import {
  cancelOwnRegistration,
  eraseOwnRegistration,
  replaceOwnTicket,
} from '../../src/lib/server/self-service.ts';
import { syncDevice } from '../../src/lib/server/sync.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const evening = dialogueEvening();

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = addMillis(evening.registrationUntil, -DAY);
  opened = await testInstallation(() => now);
  installation = opened.installation;
  const workgroups = evening.workgroups.map((workgroup) => ({ ...workgroup, places: 2 }));
  eventId = await createEvent(installation, { ...evening, workgroups });
});
afterEach(() => opened.dispose());

async function register(form: Partial<FormRegistration> = {}): Promise<RegistrationId> {
  const outcome = await registerByForm(installation, eventId, {
    submissionId: crypto.randomUUID(),
    names: ['Fatma Yılmaz'],
    email: 'fatma@example.org',
    affiliation: 'school',
    workgroupId: 'w5' as WorkgroupId,
    secondChoiceId: 'w6' as WorkgroupId,
    needs: { ...NO_NEEDS, wheelchair: true, other: 'Allergie' },
    locale: 'tr',
    whenFull: 'waiting_list',
    ...form,
  });
  if (outcome.kind !== 'registered') throw new Error(outcome.kind);
  return outcome.registrationId;
}

const collect = (id: RegistrationId) => collectOwnData(installation.db, id, 'de');

/** A tablet at room 5 reads a ticket, three minutes after its clock says so. */
async function scan(ticketId: string, verdictShown: string): Promise<void> {
  const code = await createPairingCode(installation, eventId);
  const publicKey = bytesToBase64url(crypto.getRandomValues(new Uint8Array(32)));
  const paired = await pairDevice(installation, { code, name: 'Tür 5', publicKey });
  if (paired.kind !== 'paired') throw new Error(paired.kind);
  const { deviceId } = paired.answer;
  const device = await installation.db
    .selectFrom('devices')
    .selectAll()
    .where('id', '=', deviceId)
    .executeTakeFirstOrThrow();
  const record = {
    id: v7(),
    deviceId,
    deviceSeq: 1,
    ticketId,
    payloadHash: null,
    checkpointId: 'w5-door',
    direction: 'entry',
    deviceTime: addMillis(now, -3 * MINUTE),
    clockOffset: 3 * MINUTE,
    rosterCursor: null,
    verdictShown,
    override: null,
    undoes: null,
  };
  const status = { waiting: 1, clockOffset: 0, version: 'test', battery: null };
  const answer = await syncDevice(
    installation,
    { device, handInOnly: false },
    {
      cursor: null,
      scans: [record],
      walkIns: [],
      status,
    },
  );
  expect(answer).toMatchObject({ kind: 'synced' });
}

test('somebody gets everything that is stored about them, in plain values', async () => {
  const id = await register({ names: ['Fatma Yılmaz', 'Ayşe'] });
  await replaceOwnTicket(installation, eventId, id);
  const before = (await collect(id))!;
  now = evening.startsAt;
  await scan(before.tickets[0]!.id, 'revoked');

  const data = (await collect(id))!;
  expect(data.registration).toEqual({
    id,
    name: 'Fatma Yılmaz',
    email: 'fatma@example.org',
    state: 'confirmed',
    stateSince: '2022-11-12T23:00:00.000Z',
    workgroup: 'Arbeitsgruppe 5',
    firstChoice: 'Arbeitsgruppe 5',
    secondChoice: 'Arbeitsgruppe 6',
    affiliation: 'school',
    accessNeeds: { ...NO_NEEDS, wheelchair: true, other: 'Allergie' },
    language: 'tr',
    registeredBy: 'form',
    registeredAt: '2022-11-12T23:00:00.000Z',
    consentedAt: '2022-11-12T23:00:00.000Z',
    broughtAlongBySomebody: false,
    formNumber: expect.any(String) as string,
  });
  expect(data.tickets.map(({ replacedAt }) => replacedAt)).toEqual(['2022-11-12T23:00:00.000Z', null]);
  expect(data.mails.map(({ kind, state }) => [kind, state])).toEqual([
    ['confirmation', 'waiting'],
    ['ticket', 'waiting'],
  ]);
  expect(data.scans).toEqual([
    {
      ticketId: before.tickets[0]!.id,
      at: '2022-11-18T15:00:00.000Z',
      door: 'Tür w5',
      direction: 'entry',
      verdictShown: 'revoked',
      staffDecidedOtherwiseBecause: null,
    },
  ]);
  expect(data.companions.names).toEqual(['Ayşe']);
  expect(JSON.parse(JSON.stringify(data))).toEqual(data);
});

test('a companion learns nothing of who brought them along', async () => {
  const host = await register({ names: ['Fatma Yılmaz', 'Ayşe'] });
  const [companion] = await listCompanions(installation.db, host);
  const data = (await collect(companion!.id))!;
  expect(data.registration).toMatchObject({ name: 'Ayşe', email: null, broughtAlongBySomebody: true });
  expect(JSON.stringify(data)).not.toMatch(/Fatma|example\.org|Allergie/);
});

test('of somebody who was erased there is nothing to get', async () => {
  const id = await register();
  await eraseOwnRegistration(installation, eventId, id);
  expect(await collect(id)).toBeNull();
});

test('whoever waits knows how many are before them', async () => {
  const ahead = async (id: RegistrationId) =>
    waitingBefore(installation.db, await readRegistration(installation.db, eventId, id));
  const seated = await register();
  await register();
  const queue = [await register(), await register(), await register()];
  await register({ workgroupId: 'w6' as WorkgroupId });
  expect(await ahead(seated)).toBeNull();
  expect(await Promise.all(queue.map(ahead))).toEqual([0, 1, 2]);
  await cancelOwnRegistration(installation, eventId, queue[1]!);
  expect(await ahead(queue[2]!)).toBe(1);
});
