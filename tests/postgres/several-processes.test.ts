import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type { CheckpointId, EventId, RegistrationId, ScanId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, HOUR, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { createPairingCode, pairDevice } from '../../src/lib/server/devices.ts';
import { checkByHand, registerAtDesk } from '../../src/lib/server/desk.ts';
import { eraseEarly } from '../../src/lib/server/erasure.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { readLiveView } from '../../src/lib/server/live-view.ts';
import { inTurn } from '../../src/lib/server/turns.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const evening = dialogueEvening();

let opened: TestInstallation;
let a: Installation;
let b: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = evening.startsAt;
  opened = await testInstallation(() => now);
  a = opened.installation;
  b = await opened.openAgain();
  eventId = await createEvent(a, evening);
});
afterEach(async () => {
  await b.close();
  await opened.dispose();
});

async function register(): Promise<RegistrationId> {
  const person = {
    submissionId: v7(),
    name: 'Fatma Yılmaz',
    email: null,
    needs: NO_NEEDS,
    workgroupId: 'w5' as WorkgroupId,
    locale: 'de',
    overbook: true,
  };
  const outcome = await registerAtDesk(a, eventId, person);
  if (outcome.kind !== 'registered') throw new Error(outcome.kind);
  return outcome.id;
}

const letIn = (installation: Installation, registrationId: RegistrationId, why = '') =>
  checkByHand(installation, eventId, {
    id: v7() as ScanId,
    registrationId,
    checkpointId: 'hall-door' as CheckpointId,
    direction: 'entry',
    why,
    override: false,
  });

describe('two processes on one database', () => {
  test('let somebody in by hand once, who is at both desks at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await register();
      const outcomes = await Promise.all([letIn(a, id), letIn(b, id)]);
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['through', 'turned_away']);
    }
    expect((await readLiveView(b, eventId)).total).toBe(5);
    expect((await readLiveView(a, eventId)).conflictCount).toBe(0);
  });

  test('forget both what one of them has erased', async () => {
    const id = await register();
    await letIn(a, id, 'Ausweis gesehen');
    const wordsAt = async (installation: Installation) =>
      JSON.stringify((await installation.states.read(eventId)).scansOf(id));
    expect(await wordsAt(b)).toContain('Ausweis');
    now = addMillis(evening.endsAt, HOUR);
    await eraseEarly(a, eventId);
    expect(await wordsAt(a)).not.toContain('Ausweis');
    expect(await wordsAt(b)).not.toContain('Ausweis');
    expect((await b.states.read(eventId)).venueTotal()).toBe(1);
  });

  test('erase an event at the same moment, and write down each person once', async () => {
    for (let i = 0; i < 10; i += 1) await register();
    now = addMillis(evening.endsAt, HOUR);
    const outcomes = await Promise.all([eraseEarly(a, eventId), eraseEarly(b, eventId)]);
    const erased = outcomes.map((outcome) => (outcome.kind === 'erased' ? outcome.counts.registrations : 0));
    expect(erased.reduce((sum, count) => sum + count)).toBe(10);
  });

  test('pair one tablet by one code', async () => {
    const code = await createPairingCode(a, eventId);
    const tablet = (name: string) => ({
      code,
      name,
      publicKey: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'),
    });
    const outcomes = await Promise.all([pairDevice(a, tablet('A')), pairDevice(b, tablet('B'))]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['bad_code', 'paired']);
  });

  test('are told of each other', async () => {
    const heard = vi.fn();
    b.news.subscribe(eventId, heard, () => undefined);
    a.news.publish(eventId);
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 5_000 });
  });
});

describe('a process with another secret', () => {
  test('is told so at its start', async () => {
    await expect(opened.openAgain({ secret: 'x'.repeat(40) })).rejects.toThrow('EINLASS_SECRET');
  });
});

describe('a turn', () => {
  test('is had by one process at a time', async () => {
    let finish = () => {};
    const first = inTurn(a, 'something', () => new Promise<string>((done) => (finish = () => done('a'))));
    await vi.waitFor(async () =>
      expect(await a.db.selectFrom('turns').selectAll().execute()).toHaveLength(1),
    );
    expect(await inTurn(b, 'something', () => Promise.resolve('b'))).toBeNull();
    expect(await inTurn(b, 'something else', () => Promise.resolve('b'))).toBe('b');
    finish();
    expect(await first).toBe('a');
    expect(await inTurn(b, 'something', () => Promise.resolve('b'))).toBe('b');
  });

  test('is given back when the work fails', async () => {
    await expect(inTurn(a, 'something', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inTurn(b, 'something', () => Promise.resolve('b'))).toBe('b');
  });

  test('of a process that has died is over after a while', async () => {
    await a.db
      .insertInto('turns')
      .values({ what: 'something', holder: 'dead', until: addMillis(now, MINUTE) })
      .execute();
    expect(await inTurn(b, 'something', () => Promise.resolve('b'))).toBeNull();
    now = addMillis(now, MINUTE);
    expect(await inTurn(b, 'something', () => Promise.resolve('b'))).toBe('b');
  });
});
