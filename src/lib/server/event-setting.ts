import * as v from 'valibot';
import type { EventId } from '../domain/ids.ts';
import type { EventSettingWire, Localized } from '../domain/setting.ts';
import { listCheckpoints } from './checkpoint-setting.ts';
import type { Database, Tx } from './database/open.ts';
import type { EventRow } from './database/schema.ts';
import { EventTextsSchema, listRooms, listWorkgroups } from './events.ts';
import { ownDevices } from './own-scans.ts';

/** Everything that a tablet of the event must know besides registrations and scans, as it travels. */
export async function readSetting(db: Database | Tx, eventId: EventId): Promise<EventSettingWire> {
  const event = await db.selectFrom('events').selectAll().where('id', '=', eventId).executeTakeFirstOrThrow();
  const others = await db.selectFrom('events').selectAll().where('id', '!=', eventId).execute();
  const eventKeys = await db
    .selectFrom('event_keys')
    .select(['event_id', 'key_id', 'public_key', 'revoked_at'])
    .execute();
  const devices = await db.selectFrom('devices').selectAll().where('event_id', '=', eventId).execute();
  return {
    eventId,
    title: titleOf(event),
    startsAt: event.starts_at,
    endsAt: event.ends_at,
    admissionFrom: event.admission_from,
    admissionUntil: event.admission_until,
    rooms: await listRooms(db, eventId),
    workgroups: (await listWorkgroups(db, eventId)).map(({ id, number, title, roomId }) => ({
      id,
      number,
      title,
      roomId,
    })),
    checkpoints: await listCheckpoints(db, eventId),
    devices: [
      ...devices.map(({ id, name, public_key, revoked_at }) => ({
        id,
        name,
        publicKey: public_key,
        revokedAt: revoked_at,
      })),
      ...ownDevices(eventId),
    ],
    keys: [
      ...eventKeys.map((key) => ({
        eventId: key.event_id,
        keyId: key.key_id,
        publicKey: key.public_key,
        revoked: key.revoked_at !== null,
      })),
      ...devices.map((device) => ({
        eventId,
        keyId: device.key_id,
        publicKey: device.public_key,
        revoked: device.revoked_at !== null,
      })),
    ],
    otherEvents: others.map((other) => ({
      eventId: other.id,
      title: titleOf(other),
      startsAt: other.starts_at,
    })),
  };
}

function titleOf(row: EventRow): Localized {
  return v.parse(EventTextsSchema, JSON.parse(row.texts)).title;
}
