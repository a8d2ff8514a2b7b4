import type { lookup } from 'node:dns';
import type { Logger } from 'pino';
import { addMillis, HOUR, millis, SECOND, type Millis } from '../../domain/time.ts';
import type { WebhookDeliveryRow, WebhookRow } from '../database/schema.ts';
import type { Installation } from '../installation.ts';
import { OutboxClaims, takeableAt, unclaimed } from '../outbox-claims.ts';
import { Rounds, type RoundEnd, type RoundParts } from '../outbox-rounds.ts';
import { inTurn } from '../turns.ts';
import { tellHappenings } from './tell-happenings.ts';
import { post, type PostOutcome } from './webhook-post.ts';
import { signatureHeaders } from './webhook-signature.ts';
import { hurry, pauseWebhook } from './webhooks.ts';

export interface CourierParts extends RoundParts {
  /** How long a receiver may take, in milliseconds. */
  timeout?: number;
  /** By default the system's resolver. */
  resolve?: typeof lookup;
}

/** Between two attempts: five seconds, then three times as long each time, and at last an hour. */
const FIRST_RETRY = 5 * SECOND;
const LAST_RETRY = HOUR;
/** How long one receiver is served before the others' turn comes again: a slow one shall not hold them up. */
const TURN = 5 * SECOND;
/** How long until this process looks again whether the one that serves the receivers still does. */
const BESIDE = 2 * SECOND;
/** How long an attempt may still take when the server process ends. */
const GRACE = 1.5 * SECOND;

/** What the metrics call them. */
const OUTCOMES = {
  taken: 'sent',
  gone: 'failed',
  refused: 'put_off',
  away: 'put_off',
  broken_off: 'put_off',
} as const;

/**
 * Sends the webhooks' messages, in rounds: see `Rounds`. Each webhook has its turn in each round, all at the same time,
 * its messages one after the other in the order in which things have happened; of several server processes one
 * at a time serves it, so that the order holds among them too.
 *
 * Where nobody is there, all messages of that webhook wait, and one of them knocks again after a pause that grows; the
 * other webhooks don't notice. A message that its receiver refuses waits alone. Either way it is given up when it expires.
 * A message is sent at least once, always under the same id, by which the receiver can tell.
 */
export class Courier {
  private readonly installation: Installation;
  private readonly parts: CourierParts;
  private readonly log: Logger;
  private readonly claims: OutboxClaims<WebhookDeliveryRow>;
  private readonly rounds: Rounds;
  private readonly closing = new AbortController();

  constructor(installation: Installation, parts: CourierParts) {
    this.installation = installation;
    this.parts = parts;
    this.log = installation.log.child({ part: 'webhooks' });
    this.claims = new OutboxClaims(installation.db, 'webhook_deliveries', { first: 'made' });
    this.rounds = new Rounds(installation, parts, this.log, () => this.round());
  }

  start(): void {
    this.rounds.start();
  }

  /** Lets the attempts under way end, or breaks them off and records that, and begins no other. */
  async stop(): Promise<void> {
    const breakOff = setTimeout(() => this.closing.abort(), GRACE);
    await this.rounds.stop();
    clearTimeout(breakOff);
  }

  private async round(): Promise<RoundEnd> {
    const { clock } = this.installation;
    for (;;) {
      await tellHappenings(this.installation);
      await this.claims.expire(clock());
      const webhooks = await this.webhooksWithDue();
      if (this.rounds.stopped || webhooks.length === 0) return { kind: 'rest', due: await this.nextDue() };
      const served = await Promise.all(
        webhooks.map((id) => inTurn(this.installation, `webhook ${id}`, () => this.serve(id))),
      );
      if (served.every((one) => one === null)) return { kind: 'rest', due: addMillis(clock(), BESIDE) };
      this.rounds.succeeded();
    }
  }

  private async webhooksWithDue(): Promise<string[]> {
    const now = this.installation.clock();
    const rows = await this.installation.db
      .selectFrom('webhook_deliveries')
      .innerJoin('webhooks', 'webhooks.id', 'webhook_id')
      .select('webhook_id')
      .distinct()
      .where('state', '=', 'waiting')
      .where('next_attempt_at', '<=', now)
      .where('expires_at', '>', now)
      .where(unclaimed('claimed_until', now))
      .where('paused_at', 'is', null)
      .where('resume_at', '<=', now)
      .execute();
    return rows.map((row) => row.webhook_id);
  }

  private async nextDue(): Promise<Millis | null> {
    const rows = await this.installation.db
      .selectFrom('webhook_deliveries')
      .innerJoin('webhooks', 'webhooks.id', 'webhook_id')
      .select(['webhook_id', 'resume_at', (eb) => eb.fn.min<Millis>(takeableAt()).as('due')])
      .where('state', '=', 'waiting')
      .where('paused_at', 'is', null)
      .groupBy(['webhook_id', 'resume_at'])
      .execute();
    const dues = rows.map(({ due, resume_at }) => Math.max(Number(due), resume_at));
    return dues.length === 0 ? null : millis(Math.min(...dues));
  }

  /** One webhook's turn: until nothing is due, nobody is there, or the turn is over. */
  private async serve(id: string): Promise<void> {
    const { db, clock } = this.installation;
    const until = addMillis(clock(), TURN);
    while (!this.rounds.stopped && clock() < until) {
      // The office may have paused or deleted it meanwhile.
      const webhook = await db
        .selectFrom('webhooks')
        .selectAll()
        .where('id', '=', id)
        .where('paused_at', 'is', null)
        .where('resume_at', '<=', clock())
        .executeTakeFirst();
      const delivery = webhook && (await this.claims.claim(clock(), id));
      if (!delivery) return;
      await this.record(webhook, delivery, await this.send(webhook, delivery));
    }
  }

  private send(webhook: WebhookRow, { id, body }: WebhookDeliveryRow): Promise<PostOutcome> {
    const { clock, secrets, privateWebhooks } = this.installation;
    const secret = Buffer.from(secrets.open(webhook.sealed_secret)).toString('utf8');
    const { timeout, resolve } = this.parts;
    return post(webhook.url, signatureHeaders(secret, id, clock(), body), body, {
      allowPrivate: privateWebhooks,
      signal: this.closing.signal,
      ...(timeout !== undefined && { timeout }),
      ...(resolve && { resolve }),
    });
  }

  private async record(
    webhook: WebhookRow,
    delivery: WebhookDeliveryRow,
    outcome: PostOutcome,
  ): Promise<void> {
    const { db, clock, metrics } = this.installation;
    metrics.webhooks.inc({ outcome: OUTCOMES[outcome.kind] });
    const said = {
      webhook: webhook.id,
      message: delivery.id,
      kind: delivery.kind,
      attempt: delivery.attempts,
    };
    if (outcome.kind === 'taken') {
      await this.claims.settle(delivery, { state: 'sent', problem: null }, clock());
      if (webhook.failures > 0) await this.setFailures(webhook, 0, millis(0));
      // It is there, and works: what waits need wait no longer.
      if (webhook.failures > 0 || delivery.kind === 'webhook.test') await hurry(db, webhook.id, clock());
      this.log.info(said, 'message sent');
      return;
    }
    if (outcome.kind === 'broken_off') {
      const settlement = { state: 'waiting', problem: delivery.problem, nextAttemptAt: clock() } as const;
      await this.claims.settle(delivery, settlement, clock());
      return;
    }
    const { problem } = outcome;
    this.log.warn({ ...said, problem }, 'message not taken');
    if (outcome.kind === 'gone' || delivery.kind === 'webhook.test') {
      await this.claims.settle(delivery, { state: 'failed', problem }, clock());
      if (outcome.kind === 'gone') await pauseWebhook(this.installation, webhook.event_id, webhook.id);
      return;
    }
    const isAway = outcome.kind === 'away';
    const nextAttemptAt = this.after(isAway ? webhook.failures : delivery.attempts - 1);
    await this.claims.settle(delivery, { state: 'waiting', problem, nextAttemptAt }, clock());
    if (isAway) await this.setFailures(webhook, webhook.failures + 1, nextAttemptAt);
    else if (webhook.failures > 0) await this.setFailures(webhook, 0, millis(0));
  }

  /** When to try again. @param failures - how often it has failed before */
  private after(failures: number): Millis {
    const delay = Math.min(LAST_RETRY, FIRST_RETRY * 3 ** failures) * (0.75 + this.parts.random() / 2);
    return addMillis(this.installation.clock(), Math.round(delay));
  }

  private async setFailures({ id }: WebhookRow, failures: number, resumeAt: Millis): Promise<void> {
    await this.installation.db
      .updateTable('webhooks')
      .set({ failures, resume_at: resumeAt })
      .where('id', '=', id)
      .execute();
  }
}
