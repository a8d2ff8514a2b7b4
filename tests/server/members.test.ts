import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, millis, type Millis } from '../../src/lib/domain/time.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import { demoEvent } from '../../src/lib/server/demo-event.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import {
  acceptInvitation,
  acceptWithNewAccount,
  createInvitation,
  readInvitation,
} from '../../src/lib/server/invitations.ts';
import {
  changeRole,
  listEventsOf,
  listMembers,
  readStanding,
  removeMember,
} from '../../src/lib/server/members.ts';
import { createSetupLink, useSetupLink } from '../../src/lib/server/setup-link.ts';
import { testInstallation } from '../support/installation.ts';

const MERTENS = { name: 'Frank Mertens', email: 'mertens@example.org', password: 'vier lange Worte hier' };
const DEMIR = { name: 'Elif Demir', email: 'demir@example.org', password: 'noch vier andere Worte' };

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let event: EventId;
let other: EventId;
let mertens: { id: string; name: string; email: string };

beforeEach(async () => {
  now = millis(Date.now());
  const made = await testInstallation(() => now);
  installation = made.installation;
  dispose = () => made.dispose();
  const demo = demoEvent(now);
  event = await createEvent(installation, { ...demo, slug: 'one' });
  other = await createEvent(installation, { ...demo, slug: 'other' });
  await useSetupLink(installation, (await createSetupLink(installation))!, MERTENS);
  const { id } = await installation.db.selectFrom('users').select('id').executeTakeFirstOrThrow();
  mertens = { id, name: MERTENS.name, email: MERTENS.email };
});
afterEach(() => dispose());

const standing = (user: string, at: EventId | null = event) => readStanding(installation.db, user, at);
const kinds = async () => (await listActs(installation.db, event, {}, 100)).map(({ kind }) => kind);

/** Somebody new, by invitation. @returns the account's id */
async function join(role: Parameters<typeof createInvitation>[2], form = DEMIR): Promise<string> {
  const token = await createInvitation(installation, event, role, mertens);
  const outcome = await acceptWithNewAccount(installation, token, form);
  if (outcome.kind !== 'joined') throw new Error(outcome.kind);
  const user = installation.db.selectFrom('users').select('id').where('email', '=', form.email);
  return (await user.executeTakeFirstOrThrow()).id;
}

describe('who sets the installation up', () => {
  test('administers it, and sees every event', async () => {
    expect(await standing(mertens.id)).toEqual({ role: null, administrator: true });
    expect((await listEventsOf(installation.db, mertens)).map(({ slug }) => slug)).toEqual(['one', 'other']);
  });
});

describe('an invitation', () => {
  test('gives somebody new an account and a role at one event', async () => {
    const demir = await join('reception');
    expect(await standing(demir)).toEqual({ role: 'reception', administrator: false });
    expect(await standing(demir, other)).toEqual({ role: null, administrator: false });
    expect((await listEventsOf(installation.db, { id: demir })).map(({ slug }) => slug)).toEqual(['one']);
    expect(await listMembers(installation.db, event)).toEqual([
      { id: demir, name: DEMIR.name, email: DEMIR.email, role: 'reception' },
    ]);
    expect(await kinds()).toEqual(['member_joined', 'member_invited']);
  });

  test('works once', async () => {
    const token = await createInvitation(installation, event, 'owner', mertens);
    await acceptWithNewAccount(installation, token, DEMIR);
    expect(await readInvitation(installation, installation.db, token)).toEqual({ kind: 'used' });
    const again = { ...DEMIR, email: 'somebody.else@example.org' };
    expect(await acceptWithNewAccount(installation, token, again)).toEqual({
      kind: 'bad_link',
      state: 'used',
    });
    expect(await listMembers(installation.db, event)).toHaveLength(1);
  });

  test('taken up twice at the same moment lets in one', async () => {
    const token = await createInvitation(installation, event, 'organiser', mertens);
    const forms = [DEMIR, { ...DEMIR, email: 'somebody.else@example.org' }];
    const outcomes = await Promise.all(forms.map((form) => acceptWithNewAccount(installation, token, form)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['bad_link', 'joined']);
  });

  test('ends after a week, and an invented one is none', async () => {
    const token = await createInvitation(installation, event, 'owner', mertens);
    now = addMillis(now, 7 * DAY);
    expect(await readInvitation(installation, installation.db, token)).toEqual({ kind: 'expired' });
    expect(await acceptWithNewAccount(installation, token, DEMIR)).toEqual({
      kind: 'bad_link',
      state: 'expired',
    });
    expect(await readInvitation(installation, installation.db, 'invented')).toEqual({ kind: 'unknown' });
  });

  test('stays good when the account could not be made', async () => {
    const token = await createInvitation(installation, event, 'viewer', mertens);
    const taken = { ...DEMIR, email: MERTENS.email };
    expect(await acceptWithNewAccount(installation, token, taken)).toEqual({ kind: 'bad_email' });
    expect((await readInvitation(installation, installation.db, token)).kind).toBe('usable');
  });

  test('raises the role of somebody who is there already, and never lowers it', async () => {
    const demir = await join('reception');
    const account = { id: demir, name: DEMIR.name };
    for (const [role, after] of [
      ['viewer', 'reception'],
      ['owner', 'owner'],
    ] as const) {
      const token = await createInvitation(installation, event, role, mertens);
      expect((await acceptInvitation(installation, token, account)).kind).toBe('joined');
      expect((await standing(demir)).role).toBe(after);
    }
  });
});

describe('a member', () => {
  test('gets another role', async () => {
    const demir = await join('viewer');
    expect(await changeRole(installation, event, demir, 'organiser', mertens)).toBe(true);
    expect((await standing(demir)).role).toBe('organiser');
    expect((await kinds())[0]).toBe('member_role_changed');
  });

  test('is removed from the event, and keeps the account', async () => {
    const demir = await join('viewer');
    expect(await removeMember(installation, event, demir, mertens)).toBe(true);
    expect((await standing(demir)).role).toBe(null);
    expect(await listEventsOf(installation.db, { id: demir })).toEqual([]);
    expect(await installation.db.selectFrom('users').select('id').execute()).toHaveLength(2);
  });

  test('of another event is not touched', async () => {
    const demir = await join('viewer');
    expect(await changeRole(installation, other, demir, 'owner', mertens)).toBe(false);
    expect(await removeMember(installation, other, demir, mertens)).toBe(false);
    expect((await standing(demir)).role).toBe('viewer');
  });
});

describe('the log of acts', () => {
  test('says who did what to whom, the last first, a page at a time', async () => {
    await join('viewer');
    const [joined] = await listActs(installation.db, event, {}, 1);
    expect(joined).toMatchObject({
      kind: 'member_joined',
      actorName: DEMIR.name,
      details: { role: 'viewer' },
    });
    const [invited] = await listActs(installation.db, event, { before: joined!.id }, 10);
    expect(invited).toMatchObject({ kind: 'member_invited', actorName: MERTENS.name, at: now });
    expect(await listActs(installation.db, event, { kind: 'device_revoked' }, 10)).toEqual([]);
    expect(await listActs(installation.db, other, {}, 10)).toEqual([]);
  });

  test('can be neither changed nor shortened, whatever the code tries', async () => {
    await createInvitation(installation, event, 'viewer', mertens);
    const { db } = installation;
    await expect(sql`update acts set actor_name = 'Niemand'`.execute(db)).rejects.toThrow('only grows');
    await expect(sql`delete from acts`.execute(db)).rejects.toThrow('only grows');
    expect(await kinds()).toEqual(['member_invited']);
  });
});
