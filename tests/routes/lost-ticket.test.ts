import { isActionFailure } from '@sveltejs/kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { registerByForm } from '../../src/lib/server/form-registration.ts';
import { setRegistrationState } from '../../src/lib/server/places.ts';
import { actions } from '../../src/routes/(public)/[event]/lost/+page.server.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let opened: TestInstallation;
let eventId: EventId;
let now: Millis;
const evening = dialogueEvening();

beforeEach(async () => {
  now = addMillis(evening.registrationUntil, -DAY);
  opened = await testInstallation(() => now);
  eventId = await createEvent(opened.installation, evening);
});
afterEach(() => opened.dispose());

async function register(names: [string, ...string[]], email: string | null) {
  const outcome = await registerByForm(opened.installation, eventId, {
    submissionId: crypto.randomUUID(),
    names,
    email,
    affiliation: null,
    workgroupId: 'w5' as WorkgroupId,
    secondChoiceId: null,
    needs: NO_NEEDS,
    locale: 'de',
    whenFull: null,
  });
  if (outcome.kind !== 'registered') throw new Error(outcome.kind);
  return outcome.registrationId;
}

/** What the page answers, and how long that took in milliseconds. */
async function ask(email: string | Blob | null, client = '192.0.2.7') {
  const body = new FormData();
  if (email !== null) body.append('email', email);
  const request = new Request('http://einlass.test/integration/lost', { method: 'POST', body });
  const headers: Record<string, string> = {};
  const started = performance.now();
  const answer: unknown = await actions.default!({
    request,
    locals: { installation: opened.installation },
    params: { event: 'integration' },
    getClientAddress: () => client,
    setHeaders: (set: Record<string, string>) => Object.assign(headers, set),
  } as never);
  const took = performance.now() - started;
  if (isActionFailure(answer))
    return { status: answer.status, data: answer.data as unknown as Record<string, unknown>, headers, took };
  return { status: 200, data: answer, headers, took };
}

/** Whose tickets are to be mailed again. */
async function queued(): Promise<string[]> {
  const rows = await opened.installation.db
    .selectFrom('mails')
    .innerJoin('registrations', 'registrations.id', 'mails.registration_id')
    .select('registrations.name')
    .where('mails.kind', '=', 'ticket')
    .execute();
  return rows.map(({ name }) => name).sort();
}

describe('whoever has lost a ticket', () => {
  test.each([['fatma@example.org'], [' Fatma@EXAMPLE.org ']])(
    'gets it again by asking for %j',
    async (email) => {
      await register(['Fatma'], 'Fatma@example.org');
      await register(['Mehmet'], 'mehmet@example.org');
      expect(await ask(email)).toMatchObject({ status: 200, data: { sent: true } });
      expect(await queued()).toEqual(['Fatma']);
    },
  );

  test('gets those of all registrations at the address, and of whom they brought along', async () => {
    await register(['Fatma', 'Ayşe'], 'fatma@example.org');
    await register(['Ömer'], 'fatma@example.org');
    await ask('fatma@example.org');
    expect(await queued()).toEqual(['Ayşe', 'Fatma', 'Ömer']);
  });

  test('gets each once in ten minutes, however often they ask', async () => {
    await register(['Fatma'], 'fatma@example.org');
    await Promise.all([ask('fatma@example.org'), ask('fatma@example.org'), ask('fatma@example.org')]);
    expect(await queued()).toEqual(['Fatma']);
    now = addMillis(now, 10 * MINUTE);
    await ask('fatma@example.org');
    expect(await queued()).toEqual(['Fatma', 'Fatma']);
  });

  test('gets none that has been cancelled', async () => {
    const id = await register(['Fatma'], 'fatma@example.org');
    await setRegistrationState(opened.installation, eventId, id, 'cancelled');
    await ask('fatma@example.org');
    expect(await queued()).toEqual([]);
  });
});

describe('the answer tells nobody who has registered', () => {
  test('it is the same for everybody, after the same time', async () => {
    await register(['Fatma', 'Ayşe', 'Ömer', 'Elif', 'Can'], 'fatma@example.org');
    await register(['Mehmet'], null);
    const answers = [
      await ask('fatma@example.org'),
      await ask('nobody@example.org'),
      await ask("' or ''=''@example.org".replaceAll(' ', '')),
    ];
    for (const { status, data } of answers)
      expect({ status, data }).toEqual({ status: 200, data: { sent: true } });
    const times = answers.map(({ took }) => took);
    // A timer may end a moment early; a busy machine makes any of them late.
    expect(Math.min(...times)).toBeGreaterThan(490);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(250);
    expect(await queued()).toHaveLength(5);
  });
});

describe('a form that is not filled in well comes back as it was typed', () => {
  test.each([
    ['', 'email_missing'],
    [' \t', 'email_missing'],
    ['fatma', 'email_wrong'],
    ['\0', 'email_missing'],
    ['__proto__', 'email_wrong'],
    ['a'.repeat(1_000_000), 'email_too_long'],
  ])('%j', async (email, problem) => {
    expect(await ask(email)).toMatchObject({ status: 400, data: { email, problem } });
  });

  test.each([[null], [new Blob(['fatma@example.org'])]])('a field that is none', async (email) => {
    expect(await ask(email)).toMatchObject({ status: 400, data: { email: '', problem: 'email_missing' } });
  });

  test('and so does one form too many, which is told when again', async () => {
    opened.installation.formLimits = { perAddress: 2, perNetwork: 3 };
    await ask('a@example.org');
    await ask('b@example.org');
    expect(await ask('c@example.org')).toMatchObject({
      status: 429,
      data: { email: 'c@example.org', busyUntil: now + 10 * MINUTE },
      headers: { 'retry-after': '600' },
    });
    expect((await ask('c@example.org', '192.0.2.8')).status).toBe(200);
    expect((await ask('c@example.org', '192.0.2.9')).status).toBe(429);
    expect((await ask('c@example.org', '198.51.100.1')).status).toBe(200);
  });
});
