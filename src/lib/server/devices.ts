import { v4 } from 'uuid';
import { base64urlToBytes } from '../domain/bytes.ts';
import { handInTokenOf } from '../domain/hand-in-token.ts';
import type { DeviceId, EventId } from '../domain/ids.ts';
import { keyIdOf } from '../domain/signing.ts';
import { addMillis, HOUR } from '../domain/time.ts';
import type { PairRequest, PairResponse } from '../domain/wire.ts';
import { writeAct, type Actor } from './acts.ts';
import { lockEvent } from './database/locks.ts';
import type { Database } from './database/open.ts';
import type { DeviceRow } from './database/schema.ts';
import { touchSetting } from './events.ts';
import { rotateExchangeKey } from './exchange-keys.ts';
import type { Installation } from './installation.ts';
import { createCode, createToken, hashToken, normalizedCode, sameText } from './secrets.ts';

/** How long a pairing code can be used, in milliseconds. */
export const PAIRING_CODE_LIFETIME = 12 * HOUR;

/** Makes a one-time code by which one tablet can be paired with the event. */
export async function createPairingCode(
  installation: Installation,
  eventId: EventId,
  by: Actor = null,
): Promise<string> {
  const code = createCode();
  await installation.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('pairing_codes')
      .values({
        code_hash: hashToken(normalizedCode(code)),
        event_id: eventId,
        expires_at: addMillis(installation.clock(), PAIRING_CODE_LIFETIME),
        device_id: null,
      })
      .execute();
    await writeAct(installation, tx, { eventId, by, kind: 'pairing_code_made' });
  });
  return code;
}

export type PairOutcome = { kind: 'paired'; answer: PairResponse } | { kind: 'bad_code' };

/**
 * Pairs a tablet by its one-time code. The same tablet (the same public key) may ask again with the same code, because
 * the first answer may have been lost; it then gets a new token. Wrong, used and expired codes are answered alike.
 */
export async function pairDevice(installation: Installation, request: PairRequest): Promise<PairOutcome> {
  const publicKey = base64urlToBytes(request.publicKey);
  if (publicKey?.length !== 32) return { kind: 'bad_code' };
  const keyId = await keyIdOf(publicKey);
  const token = createToken();
  const hashes = { token_hash: hashToken(token), hand_in_hash: hashToken(await handInTokenOf(token)) };
  const now = installation.clock();
  const codeHash = hashToken(normalizedCode(request.code));
  const paired = await installation.db.transaction().execute(async (tx) => {
    const made = await tx
      .selectFrom('pairing_codes')
      .select('event_id')
      .where('code_hash', '=', codeHash)
      .executeTakeFirst();
    if (!made) return null;
    await lockEvent(tx, made.event_id);
    const code = await tx
      .selectFrom('pairing_codes')
      .leftJoin('devices', 'devices.id', 'pairing_codes.device_id')
      .select(['pairing_codes.event_id', 'expires_at', 'devices.id as device_id', 'public_key', 'revoked_at'])
      .where('code_hash', '=', codeHash)
      .executeTakeFirst();
    if (!code || code.expires_at < now) return null;
    if (code.device_id) {
      if (code.public_key !== request.publicKey || code.revoked_at !== null) return null;
      await tx.updateTable('devices').set(hashes).where('id', '=', code.device_id).execute();
      return { deviceId: code.device_id, eventId: code.event_id };
    }
    const deviceId = v4() as DeviceId;
    await tx
      .insertInto('devices')
      .values({
        event_id: code.event_id,
        id: deviceId,
        name: request.name,
        ...hashes,
        public_key: request.publicKey,
        key_id: keyId,
        paired_at: now,
        revoked_at: null,
        last_contact_at: now,
        waiting: 0,
        clock_offset: 0,
        version: '',
        battery: null,
      })
      .execute();
    await tx
      .updateTable('pairing_codes')
      .set({ device_id: deviceId })
      .where('code_hash', '=', codeHash)
      .execute();
    await touchSetting(tx, code.event_id);
    return { deviceId, eventId: code.event_id };
  });
  if (!paired) return { kind: 'bad_code' };
  installation.news.publish(paired.eventId);
  return { kind: 'paired', answer: { ...paired, token, serverTime: installation.clock() } };
}

/** A tablet that has shown who it is. */
export interface AuthenticatedDevice {
  device: DeviceRow;
  /** It is locked: it may hand in, and gets no news. */
  handInOnly: boolean;
}

/** @returns the tablet that this `Authorization` header belongs to, revoked ones too; null for nobody's */
export async function authenticateDevice(
  db: Database,
  authorization: string | null,
): Promise<AuthenticatedDevice | null> {
  const token = /^Bearer ([\w-]{43})$/.exec(authorization ?? '')?.[1];
  if (!token) return null;
  const hash = hashToken(token);
  const device = await db
    .selectFrom('devices')
    .selectAll()
    .where((where) => where.or([where('token_hash', '=', hash), where('hand_in_hash', '=', hash)]))
    .executeTakeFirst();
  if (!device) return null;
  const handInOnly = !sameText(device.token_hash, hash);
  // Paired before tablets could be locked: from now on it can hand in while it is.
  if (device.hand_in_hash === null && !handInOnly) {
    const hand_in_hash = hashToken(await handInTokenOf(token));
    await db.updateTable('devices').set({ hand_in_hash }).where('id', '=', device.id).execute();
  }
  return { device, handInOnly };
}

export type RenameOutcome = 'renamed' | 'name_taken' | 'no_such_device';

/** Gives a tablet in use another name, which no other one in use at the event may have. It learns of it by the setting. */
export async function renameDevice(
  installation: Installation,
  eventId: EventId,
  id: DeviceId,
  name: string,
  by: Actor = null,
): Promise<RenameOutcome> {
  const outcome = await installation.db.transaction().execute(async (tx): Promise<RenameOutcome> => {
    await lockEvent(tx, eventId);
    const inUse = await tx
      .selectFrom('devices')
      .select(['id', 'name'])
      .where('event_id', '=', eventId)
      .where('revoked_at', 'is', null)
      .execute();
    const device = inUse.find((one) => one.id === id);
    if (!device) return 'no_such_device';
    if (inUse.some((one) => one.id !== id && soundOf(one.name) === soundOf(name))) return 'name_taken';
    if (device.name === name) return 'renamed';
    await tx.updateTable('devices').set({ name }).where('id', '=', id).execute();
    await writeAct(installation, tx, { eventId, by, kind: 'device_renamed', subject: id });
    await touchSetting(tx, eventId);
    return 'renamed';
  });
  if (outcome === 'renamed') installation.news.publish(eventId);
  return outcome;
}

/** Names that are the same when they are said aloud. */
const soundOf = (name: string) => name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ');

/**
 * Wants a tablet locked: it is told at its next sync, and locked when it has been heard without its token. Only the PIN
 * at the tablet opens it again.
 */
export async function lockDevice(
  installation: Installation,
  eventId: EventId,
  id: DeviceId,
  by: Actor = null,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    await lockEvent(tx, eventId);
    const asked = await tx
      .updateTable('devices')
      .set({ lock_asked_at: installation.clock(), lock_told_at: null })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where('lock_asked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (asked) await writeAct(installation, tx, { eventId, by, kind: 'device_locked', subject: id });
  });
  installation.news.publish(eventId);
}

/** Takes back that a tablet shall be locked, as long as it isn't. */
export async function unlockDevice(
  installation: Installation,
  eventId: EventId,
  id: DeviceId,
  by: Actor = null,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    await lockEvent(tx, eventId);
    const released = await tx
      .updateTable('devices')
      .set({ lock_asked_at: null, lock_told_at: null })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .where('lock_asked_at', 'is not', null)
      .returning('id')
      .executeTakeFirst();
    if (released) await writeAct(installation, tx, { eventId, by, kind: 'device_unlocked', subject: id });
  });
  installation.news.publish(eventId);
}

/** Revokes a tablet: it may still hand in its scans, gets no roster any more, and wipes itself. */
export async function revokeDevice(
  installation: Installation,
  eventId: EventId,
  id: DeviceId,
  by: Actor = null,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    await lockEvent(tx, eventId);
    const revoked = await tx
      .updateTable('devices')
      .set({ revoked_at: installation.clock(), lock_asked_at: null, lock_told_at: null })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!revoked) return;
    await writeAct(installation, tx, { eventId, by, kind: 'device_revoked', subject: id });
    // What the others exchange from now on is not for it.
    await rotateExchangeKey(tx, installation, eventId);
    await touchSetting(tx, eventId);
  });
  installation.news.publish(eventId);
}

export async function listDevices(db: Database, eventId: EventId): Promise<DeviceRow[]> {
  return db
    .selectFrom('devices')
    .selectAll()
    .where('event_id', '=', eventId)
    .orderBy('paired_at')
    .orderBy('id')
    .execute();
}
