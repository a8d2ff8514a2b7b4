import { sql } from 'kysely';
import { v7 } from 'uuid';
import * as v from 'valibot';
import { ToldKindsSchema, type HappeningKind, type ToldKind } from '../../domain/happening.ts';
import type { EventId } from '../../domain/ids.ts';
import { addMillis, DAY, MINUTE, type Millis } from '../../domain/time.ts';
import { writeAct, type Actor } from '../acts.ts';
import type { Database, Tx } from '../database/open.ts';
import type { WebhookDeliveryRow, WebhookRow } from '../database/schema.ts';
import { nextChange } from '../database/change-numbers.ts';
import type { Installation } from '../installation.ts';
import { createWebhookSecret } from './webhook-signature.ts';

/** More than a city has systems; each costs a row for everything that happens. */
export const MOST_WEBHOOKS = 10;
/** How long what is settled is kept for the office to look at, in milliseconds. */
const KEPT = 7 * DAY;
/** Whoever tries an address out waits for the answer. */
const TEST_EXPIRES = MINUTE;

/** What the office sees of a webhook. */
export interface Webhook {
  id: string;
  url: string;
  kinds: ToldKind[];
  createdAt: Millis;
  pausedAt: Millis | null;
  /** Nobody was there; it is tried again at that time. Null while all is well. */
  resumeAt: Millis | null;
  waiting: number;
  /** The newest first. */
  deliveries: Delivery[];
}

export type Delivery = Pick<
  WebhookDeliveryRow,
  'id' | 'kind' | 'state' | 'attempts' | 'problem' | 'created_at' | 'settled_at'
>;

export type CreateOutcome =
  /** The secret is shown once: it is kept only sealed. */
  { kind: 'created'; id: string; secret: string } | { kind: 'too_many' };

/** @param url - as `readAddress` gives it */
export async function createWebhook(
  installation: Installation,
  eventId: EventId,
  { url, kinds }: { url: URL; kinds: ToldKind[] },
  by: Actor = null,
): Promise<CreateOutcome> {
  const { clock, secrets } = installation;
  const secret = createWebhookSecret();
  const id = v7();
  const outcome = await installation.db.transaction().execute(async (tx): Promise<CreateOutcome> => {
    const position = await nextChange(tx, eventId);
    const others = await tx.selectFrom('webhooks').select('id').where('event_id', '=', eventId).execute();
    if (others.length >= MOST_WEBHOOKS) return { kind: 'too_many' };
    if (others.length === 0) await beginWatch(tx, eventId, position);
    await tx
      .insertInto('webhooks')
      .values({
        event_id: eventId,
        id,
        url: url.href,
        kinds: JSON.stringify(kinds),
        sealed_secret: secrets.seal(Buffer.from(secret, 'utf8')),
        created_at: clock(),
        failures: 0,
        resume_at: 0 as Millis,
      })
      .execute();
    await writeAct(installation, tx, { eventId, by, kind: 'webhook_made', details: { host: url.host } });
    return { kind: 'created', id, secret };
  });
  installation.news.publish(eventId);
  return outcome;
}

/** From now on what differs has happened; what was before is told to nobody. */
async function beginWatch(tx: Tx, eventId: EventId, position: number): Promise<void> {
  await endWatch(tx, eventId);
  await tx.insertInto('watched_events').values({ event_id: eventId, position }).execute();
  await tx
    .insertInto('watched_registrations')
    .columns(['event_id', 'registration_id', 'state', 'workgroup_id', 'erased'])
    .expression((eb) =>
      eb
        .selectFrom('registrations')
        .select([
          'event_id',
          'id',
          'state',
          'workgroup_id',
          sql<0 | 1>`case when erased_at is null then 0 else 1 end`.as('erased'),
        ])
        .where('event_id', '=', eventId),
    )
    .execute();
}

async function endWatch(tx: Tx, eventId: EventId): Promise<void> {
  await tx.deleteFrom('watched_events').where('event_id', '=', eventId).execute();
  await tx.deleteFrom('watched_registrations').where('event_id', '=', eventId).execute();
}

/** Stops sending; what happens meanwhile waits, as long as messages wait. */
export async function pauseWebhook(
  installation: Installation,
  eventId: EventId,
  id: string,
  by: Actor = null,
): Promise<void> {
  await changePause(installation, eventId, id, by, installation.clock());
}

/** Sends again, beginning with what has waited. */
export async function resumeWebhook(
  installation: Installation,
  eventId: EventId,
  id: string,
  by: Actor = null,
): Promise<void> {
  await changePause(installation, eventId, id, by, null);
  installation.news.publish(eventId);
}

async function changePause(
  installation: Installation,
  eventId: EventId,
  id: string,
  by: Actor,
  pausedAt: Millis | null,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    const changed = await tx
      .updateTable('webhooks')
      .set({ paused_at: pausedAt, failures: 0, resume_at: 0 as Millis })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .where('paused_at', pausedAt === null ? 'is not' : 'is', null)
      .returning('url')
      .executeTakeFirst();
    if (!changed) return;
    if (pausedAt === null) await hurry(tx, id, installation.clock());
    const kind = pausedAt === null ? 'webhook_resumed' : 'webhook_paused';
    await writeAct(installation, tx, { eventId, by, kind, details: { host: new URL(changed.url).host } });
  });
}

/** What waits for a webhook, because an attempt has failed, is tried again at once. */
export async function hurry(db: Database | Tx, webhookId: string, now: Millis): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ next_attempt_at: now })
    .where('webhook_id', '=', webhookId)
    .where('state', '=', 'waiting')
    .where('next_attempt_at', '>', now)
    .execute();
}

/** Deletes a webhook with everything that waits for it. */
export async function deleteWebhook(
  installation: Installation,
  eventId: EventId,
  id: string,
  by: Actor = null,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    await nextChange(tx, eventId);
    const deleted = await tx
      .deleteFrom('webhooks')
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .returning('url')
      .executeTakeFirst();
    if (!deleted) return;
    const others = await tx.selectFrom('webhooks').select('id').where('event_id', '=', eventId).execute();
    if (others.length === 0) await endWatch(tx, eventId);
    const details = { host: new URL(deleted.url).host };
    await writeAct(installation, tx, { eventId, by, kind: 'webhook_deleted', details });
  });
}

/**
 * Queues a message that only tries the address out: it goes at once, also where nobody was there a moment ago, and is
 * not tried again.
 *
 * @returns whether there is such a webhook that is not paused
 */
export async function testWebhook(
  installation: Installation,
  eventId: EventId,
  id: string,
): Promise<boolean> {
  const queued = await installation.db.transaction().execute(async (tx) => {
    const webhook = await tx
      .updateTable('webhooks')
      .set({ failures: 0, resume_at: 0 as Millis })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .where('paused_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!webhook) return false;
    const { slug } = await tx
      .selectFrom('events')
      .select('slug')
      .where('id', '=', eventId)
      .executeTakeFirstOrThrow();
    const now = installation.clock();
    const message = newDelivery(id, 'webhook.test', { event: slug }, now, addMillis(now, TEST_EXPIRES));
    await tx.insertInto('webhook_deliveries').values(message).execute();
    return true;
  });
  installation.news.publish(eventId);
  return queued;
}

/** A message as it waits in the outbox. @param data - ids and states, nothing personal */
export function newDelivery(
  webhookId: string,
  kind: HappeningKind,
  data: Record<string, string | null>,
  now: Millis,
  expiresAt: Millis,
) {
  return {
    webhook_id: webhookId,
    id: v7(),
    kind,
    body: JSON.stringify({ type: kind, timestamp: new Date(now).toISOString(), data }),
    state: 'waiting',
    attempts: 0,
    next_attempt_at: now,
    created_at: now,
    expires_at: expiresAt,
  } as const;
}

/** An event's webhooks in the order in which they were made. @param shown - how many messages of each */
export async function listWebhooks(db: Database, eventId: EventId, shown: number): Promise<Webhook[]> {
  const rows = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('event_id', '=', eventId)
    .orderBy('id')
    .execute();
  return Promise.all(rows.map((row) => webhookOf(db, row, shown)));
}

async function webhookOf(db: Database, row: WebhookRow, shown: number): Promise<Webhook> {
  const ofIt = db.selectFrom('webhook_deliveries').where('webhook_id', '=', row.id);
  const { waiting } = await ofIt
    .select((eb) => eb.fn.countAll<number>().as('waiting'))
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
  const deliveries = await ofIt
    .select(['id', 'kind', 'state', 'attempts', 'problem', 'created_at', 'settled_at'])
    .orderBy('id', 'desc')
    .limit(shown)
    .execute();
  return {
    id: row.id,
    url: row.url,
    kinds: kindsOf(row),
    createdAt: row.created_at,
    pausedAt: row.paused_at,
    resumeAt: row.failures > 0 ? row.resume_at : null,
    waiting: Number(waiting),
    deliveries,
  };
}

export function kindsOf({ kinds }: Pick<WebhookRow, 'kinds'>): ToldKind[] {
  return v.parse(ToldKindsSchema, JSON.parse(kinds));
}

/** Deletes what has been settled for a while. */
export async function forgetDeliveries({ db, clock }: Installation): Promise<void> {
  await db.deleteFrom('webhook_deliveries').where('settled_at', '<', addMillis(clock(), -KEPT)).execute();
}
