import { bytesToBase64url } from '../../domain/bytes.ts';
import type { EventId, KeyId, RegistrationId } from '../../domain/ids.ts';
import { keyIdOf, keyPairFromSeed } from '../../domain/signing.ts';
import { parseTicketText } from '../../domain/ticket.ts';
import { writeAct, type Actor } from '../acts.ts';
import { touchNearbySettings, touchSetting } from '../events.ts';
import type { Installation } from '../installation.ts';
import { readRegistration } from '../registrations.ts';
import { replaceTicket } from '../reissue.ts';
import { ticketSigner } from '../tickets.ts';

export interface RotateOutcome {
  keyId: KeyId;
  /** How many tickets were issued anew. */
  reissued: number;
}

/**
 * Gives an event a new key, which signs its tickets from now on. Tablets get it with their next sync, and go on
 * believing the former ones.
 *
 * @param revokeOld - for a key that somebody has got hold of: the former keys speak only for tickets that the roster
 *   holds, and every valid ticket that they have signed is replaced and mailed anew
 */
export async function rotateKeys(
  installation: Installation,
  eventId: EventId,
  revokeOld: boolean,
  by: Actor = null,
): Promise<RotateOutcome> {
  const { db, clock, secrets } = installation;
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const { publicKey } = await keyPairFromSeed(seed);
  const keyId = await keyIdOf(publicKey);
  const former = await db.transaction().execute(async (tx) => {
    await touchSetting(tx, eventId);
    await touchNearbySettings(tx, clock(), eventId);
    const keys = await tx
      .selectFrom('event_keys')
      .select(['key_id', 'created_at'])
      .where('event_id', '=', eventId)
      .execute();
    if (revokeOld)
      await tx
        .updateTable('event_keys')
        .set({ revoked_at: clock() })
        .where('event_id', '=', eventId)
        .where('revoked_at', 'is', null)
        .execute();
    // The newest key signs, so it must be newer than all, also after the clock was set back.
    const newest = Math.max(...keys.map(({ created_at }) => created_at + 1), clock());
    await tx
      .insertInto('event_keys')
      .values({
        event_id: eventId,
        key_id: keyId,
        public_key: bytesToBase64url(publicKey),
        sealed_seed: secrets.seal(seed),
        created_at: newest as ReturnType<typeof clock>,
      })
      .execute();
    await writeAct(installation, tx, {
      eventId,
      by,
      kind: 'event_key_changed',
      details: { key: keyId, revokedOld: revokeOld },
    });
    return new Set<KeyId>(keys.map(({ key_id }) => key_id));
  });
  const reissued = revokeOld ? await reissue(installation, eventId, former) : 0;
  installation.news.publish(eventId);
  return { keyId, reissued };
}

/** Replaces the tickets that these keys have signed; breaking it off and beginning anew replaces the rest. */
async function reissue(
  installation: Installation,
  eventId: EventId,
  keys: ReadonlySet<KeyId>,
): Promise<number> {
  const signer = await ticketSigner(installation, eventId);
  const rows = await installation.db
    .selectFrom('tickets')
    .innerJoin('registrations', 'registrations.id', 'tickets.registration_id')
    .select(['tickets.text', 'registrations.id'])
    .where('tickets.event_id', '=', eventId)
    .where('tickets.revoked_at', 'is', null)
    .where('registrations.state', '=', 'confirmed')
    .where('registrations.erased_at', 'is', null)
    .execute();
  const ids = rows.flatMap(({ text, id }): RegistrationId[] => {
    const signed = parseTicketText(text);
    return signed && keys.has(signed.ticket.keyId) ? [id] : [];
  });
  for (const id of ids)
    await installation.db
      .transaction()
      .execute(async (tx) =>
        replaceTicket(tx, installation, signer, await readRegistration(tx, eventId, id)),
      );
  return ids.length;
}
