import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addMillis, DAY, HOUR, MINUTE, SECOND } from '../../../src/lib/domain/time.ts';
import { listActs } from '../../../src/lib/server/acts.ts';
import { LEASE } from '../../../src/lib/server/outbox-claims.ts';
import {
  deleteWebhook,
  forgetDeliveries,
  listWebhooks,
  pauseWebhook,
  resumeWebhook,
  testWebhook,
} from '../../../src/lib/server/webhooks/webhooks.ts';
import { isSigned, Receiver } from '../../support/receiver.ts';
import { WebhookStage } from './stage.ts';

let stage: WebhookStage;
const receivers: Receiver[] = [];

beforeEach(async () => {
  stage = await WebhookStage.open();
});
afterEach(async () => {
  await stage.close();
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function receive(...options: Parameters<typeof Receiver.open>): Promise<Receiver> {
  const receiver = await Receiver.open(...options);
  receivers.push(receiver);
  return receiver;
}

/** One message for each registration. */
const ONCE = ['registration.created'] as const;
const pass = (duration: number) => (stage.evening.now = addMillis(stage.evening.now, duration));
const states = async () => (await stage.deliveries()).map(({ state }) => state);

describe('a message', () => {
  test('comes at once, is signed by the secret, and names ids and states only', async () => {
    const receiver = await receive();
    const { secret } = await stage.hook(receiver.url, ONCE);
    const { clockwork } = stage.hire();
    await clockwork.idle();
    const registration = await stage.evening.register();
    expect(await clockwork.idle()).toBe(100);
    await clockwork.round();
    const [received] = receiver.received;
    expect(received?.message).toEqual({
      type: 'registration.created',
      timestamp: new Date(stage.evening.now).toISOString(),
      data: { event: 'integration', registration, state: 'confirmed', workgroup: 'w5' },
    });
    expect(received?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': (await stage.deliveries())[0]?.id,
      'webhook-timestamp': String(Math.floor(stage.evening.now / SECOND)),
    });
    expect(await isSigned(received!, secret)).toBe(true);
    expect(await isSigned({ ...received!, body: received!.body.replace('w5', 'w6') }, secret)).toBe(false);
    expect(await isSigned(received!, (await stage.hook(receiver.url)).secret)).toBe(false);
    expect(JSON.stringify([received, await stage.deliveries()])).not.toMatch(/Fatma|fatma/);
    expect((await stage.deliveries())[0]).toMatchObject({ state: 'sent', attempts: 1, problem: null });
  });

  test('goes to every webhook that wants it, and to no other', async () => {
    const [all, created, checkins] = [await receive(), await receive(), await receive()];
    await stage.hook(all.url);
    await stage.hook(created.url, ONCE);
    await stage.hook(checkins.url, ['checkin.recorded']);
    await stage.evening.register();
    await stage.hire().clockwork.idle();
    expect(all.types).toEqual(['registration.created', 'registration.confirmed']);
    expect(created.types).toEqual(['registration.created']);
    expect(checkins.types).toEqual([]);
  });

  test('that waits is sent by the next process, once among two', async () => {
    const receiver = await receive();
    await stage.hook(receiver.url, ONCE);
    for (let i = 0; i < 20; i++) await stage.evening.register();
    const other = await stage.evening.openAgain({ privateWebhooks: true });
    const [one, two] = [stage.hire(), stage.hire({}, other)];
    await Promise.all([one.clockwork.idle(), two.clockwork.idle()]);
    await two.courier.stop();
    await other.close();
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(20);
    expect(receiver.received).toHaveLength(20);
  });

  test('goes again under its id when the process has died over it', async () => {
    const receiver = await receive();
    await stage.hook(receiver.url, ONCE);
    await stage.evening.register();
    const { clockwork } = stage.hire();
    await clockwork.idle();
    // As it stands when a process dies between the answer and the record of it.
    await stage.installation.db
      .updateTable('webhook_deliveries')
      .set({ state: 'waiting', settled_at: null, claimed_until: addMillis(stage.evening.now, LEASE) })
      .execute();
    await clockwork.round();
    expect(receiver.received).toHaveLength(1);
    pass(LEASE);
    await clockwork.round();
    const [first, second] = receiver.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(await states()).toEqual(['sent']);
  });

  test('is forgotten a week after it was settled', async () => {
    const receiver = await receive();
    await stage.hook(receiver.url, ONCE);
    await stage.evening.register();
    await stage.hire().clockwork.idle();
    pass(7 * DAY);
    await forgetDeliveries(stage.installation);
    expect(await states()).toEqual(['sent']);
    pass(1);
    await forgetDeliveries(stage.installation);
    expect(await states()).toEqual([]);
  });
});

describe('a receiver that is away', () => {
  test('is knocked at by one message, ever more seldom, and gets everything in order when it is back', async () => {
    const away = await receive();
    const { port } = away;
    await stage.hook(away.url, ONCE);
    await away.close();
    const ids = [];
    for (let i = 0; i < 5; i++) ids.push(await stage.evening.register());
    const { clockwork } = stage.hire();
    const pauses: number[] = [];
    for (let i = 0; i < 9; i++) {
      await clockwork.idle();
      const { resume_at, failures } = await stage.webhook();
      expect(failures).toBe(i + 1);
      pauses.push((resume_at - stage.evening.now) / SECOND);
      stage.evening.now = resume_at;
      if (i < 8) await clockwork.round();
    }
    expect(pauses).toEqual([5, 15, 45, 135, 405, 1215, 3600, 3600, 3600]);
    expect((await stage.deliveries()).map(({ attempts }) => attempts)).toEqual([9, 0, 0, 0, 0]);
    expect(await states()).toEqual(Array(5).fill('waiting'));
    expect((await stage.deliveries())[0]?.problem).toBe('unreachable');

    const back = await receive(204, port);
    await clockwork.round();
    expect(back.received.map(({ message }) => message.data.registration)).toEqual(ids);
    expect(await states()).toEqual(Array(5).fill('sent'));
    expect(await stage.webhook()).toMatchObject({ failures: 0, resume_at: 0 });
  });

  test('for a day is given up, after as many attempts as a day has hours and a few', async () => {
    const away = await receive();
    await stage.hook(away.url, ONCE);
    await away.close();
    await stage.evening.register();
    const { clockwork } = stage.hire();
    await clockwork.idle();
    for (let i = 0; i < 200 && (await states())[0] === 'waiting'; i++) {
      pass(10 * MINUTE);
      await clockwork.round();
    }
    const [given] = await stage.deliveries();
    expect(given).toMatchObject({
      state: 'expired',
      problem: 'unreachable',
      body: expect.any(String) as string,
    });
    expect(given!.settled_at! - given!.created_at).toBe(DAY);
    expect(given!.attempts).toBeLessThan(35);
    expect(given!.attempts).toBeGreaterThan(20);
    // Nothing is left to be done: the next look is only in case another process has queued something.
    expect(await clockwork.round()).toBe(20 * SECOND);
  });

  test.each([500, 503, 429])('answers %d, which is like being away', async (status) => {
    const receiver = await receive(status);
    await stage.hook(receiver.url, ONCE);
    for (let i = 0; i < 3; i++) await stage.evening.register();
    await stage.hire().clockwork.idle();
    expect(receiver.received).toHaveLength(1);
    expect((await stage.deliveries())[0]).toMatchObject({ state: 'waiting', problem: `status ${status}` });
  });

  test('never answers, and is given up after a while', async () => {
    const receiver = await receive(() => undefined);
    await stage.hook(receiver.url, ONCE);
    await stage.evening.register();
    await stage.hire({ timeout: 50 }).clockwork.idle();
    expect((await stage.deliveries())[0]).toMatchObject({ state: 'waiting', problem: 'timeout' });
  });

  test('does not keep the others from theirs', async () => {
    const [slow, quick] = [await receive(() => undefined), await receive()];
    await stage.hook(slow.url, ONCE);
    await stage.hook(quick.url, ONCE);
    for (let i = 0; i < 3; i++) await stage.evening.register();
    await stage.hire({ timeout: 200 }).clockwork.idle();
    expect(quick.received).toHaveLength(3);
    expect(slow.received).toHaveLength(1);
  });

  test('when the server ends, loses nothing', async () => {
    const receiver = await receive(() => undefined);
    await stage.hook(receiver.url, ONCE);
    await stage.evening.register();
    const { courier } = stage.hire({ timeout: 60_000 });
    await receiver.waitFor(1);
    await courier.stop();
    expect((await stage.deliveries())[0]).toMatchObject({
      state: 'waiting',
      claimed_until: null,
      next_attempt_at: stage.evening.now,
    });
    expect(await stage.webhook()).toMatchObject({ failures: 0 });
  });
});

describe('a receiver that refuses', () => {
  test('one message gets the others, and that one again later', async () => {
    let refuses = true;
    const receiver = await receive((received, response) => {
      const isFirst = receiver.received[0]?.headers['webhook-id'] === received.headers['webhook-id'];
      response.writeHead(isFirst && refuses ? 400 : 200).end();
    });
    await stage.hook(receiver.url, ONCE);
    for (let i = 0; i < 3; i++) await stage.evening.register();
    const { clockwork } = stage.hire();
    expect(await clockwork.idle()).toBe(5 * SECOND);
    expect(await states()).toEqual(['waiting', 'sent', 'sent']);
    expect((await stage.deliveries())[0]?.problem).toBe('status 400');
    refuses = false;
    pass(5 * SECOND);
    await clockwork.round();
    expect(await states()).toEqual(['sent', 'sent', 'sent']);
  });

  test('by leading elsewhere is not followed', async () => {
    const receiver = await receive(302);
    await stage.hook(receiver.url, ONCE);
    await stage.evening.register();
    await stage.hire().clockwork.idle();
    expect(receiver.received).toHaveLength(1);
    expect((await stage.deliveries())[0]).toMatchObject({ state: 'waiting', problem: 'status 302' });
  });

  test('for good pauses the webhook, which is written down', async () => {
    const receiver = await receive(410);
    await stage.hook(receiver.url, ONCE);
    for (let i = 0; i < 2; i++) await stage.evening.register();
    await stage.hire().clockwork.idle();
    expect(receiver.received).toHaveLength(1);
    expect(await states()).toEqual(['failed', 'waiting']);
    expect((await stage.webhook()).paused_at).toBe(stage.evening.now);
    const [act] = await listActs(stage.installation.db, stage.evening.eventId, {}, 1);
    expect(act).toMatchObject({
      kind: 'webhook_paused',
      actorName: null,
      details: { host: receiver.url.host },
    });
  });
});

describe('the office', () => {
  test('pauses, and what happens meanwhile comes when it goes on', async () => {
    const receiver = await receive();
    const { id } = await stage.hook(receiver.url, ONCE);
    const { eventId } = stage.evening;
    const { clockwork } = stage.hire();
    await pauseWebhook(stage.installation, eventId, id);
    await stage.evening.register();
    await clockwork.round();
    expect(receiver.received).toEqual([]);
    expect(await testWebhook(stage.installation, eventId, id)).toBe(false);
    pass(HOUR);
    await resumeWebhook(stage.installation, eventId, id);
    await clockwork.round();
    expect(receiver.types).toEqual(['registration.created']);
    const acts = await listActs(stage.installation.db, eventId, {}, 3);
    expect(acts.map(({ kind }) => kind)).toEqual(['webhook_resumed', 'webhook_paused', 'webhook_made']);
  });

  test('deletes, and nothing is left that waits or watches', async () => {
    const receiver = await receive();
    const { id } = await stage.hook(receiver.url);
    await stage.evening.register();
    const { clockwork } = stage.hire();
    await pauseWebhook(stage.installation, stage.evening.eventId, id);
    await clockwork.round();
    await deleteWebhook(stage.installation, stage.evening.eventId, id);
    expect(await stage.deliveries()).toEqual([]);
    const { db } = stage.installation;
    expect(await db.selectFrom('watched_events').selectAll().execute()).toEqual([]);
    expect(await db.selectFrom('watched_registrations').selectAll().execute()).toEqual([]);
  });

  test('tries an address out at once, also where nobody was there; when it works, what waits goes, too', async () => {
    const away = await receive();
    const { port } = away;
    const { id } = await stage.hook(away.url, ONCE);
    await away.close();
    await stage.evening.register();
    const { clockwork } = stage.hire();
    await clockwork.idle();
    const { eventId } = stage.evening;
    expect(await testWebhook(stage.installation, eventId, id)).toBe(true);
    await clockwork.round();
    const back = await receive(204, port);
    expect(await testWebhook(stage.installation, eventId, id)).toBe(true);
    await clockwork.round();
    expect(back.types).toEqual(['webhook.test', 'registration.created']);
    expect(await states()).toEqual(['sent', 'failed', 'sent']);
  });

  test('learns that a test has failed, and nothing else waits for it', async () => {
    const receiver = await receive(500);
    const { id } = await stage.hook(receiver.url, ONCE);
    const { clockwork } = stage.hire();
    await clockwork.idle();
    await testWebhook(stage.installation, stage.evening.eventId, id);
    await clockwork.round();
    const [webhook] = await listWebhooks(stage.installation.db, stage.evening.eventId, 10);
    expect(webhook).toMatchObject({
      resumeAt: null,
      waiting: 0,
      deliveries: [{ kind: 'webhook.test', state: 'failed', problem: 'status 500', attempts: 1 }],
    });
  });

  test('cannot read the secret again', async () => {
    const receiver = await receive();
    const { secret } = await stage.hook(receiver.url);
    const everything = JSON.stringify([
      await stage.webhook(),
      await listWebhooks(stage.installation.db, stage.evening.eventId, 10),
    ]);
    expect(everything).not.toContain(secret.slice(6));
  });
});
