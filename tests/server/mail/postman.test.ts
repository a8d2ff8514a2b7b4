import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SMTPServerOptions } from 'smtp-server';
import { addMillis, DAY, MINUTE } from '../../../src/lib/domain/time.ts';
import type { Database } from '../../../src/lib/server/database/open.ts';
import type { MailRow } from '../../../src/lib/server/database/schema.ts';
import { LEASE, OutboxClaims } from '../../../src/lib/server/outbox-claims.ts';
import { eraseOwnRegistration } from '../../../src/lib/server/self-service.ts';
import { headerOf, Mailbox, smtpError } from '../../support/mail.ts';
import { evening, Stage } from './stage.ts';

let stage: Stage;
let mailbox: Mailbox | null = null;

beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(async () => {
  await stage.close();
  await mailbox?.close();
  mailbox = null;
});

const claimsOn = (db: Database) => new OutboxClaims<MailRow>(db, 'mails', { first: 'due' });

async function openMailbox(options: SMTPServerOptions = {}): Promise<Mailbox> {
  mailbox = await Mailbox.open(options);
  return mailbox;
}

describe('the postman', () => {
  test('sends at once what is queued, and writes down that it is sent', async () => {
    const { received, address } = await openMailbox();
    const { clockwork } = stage.hire(address);
    await clockwork.idle();
    await stage.register();
    expect(await clockwork.idle()).toBe(100);
    await clockwork.round();
    expect(received).toHaveLength(1);
    expect(received[0]?.to).toMatchObject({
      value: [{ name: 'Fatma Yılmaz', address: 'fatma@example.org' }],
    });
    expect(received[0]?.from?.text).toBe('"Stadt Gütersloh" <einlass@example.org>');
    const [mail] = await stage.mails();
    expect(mail).toMatchObject({ state: 'sent', attempts: 1, settled_at: stage.now, problem: null });
    expect(headerOf(received[0]!, 'message-id')).toBe(`<${mail!.id}@localhost>`);
    expect(headerOf(received[0]!, 'auto-submitted')).toBe('auto-generated');
  });

  test('holds on to what the mail server has taken until the store takes it, too', async () => {
    const { received, address } = await openMailbox();
    await stage.register();
    const settle = vi.spyOn(OutboxClaims.prototype, 'settle');
    settle.mockRejectedValueOnce(new Error('the disk is full'));
    const { clockwork } = stage.hire(address);
    expect(await clockwork.idle()).toBe(1_000);
    expect((await stage.mails())[0]).toMatchObject({ state: 'waiting' });
    await clockwork.round();
    expect((await stage.mails())[0]).toMatchObject({ state: 'sent', attempts: 1 });
    expect(received).toHaveLength(1);
    settle.mockRestore();
  });

  test('sends what was queued before it came, in its order, over one connection', async () => {
    const sessions = new Set<string>();
    const { received, address } = await openMailbox({
      onMailFrom: (_address, session, callback) => {
        sessions.add(session.id);
        callback();
      },
    });
    for (const name of ['Eins', 'Zwei', 'Drei']) await stage.register({ names: [name] });
    await stage.hire(address).clockwork.idle();
    expect(received.map(({ to }) => [to].flat()[0]?.value[0]?.name)).toEqual(['Eins', 'Zwei', 'Drei']);
    expect(sessions.size).toBe(1);
  });

  test('goes on after a restart with what waited', async () => {
    await stage.register();
    const again = await stage.openAgain();
    const { received, address } = await openMailbox();
    const { postman, clockwork } = stage.hire(address, again);
    await clockwork.idle();
    await postman.stop();
    await again.close();
    expect(received).toHaveLength(1);
  });

  test('and another one on the same database send no mail twice', async () => {
    const { received, address } = await openMailbox();
    for (let i = 0; i < 20; i++) await stage.register({ names: [`Gast ${i}`] });
    const other = await stage.openAgain();
    const both = [stage.hire(address), stage.hire(address, other)];
    await Promise.all(both.map(({ clockwork }) => clockwork.idle()));
    for (const { postman } of both) await postman.stop();
    await other.close();
    expect(received).toHaveLength(20);
    expect(new Set(received.map((mail) => headerOf(mail, 'message-id'))).size).toBe(20);
  });

  test('sends nothing that came too late', async () => {
    const { received, address } = await openMailbox();
    await stage.register();
    stage.now = addMillis(evening.endsAt, DAY);
    await stage.hire(address).clockwork.idle();
    expect(received).toEqual([]);
    expect(await stage.mails()).toMatchObject([{ state: 'expired', attempts: 0 }]);
  });

  test('sends nothing to whoever was erased, not even when that happens while the mail is written', async () => {
    const { received, address } = await openMailbox();
    const id = await stage.register();
    const claimed = (await claimsOn(stage.installation.db).claim(stage.now))!;
    await eraseOwnRegistration(stage.installation, stage.eventId, id);
    expect(
      await claimsOn(stage.installation.db).settle(claimed, { state: 'sent', problem: null }, stage.now),
    ).toBe(false);
    await stage.hire(address).clockwork.idle();
    expect(received).toEqual([]);
    expect(await stage.mails()).toEqual([]);
  });

  test('keeps other mails going when one can not be written', async () => {
    const { received, address } = await openMailbox();
    const broken = await stage.register({ names: ['Kaputt'] });
    await stage.register({ names: ['Heil'] });
    await stage.installation.db
      .updateTable('registrations')
      .set({ workgroup_id: 'w9' as never })
      .where('id', '=', broken)
      .execute();
    await stage.hire(address).clockwork.idle();
    expect(received).toHaveLength(1);
    expect(await stage.mails()).toMatchObject([
      { state: 'waiting', problem: 'unwritable' },
      { state: 'sent', problem: null },
    ]);
  });
});

describe('a server', () => {
  const refusing = (code: number, at: 'onRcptTo' | 'onMailFrom'): SMTPServerOptions => ({
    [at]: (_address: unknown, _session: unknown, callback: (error: Error) => void) =>
      callback(smtpError(code)),
  });

  test('that knows no such recipient: the mail has failed, and is not tried again', async () => {
    const { address } = await openMailbox(refusing(550, 'onRcptTo'));
    await stage.register();
    const { clockwork } = stage.hire(address);
    await clockwork.idle();
    stage.now = addMillis(stage.now, DAY);
    await clockwork.round();
    expect(await stage.mails()).toMatchObject([{ state: 'failed', problem: 'recipient 550', attempts: 1 }]);
  });

  test('that asks to come later: the mail is tried again, ever more seldom, until it expires', async () => {
    const { address } = await openMailbox(refusing(450, 'onRcptTo'));
    await stage.register();
    const { clockwork } = stage.hire(address);
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      await clockwork.idle();
      const [mail] = await stage.mails();
      expect(mail).toMatchObject({ state: 'waiting', problem: 'busy 450', claimed_until: null });
      delays.push((mail!.next_attempt_at - stage.now) / MINUTE);
      stage.now = mail!.next_attempt_at;
      await clockwork.round();
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120]);
    stage.now = addMillis(evening.endsAt, DAY);
    await clockwork.round();
    expect(await stage.mails()).toMatchObject([{ state: 'expired', attempts: 10 }]);
  });

  test.each([
    [
      'that refuses our password',
      { authOptional: false, onAuth: (_auth, _session, done) => done(smtpError(535)) },
      'sign_in 535',
    ],
    ['that refuses our sender', refusing(550, 'onMailFrom'), 'sender 550'],
    ['that is about to close', refusing(421, 'onRcptTo'), 'busy 421'],
    ['that never answers', { onConnect: () => undefined }, 'timeout'],
    ['that stalls in the middle', { onRcptTo: () => undefined }, 'timeout'],
    [
      'that drops the connection in the middle of the mail',
      { onData: (stream) => void stream.once('data', () => mailbox?.cut()) },
      'unreachable',
    ],
  ] satisfies [string, SMTPServerOptions, string][])(
    '%s keeps one mail knocking, the others wait',
    async (_, options, problem) => {
      const { address } = await openMailbox({ closeTimeout: 100, ...options });
      await stage.register({ names: ['Eins'] });
      await stage.register({ names: ['Zwei'] });
      const credentials = 'onAuth' in options ? { user: 'einlass', password: 'wrong' } : null;
      const { clockwork } = stage.hire({ ...address, credentials });
      expect(await clockwork.idle()).toBe(3_750);
      expect(await stage.mails()).toMatchObject([
        { state: 'waiting', attempts: 1, problem },
        { state: 'waiting', attempts: 0, problem: null },
      ]);
      expect(await clockwork.round()).toBe(7_500);
      expect((await stage.mails()).map(({ attempts }) => attempts)).toEqual([1, 1]);
    },
  );

  test('that was away and is back gets all of it', async () => {
    const gone = await Mailbox.open();
    const { address, port } = gone;
    await gone.close();
    await stage.register({ names: ['Eins'] });
    await stage.register({ names: ['Zwei'] });
    const { clockwork } = stage.hire(address);
    await clockwork.idle();
    expect((await stage.mails())[0]).toMatchObject({ problem: 'unreachable' });
    mailbox = await Mailbox.open({}, port);
    stage.now = addMillis(stage.now, 2 * MINUTE);
    await clockwork.round();
    expect(mailbox.received).toHaveLength(2);
  });

  test('that offers no TLS gets no password', async () => {
    let asked = false;
    const { address } = await openMailbox({
      onAuth: (_auth, _session, callback) => {
        asked = true;
        callback(null, { user: 'einlass' });
      },
    });
    await stage.register();
    const { clockwork } = stage.hire({
      ...address,
      requireTls: true,
      credentials: { user: 'einlass', password: 'secret' },
    });
    await clockwork.idle();
    expect(await stage.mails()).toMatchObject([{ state: 'waiting', problem: 'insecure 500' }]);
    expect(asked).toBe(false);
  });

  test('that took the mail before the process died gets it again, under the same Message-ID', async () => {
    const { received, address } = await openMailbox();
    await stage.register();
    const { clockwork } = stage.hire(address);
    await clockwork.idle();
    // As it stands when a process dies between the server's yes and the record of it.
    await stage.installation.db
      .updateTable('mails')
      .set({ state: 'waiting', settled_at: null, claimed_until: addMillis(stage.now, LEASE) })
      .execute();
    await clockwork.round();
    expect(received).toHaveLength(1);
    stage.now = addMillis(stage.now, LEASE);
    await clockwork.round();
    const ids = received.map((mail) => headerOf(mail, 'message-id'));
    expect(ids).toEqual([ids[0], ids[0]]);
  });
});

describe('a claim', () => {
  test("is one process's, until it runs out; the earlier one can then record nothing", async () => {
    await stage.register();
    const { db } = stage.installation;
    const first = (await claimsOn(db).claim(stage.now))!;
    expect(await claimsOn(db).claim(stage.now)).toBeNull();
    stage.now = addMillis(stage.now, LEASE - 1);
    expect(await claimsOn(db).claim(stage.now)).toBeNull();
    expect(await claimsOn(db).renew(first, stage.now)).toBe(true);
    stage.now = addMillis(stage.now, 1);
    expect(await claimsOn(db).claim(stage.now)).toBeNull();
    stage.now = addMillis(stage.now, LEASE);
    const second = (await claimsOn(db).claim(stage.now))!;
    expect(second.id).toBe(first.id);
    expect(await claimsOn(db).renew(first, stage.now)).toBe(false);
    expect(await claimsOn(db).settle(first, { state: 'failed', problem: 'recipient 550' }, stage.now)).toBe(
      false,
    );
    expect(await claimsOn(db).settle(second, { state: 'sent', problem: null }, stage.now)).toBe(true);
  });
});
