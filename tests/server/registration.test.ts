import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent, listWorkgroups } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import {
  registerByForm,
  type FormRegistration,
  type RegistrationOutcome,
} from '../../src/lib/server/form-registration.ts';
import { setRegistrationState } from '../../src/lib/server/places.ts';
import { findTicketPage, listCompanions, readNeeds } from '../../src/lib/server/registrations.ts';
import { reissueTicket } from '../../src/lib/server/reissue.ts';
import { readTicketLink, ticketLink } from '../../src/lib/server/tickets.ts';
import { decideWorkgroups } from '../../src/lib/server/workgroup-setting.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const evening = dialogueEvening();
const DEADLINE = evening.registrationUntil;
const PLACES = 30;

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = addMillis(DEADLINE, -DAY);
  opened = await testInstallation(() => now);
  installation = opened.installation;
  eventId = await createEvent(installation, evening);
});
afterEach(() => opened.dispose());

function register(form: Partial<FormRegistration> = {}): Promise<RegistrationOutcome> {
  return registerByForm(installation, eventId, {
    submissionId: crypto.randomUUID(),
    names: ['Fatma Yılmaz'],
    email: 'fatma@example.org',
    affiliation: null,
    workgroupId: 'w5' as WorkgroupId,
    secondChoiceId: null,
    needs: NO_NEEDS,
    locale: 'de',
    whenFull: null,
    ...form,
  });
}

async function registered(form?: Partial<FormRegistration>): Promise<RegistrationId> {
  const outcome = await register(form);
  if (outcome.kind !== 'registered') throw new Error(outcome.kind);
  return outcome.registrationId;
}

const readOne = async (id: RegistrationId) => (await findTicketPage(installation.db, id))!.registration;
const stateOf = async (id: RegistrationId) => (await readOne(id)).state;
const w6 = 'w6' as WorkgroupId;
const waiting = { whenFull: 'waiting_list' } as const;

const setPlaces = (places: number) =>
  decideWorkgroups(installation, eventId, [{ id: 'w5' as WorkgroupId, places, meetingUrl: null }]);

async function fill(places = PLACES): Promise<RegistrationId[]> {
  const ids = [];
  for (let i = 0; i < places; i++) ids.push(await registered());
  return ids;
}

const count = async (table: 'registrations' | 'tickets') =>
  (await installation.db.selectFrom(table).select('id').execute()).length;

describe('whoever registers', () => {
  test('has a place, what was typed is kept, and the ticket page shows a ticket', async () => {
    const id = await registered();
    const page = await findTicketPage(installation.db, id);
    expect(page?.registration).toMatchObject({
      name: 'Fatma Yılmaz',
      email: 'fatma@example.org',
      workgroup_id: 'w5',
      state: 'confirmed',
      origin: 'form',
      locale: 'de',
      consented_at: now,
      created_at: now,
    });
    expect(page?.ticketText).toMatch(/^EL:[0-9A-Z $%*+\-./:]{150}$/);
    const workgroup = (await listWorkgroups(installation.db, eventId)).find(({ id }) => id === 'w5');
    expect(workgroup?.taken).toBe(1);
  });

  test('once, however often and however fast the form is sent', async () => {
    const submissionId = crypto.randomUUID();
    const ids = await Promise.all(Array.from({ length: 5 }, () => registered({ submissionId })));
    ids.push(await registered({ submissionId }));
    expect(new Set(ids).size).toBe(1);
    expect([await count('registrations'), await count('tickets')]).toEqual([1, 1]);
  });

  test('gets the same answer for a form sent again after the deadline', async () => {
    const submissionId = crypto.randomUUID();
    const id = await registered({ submissionId });
    now = addMillis(DEADLINE, DAY);
    expect(await registered({ submissionId })).toBe(id);
  });
});

describe('the deadline', () => {
  test.each([
    ['a day before', -DAY, 'registered'],
    ['in its own millisecond', 0, 'registered'],
    ['a millisecond after', 1, 'closed'],
    ['a day after', DAY, 'closed'],
  ])('%s: %s ms, %s', async (_, after, kind) => {
    now = addMillis(DEADLINE, after);
    expect((await register()).kind).toBe(kind);
  });
});

describe('the places of a workgroup', () => {
  test('are never exceeded, however many register at the same moment', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 2 * PLACES }, (_, i) => register({ names: [`Gast ${i}`] })),
    );
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'registered')).toHaveLength(PLACES);
    expect(kinds.filter((kind) => kind === 'full')).toHaveLength(PLACES);
    expect([await count('registrations'), await count('tickets')]).toEqual([PLACES, PLACES]);
  });

  test('are its own: when one is full, another still has places', async () => {
    await fill();
    expect(await register()).toEqual({ kind: 'full', free: 0, secondFree: null });
    expect((await register({ workgroupId: w6 })).kind).toBe('registered');
  });

  test('are free again when somebody cancels', async () => {
    const [first] = await fill();
    expect((await register()).kind).toBe('full');
    await setRegistrationState(installation, eventId, first!, 'cancelled');
    expect((await register()).kind).toBe('registered');
  });

  test('exist only in workgroups of the event', async () => {
    expect(await register({ workgroupId: 'w8' as WorkgroupId })).toEqual({ kind: 'unknown_workgroup' });
    expect(await count('registrations')).toBe(0);
  });
});

describe('whoever wants a full workgroup', () => {
  test('hears how many places are free there and in the second choice', async () => {
    await fill(PLACES - 1);
    const party = { names: ['Fatma', 'Ayşe'], secondChoiceId: w6 } as const;
    expect(await register(party)).toEqual({ kind: 'full', free: 1, secondFree: PLACES });
    expect(await count('registrations')).toBe(PLACES - 1);
  });

  test('may take the second choice, and both wishes are kept', async () => {
    await fill();
    const id = await registered({ secondChoiceId: w6, whenFull: 'second_choice' });
    expect(await readOne(id)).toMatchObject({
      state: 'confirmed',
      workgroup_id: 'w6',
      first_choice_id: 'w5',
      second_choice_id: 'w6',
    });
  });

  test('may wait, and has a ticket page without a place', async () => {
    await fill();
    expect(await stateOf(await registered(waiting))).toBe('waitlisted');
  });

  test('who wanted to wait gets a place at once when one is free by then', async () => {
    expect(await stateOf(await registered(waiting))).toBe('confirmed');
  });
});

describe('whoever brings people along', () => {
  test('registers all of them, each with a ticket of their own', async () => {
    const names = ['Fatma Yılmaz', 'Ayşe Yılmaz', 'Ömer Yılmaz'] as const;
    const needs = { ...NO_NEEDS, wheelchair: true };
    const host = await registered({ names, needs });
    const companions = await listCompanions(installation.db, host);
    expect(companions.map(({ name, email, state }) => [name, email, state])).toEqual([
      ['Ayşe Yılmaz', null, 'confirmed'],
      ['Ömer Yılmaz', null, 'confirmed'],
    ]);
    expect(companions.map(({ access_needs }) => readNeeds(access_needs))).toEqual([NO_NEEDS, NO_NEEDS]);
    expect(readNeeds((await readOne(host)).access_needs)).toEqual(needs);
    expect(await count('tickets')).toBe(3);
  });

  test('may be given the last places for some of them: the others wait', async () => {
    await fill(PLACES - 2);
    const host = await registered({ names: ['A', 'B', 'C'], ...waiting });
    expect(await stateOf(host)).toBe('confirmed');
    const companions = await listCompanions(installation.db, host);
    expect(companions.map(({ state }) => state)).toEqual(['confirmed', 'waitlisted']);
  });
});

describe('the waiting list', () => {
  test('moves up in its order when places become free, one for each', async () => {
    const [first, second] = await fill();
    const queue = [await registered(waiting), await registered(waiting), await registered(waiting)];
    await setRegistrationState(installation, eventId, first!, 'cancelled');
    expect(await Promise.all(queue.map(stateOf))).toEqual(['confirmed', 'waitlisted', 'waitlisted']);
    await setRegistrationState(installation, eventId, second!, 'cancelled');
    expect(await Promise.all(queue.map(stateOf))).toEqual(['confirmed', 'confirmed', 'waitlisted']);
  });

  test('moves up when the workgroup gets more places, by no more than these', async () => {
    await fill();
    const queue = [await registered(waiting), await registered(waiting), await registered(waiting)];
    await setPlaces(PLACES + 2);
    expect(await Promise.all(queue.map(stateOf))).toEqual(['confirmed', 'confirmed', 'waitlisted']);
  });

  test('keeps its places when the workgroup gets fewer: nobody loses one', async () => {
    const ids = await fill(3);
    await setPlaces(1);
    expect(await Promise.all(ids.map(stateOf))).toEqual(['confirmed', 'confirmed', 'confirmed']);
    const queued = await registered(waiting);
    await setRegistrationState(installation, eventId, ids[0]!, 'cancelled');
    expect(await stateOf(queued)).toBe('waitlisted');
  });

  test('stands still once the event has begun: then the doors decide', async () => {
    const [first] = await fill();
    const queued = await registered(waiting);
    now = evening.startsAt;
    await setRegistrationState(installation, eventId, first!, 'cancelled');
    expect(await stateOf(queued)).toBe('waitlisted');
  });
});

describe('a ticket', () => {
  test('that is issued anew replaces the earlier one, on the same page', async () => {
    const id = await registered();
    const earlier = await findTicketPage(installation.db, id);
    now = addMillis(now, 1);
    await reissueTicket(installation, eventId, id);
    const later = await findTicketPage(installation.db, id);
    expect(later?.ticketText).toMatch(/^EL:/);
    expect(later?.ticketText).not.toBe(earlier?.ticketText);
    const tickets = await installation.db
      .selectFrom('tickets')
      .select(['text', 'revoked_at'])
      .orderBy('issued_at')
      .execute();
    expect(tickets).toEqual([
      { text: earlier?.ticketText, revoked_at: now },
      { text: later?.ticketText, revoked_at: null },
    ]);
  });

  test("'s address leads to its registration, and no other address does", async () => {
    const id = await registered();
    const link = ticketLink(installation, id);
    expect(readTicketLink(installation, link)).toBe(id);
    const guessed = ticketLink({ secrets: (await testSecrets()).secrets }, id);
    for (const wrong of [guessed, link.slice(1), `${link}A`, link.toUpperCase(), '', id, '\0', '💥'])
      expect(readTicketLink(installation, wrong)).toBeNull();
  });
});

/** Another installation's secrets. */
async function testSecrets() {
  const other = await testInstallation(() => now);
  await other.dispose();
  return other.installation;
}
