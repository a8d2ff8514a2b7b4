import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent, listWorkgroups } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import {
  findTicketPage,
  registerByForm,
  reissueTicket,
  setRegistrationState,
  type RegistrationOutcome,
} from '../../src/lib/server/registrations.ts';
import { readTicketLink, ticketLink } from '../../src/lib/server/tickets.ts';
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

interface Typed {
  submission?: string;
  name?: string;
  workgroup?: string;
}

function register({
  submission = crypto.randomUUID(),
  name = 'Fatma Yılmaz',
  workgroup = 'w5',
}: Typed = {}): Promise<RegistrationOutcome> {
  return registerByForm(installation, eventId, {
    submissionId: submission,
    name,
    email: 'fatma@example.org',
    workgroupId: workgroup as WorkgroupId,
    locale: 'de',
  });
}

async function registered(typed?: Typed): Promise<RegistrationId> {
  const outcome = await register(typed);
  if (outcome.kind !== 'registered') throw new Error(outcome.kind);
  return outcome.registrationId;
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
    const submission = crypto.randomUUID();
    const ids = await Promise.all(Array.from({ length: 5 }, () => registered({ submission })));
    ids.push(await registered({ submission }));
    expect(new Set(ids).size).toBe(1);
    expect([await count('registrations'), await count('tickets')]).toEqual([1, 1]);
  });

  test('gets the same answer for a form sent again after the deadline', async () => {
    const submission = crypto.randomUUID();
    const id = await registered({ submission });
    now = addMillis(DEADLINE, DAY);
    expect(await registered({ submission })).toBe(id);
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
      Array.from({ length: 2 * PLACES }, (_, i) => register({ name: `Gast ${i}` })),
    );
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'registered')).toHaveLength(PLACES);
    expect(kinds.filter((kind) => kind === 'full')).toHaveLength(PLACES);
    expect([await count('registrations'), await count('tickets')]).toEqual([PLACES, PLACES]);
  });

  test('are its own: when one is full, another still has places', async () => {
    for (let i = 0; i < PLACES; i++) await registered();
    expect(await register()).toEqual({ kind: 'full' });
    expect((await register({ workgroup: 'w6' })).kind).toBe('registered');
  });

  test('are free again when somebody cancels', async () => {
    const first = await registered();
    for (let i = 1; i < PLACES; i++) await registered();
    expect(await register()).toEqual({ kind: 'full' });
    await setRegistrationState(installation, eventId, first, 'cancelled');
    expect((await register()).kind).toBe('registered');
  });

  test('exist only in workgroups of the event', async () => {
    expect(await register({ workgroup: 'w8' })).toEqual({ kind: 'unknown_workgroup' });
    expect(await count('registrations')).toBe(0);
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
