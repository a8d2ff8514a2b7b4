import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { RegistrationState } from '../../src/lib/domain/registration.ts';
import { addMillis, DAY, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { readFeed } from '../../src/lib/server/feed.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { correctRegistration } from '../../src/lib/server/office-registrations.ts';
import { applyAssignment, proposeAssignment } from '../../src/lib/server/place-assignment.ts';
import { moveRegistration, setRegistrationState } from '../../src/lib/server/places.ts';
import { readRegistration, registerByOffice } from '../../src/lib/server/registrations.ts';
import {
  cancelOwnRegistration,
  changeOwnRegistration,
  eraseOwnRegistration,
} from '../../src/lib/server/self-service.ts';
import { undoAssignment } from '../../src/lib/server/undo-assignment.ts';
import { decideWorkgroups } from '../../src/lib/server/workgroup-setting.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const evening = dialogueEvening();
const w5 = 'w5' as WorkgroupId;
const w6 = 'w6' as WorkgroupId;
const w7 = 'w7' as WorkgroupId;
const RULES = { onlyGains: false, elsewhere: false };

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = addMillis(evening.registrationUntil, -DAY);
  opened = await testInstallation(() => now);
  installation = opened.installation;
  const workgroups = evening.workgroups.map((workgroup) => ({ ...workgroup, places: 1 }));
  eventId = await createEvent(installation, { ...evening, workgroups });
});
afterEach(() => opened.dispose());

function register(
  state: RegistrationState,
  workgroupId: WorkgroupId,
  [firstChoiceId, secondChoiceId]: WorkgroupId[] = [],
  hostId: RegistrationId | null = null,
): Promise<RegistrationId> {
  now = addMillis(now, MINUTE);
  return registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Fatma Yılmaz',
    email: hostId ? null : 'fatma@example.org',
    workgroupId,
    locale: 'de',
    origin: 'office',
    state,
    consented: true,
    firstChoiceId: firstChoiceId ?? null,
    secondChoiceId: secondChoiceId ?? null,
    hostId,
  });
}

const read = (id: RegistrationId) => readRegistration(installation.db, eventId, id);
const where = async (id: RegistrationId) => {
  const { state, workgroup_id } = await read(id);
  return `${state} ${workgroup_id}`;
};
const propose = () => proposeAssignment(installation, eventId, RULES);
const apply = (fingerprint: string, tell = false) =>
  applyAssignment(installation, eventId, { rules: RULES, fingerprint, tell });

async function assign(tell = false): Promise<string> {
  const outcome = await apply((await propose()).fingerprint, tell);
  if (outcome.kind !== 'applied') throw new Error(outcome.kind);
  return outcome.id;
}

const undo = (id: string, tell = false) => undoAssignment(installation, eventId, id, { tell });

async function mails(): Promise<string[]> {
  const rows = await installation.db
    .selectFrom('mails')
    .select(['kind', 'registration_id'])
    .orderBy('id')
    .execute();
  return rows.map(({ kind, registration_id }) => `${kind} ${registration_id}`);
}

async function change(): Promise<number> {
  const row = await installation.db.selectFrom('events').select('change').executeTakeFirstOrThrow();
  return row.change;
}

/** One who makes room, one who waits for that, and one who waits without hope. */
async function threePeople(): Promise<[RegistrationId, RegistrationId, RegistrationId]> {
  const flexible = await register('confirmed', w5, [w5, w6]);
  const waiting = await register('waitlisted', w5, [w5]);
  return [flexible, waiting, await register('waitlisted', w5, [w5])];
}

describe('a proposal', () => {
  test('says what would change, and changes nothing', async () => {
    const [flexible, waiting] = await threePeople();
    const before = await change();
    const { figures, moves, mails: toSend, proven } = await propose();
    expect(moves.map(({ applicant, kind, workgroupId }) => [applicant.id, kind, workgroupId])).toEqual([
      [flexible, 'worse', w6],
      [waiting, 'placed', w5],
    ]);
    expect(figures.now).toEqual({ first: 1, second: 0, elsewhere: 0, waiting: 2 });
    expect(figures.then).toEqual({ first: 1, second: 1, elsewhere: 0, waiting: 1 });
    expect([toSend, proven]).toEqual([2, true]);
    expect(await change()).toBe(before);
    expect(await where(flexible)).toBe('confirmed w5');
  });

  test('is not for whoever is cancelled or erased', async () => {
    await register('cancelled', w5, [w5]);
    const erased = await register('waitlisted', w5, [w5]);
    await eraseOwnRegistration(installation, eventId, erased);
    expect((await propose()).figures.now).toEqual({ first: 0, second: 0, elsewhere: 0, waiting: 0 });
  });

  test('counts mails to whom others have brought along as well, and none to nobody', async () => {
    const host = await register('waitlisted', w5, [w6]);
    await register('waitlisted', w5, [w7], host);
    expect((await propose()).mails).toBe(2);
  });

  test('leaves whoever has moved on their own word where they went', async () => {
    const id = await register('confirmed', w5, [w5, w6]);
    await changeOwnRegistration(installation, eventId, id, {
      name: 'Fatma Yılmaz',
      email: 'fatma@example.org',
      needs: NO_NEEDS,
      workgroupId: w6,
    });
    expect(await read(id)).toMatchObject({ first_choice_id: w6, second_choice_id: null });
    expect((await propose()).moves).toEqual([]);
  });

  test('reads more people than are read at a time, each once', async () => {
    const rows = Array.from({ length: 6_000 }, (_, i) => ({
      event_id: eventId,
      id: crypto.randomUUID() as RegistrationId,
      submission_id: String(i),
      name: 'x',
      name_key: 'x',
      email: null,
      workgroup_id: w5,
      state: 'waitlisted' as const,
      state_since: now,
      access_needs: JSON.stringify(NO_NEEDS),
      locale: 'de',
      origin: 'form' as const,
      consented_at: now,
      // Many in the same millisecond.
      created_at: addMillis(now, Math.floor(i / 4_000)),
      change: i + 2,
    }));
    for (let i = 0; i < rows.length; i += 1_000)
      await installation.db
        .insertInto('registrations')
        .values(rows.slice(i, i + 1_000))
        .execute();
    expect((await propose()).figures.then).toEqual({ first: 1, second: 0, elsewhere: 0, waiting: 5_999 });
  });
});

describe('applying', () => {
  test('moves people, tells the tablets, writes it down, and mails nobody unless asked', async () => {
    const [flexible, waiting, hopeless] = await threePeople();
    const before = await change();
    const id = await assign();
    expect(await Promise.all([flexible, waiting, hopeless].map(where))).toEqual([
      'confirmed w6',
      'confirmed w5',
      'waitlisted w5',
    ]);
    expect((await read(waiting)).waiting_since).toBe(null);
    const { changes } = await readFeed(installation.db, eventId, before);
    expect(
      changes.map((one) => (one.kind === 'registration' ? one.registration.id : one.kind)).sort(),
    ).toEqual([flexible, waiting].sort());
    expect(await mails()).toEqual([]);
    expect(await listActs(installation.db, eventId, {}, 5)).toMatchObject([
      { kind: 'places_assigned', details: { assignment: id, people: 2, worse: 1, placed: 1, tell: false } },
    ]);
  });

  test('mails each what it means for them', async () => {
    const [flexible, waiting] = await threePeople();
    await assign(true);
    expect(await mails()).toEqual([`change ${flexible}`, `promotion ${waiting}`]);
  });

  test('says so where the best is another one by now, and does nothing', async () => {
    const [flexible, waiting] = await threePeople();
    const { fingerprint } = await propose();
    await cancelOwnRegistration(installation, eventId, waiting);
    expect(await apply(fingerprint)).toEqual({ kind: 'changed_since' });
    expect(await where(flexible)).toBe('confirmed w5');
  });

  test('does not mind what makes no difference to it', async () => {
    const [flexible] = await threePeople();
    const { fingerprint } = await propose();
    await correctRegistration(installation, eventId, flexible, {
      name: 'Fatma Yıldız',
      email: 'fatma@example.org',
      needs: NO_NEEDS,
    });
    expect(await apply(fingerprint)).toMatchObject({ kind: 'applied' });
  });

  test('is done once, however often the form is sent', async () => {
    await threePeople();
    const { fingerprint } = await propose();
    const outcomes = await Promise.all([apply(fingerprint, true), apply(fingerprint, true)]);
    expect(outcomes[0]).toEqual(outcomes[1]);
    expect(outcomes[0]?.kind).toBe('applied');
    expect(await mails()).toHaveLength(2);
  });

  test('is done anew where the office has taken it back by hand', async () => {
    const [flexible, waiting] = await threePeople();
    await assign();
    await moveRegistration(installation, eventId, flexible, w5);
    await setRegistrationState(installation, eventId, waiting, 'waitlisted');
    await assign();
    expect(await where(flexible)).toBe('confirmed w6');
  });

  test('is too late once the event has begun', async () => {
    await threePeople();
    const { fingerprint } = await propose();
    now = evening.startsAt;
    expect(await apply(fingerprint)).toEqual({ kind: 'too_late' });
  });
});

describe('undoing', () => {
  test('puts everybody back, who waited to where they stood in the queue, and mails nobody', async () => {
    const people = await threePeople();
    const before = await Promise.all(people.map(read));
    const id = await assign();
    const position = await change();
    now = addMillis(now, MINUTE);
    expect(await undo(id)).toEqual({ kind: 'undone', putBack: 2, left: 0 });
    const after = await Promise.all(people.map(read));
    const kept = after.map(({ state, workgroup_id, waiting_since }) => ({
      state,
      workgroup_id,
      waiting_since,
    }));
    expect(kept).toEqual(
      before.map(({ state, workgroup_id, waiting_since }) => ({ state, workgroup_id, waiting_since })),
    );
    expect((await readFeed(installation.db, eventId, position)).changes).toHaveLength(2);
    expect(await mails()).toEqual([]);
    expect(await listActs(installation.db, eventId, {}, 1)).toMatchObject([
      { kind: 'assignment_undone', details: { people: 2, left: 0 } },
    ]);
  });

  test('tells them where that is asked, once', async () => {
    const [flexible, waiting] = await threePeople();
    const id = await assign();
    const first = await undo(id, true);
    expect(await undo(id, true)).toEqual(first);
    expect((await mails()).sort()).toEqual([`change ${flexible}`, `waiting_list ${waiting}`].sort());
  });

  test('leaves alone whoever has been moved since, and does not take the place of others', async () => {
    const [flexible, waiting, hopeless] = await threePeople();
    const id = await assign();
    // Gives the place up, and it goes to who waits for it: so there is none to go back to.
    await cancelOwnRegistration(installation, eventId, waiting);
    expect(await where(hopeless)).toBe('confirmed w5');
    expect(await undo(id)).toEqual({ kind: 'undone', putBack: 0, left: 2 });
    expect(await Promise.all([flexible, waiting, hopeless].map(where))).toEqual([
      'confirmed w6',
      'cancelled w5',
      'confirmed w5',
    ]);
    const left = await installation.db
      .selectFrom('assignment_moves')
      .select(['registration_id', 'undone'])
      .execute();
    expect(new Map(left.map((row) => [row.registration_id, row.undone]))).toEqual(
      new Map([
        [flexible, 'full'],
        [waiting, 'changed_since'],
      ]),
    );
  });

  test('gives what it frees to who waits for it, without a mail', async () => {
    const [flexible, waiting, hopeless] = await threePeople();
    const id = await assign();
    await moveRegistration(installation, eventId, flexible, w7);
    const before = await mails();
    // Nobody goes back to the place that is freed, so it stays with who has it.
    expect(await undo(id)).toEqual({ kind: 'undone', putBack: 1, left: 1 });
    expect(await where(flexible)).toBe('confirmed w7');
    expect(await where(waiting)).toBe('confirmed w5');
    expect(await where(hopeless)).toBe('waitlisted w5');
    expect(await mails()).toEqual(before);
  });

  test('keeps to what the office has decided of the places since', async () => {
    const [flexible] = await threePeople();
    const id = await assign();
    await decideWorkgroups(installation, eventId, [{ id: w5, places: 0, meetingUrl: null }]);
    await undo(id);
    // As many as before, and not more.
    expect(await where(flexible)).toBe('confirmed w5');
  });

  test('is too late once the event has begun, and not possible for what there is not', async () => {
    await threePeople();
    const id = await assign();
    expect(await undo(crypto.randomUUID())).toEqual({ kind: 'unknown' });
    now = evening.startsAt;
    expect(await undo(id)).toEqual({ kind: 'too_late' });
  });

  test('does not end an erasure', async () => {
    const [flexible] = await threePeople();
    const id = await assign();
    await eraseOwnRegistration(installation, eventId, flexible);
    expect(await undo(id)).toMatchObject({ left: 1 });
    expect(await where(flexible)).toBe('cancelled w6');
  });
});
