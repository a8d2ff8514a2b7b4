import { randomBytes } from 'node:crypto';
import { bytesToBase64url } from '../domain/bytes.ts';
import type { EventId } from '../domain/ids.ts';
import { lockEvent } from './database/locks.ts';
import type { Database, Tx } from './database/open.ts';
import { touchSetting } from './events.ts';
import type { Installation } from './installation.ts';

type Parts = Pick<Installation, 'secrets' | 'clock'>;

/** What seals whatever passes between an event's tablets without the server, in base64url; it goes to no one else. */
export async function readExchangeKey(
  db: Database | Tx,
  { secrets }: Pick<Installation, 'secrets'>,
  eventId: EventId,
): Promise<string> {
  const { sealed_key } = await db
    .selectFrom('event_exchange_keys')
    .select('sealed_key')
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow();
  return bytesToBase64url(secrets.open(sealed_key));
}

/** Makes the event's first key, where there is none yet; every tablet gets it with the setting. */
export async function ensureExchangeKey(installation: Installation, eventId: EventId): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    await lockEvent(tx, eventId);
    const made = await tx
      .insertInto('event_exchange_keys')
      .values(newKey(installation, eventId))
      .onConflict((conflict) => conflict.doNothing())
      .returning('event_id')
      .executeTakeFirst();
    if (made) await touchSetting(tx, eventId);
  });
}

/** Gives the event another key, which the caller's change of the setting brings to its tablets: one is not to have it. */
export async function rotateExchangeKey(tx: Tx, installation: Parts, eventId: EventId): Promise<void> {
  const { event_id, ...key } = newKey(installation, eventId);
  await tx.updateTable('event_exchange_keys').set(key).where('event_id', '=', event_id).execute();
}

function newKey({ secrets, clock }: Parts, eventId: EventId) {
  return { event_id: eventId, sealed_key: secrets.seal(randomBytes(32)), created_at: clock() };
}
