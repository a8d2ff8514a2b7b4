import type * as v from 'valibot';
import type { EventId } from '../../domain/ids.ts';
import { deviceNotices } from '../../domain/live-view.ts';
import { readSetting } from '../event-setting.ts';
import { findEvent, listWorkgroups } from '../events.ts';
import type { Installation } from '../installation.ts';
import { readLiveView } from '../live-view.ts';
import { isoTime, type ApiEventSchema, type ApiHeadcountSchema } from './api-schemas.ts';

/** An event as it is announced, and where it takes place. */
export async function readApiEvent(
  { db }: Installation,
  eventId: EventId,
): Promise<v.InferInput<typeof ApiEventSchema>> {
  const { slug, texts, registrationUntil, held } = (await findEvent(db, { id: eventId }))!;
  const setting = await readSetting(db, eventId);
  return {
    slug,
    title: texts.title,
    introduction: texts.introduction,
    venue: texts.venue,
    organiser: texts.organiser,
    startsAt: isoTime(setting.startsAt),
    endsAt: isoTime(setting.endsAt),
    registrationUntil: isoTime(registrationUntil),
    admissionFrom: isoTime(setting.admissionFrom),
    admissionUntil: isoTime(setting.admissionUntil),
    held,
    rooms: setting.rooms,
    workgroups: (await listWorkgroups(db, eventId)).map(({ id, number, title, roomId, places, taken }) => ({
      id,
      number,
      title,
      room: roomId,
      places,
      taken,
    })),
    checkpoints: setting.checkpoints.map(({ id, name, roomId, directions }) => ({
      id,
      name,
      room: roomId,
      directions,
    })),
  };
}

/** The headcount as the office's live page shows it, without anybody's name. */
export async function readApiHeadcount(
  installation: Installation,
  eventId: EventId,
): Promise<v.InferInput<typeof ApiHeadcountSchema>> {
  const view = await readLiveView(installation, eventId);
  const inUse = view.devices.filter(({ revokedAt }) => revokedAt === null);
  return {
    at: isoTime(view.at),
    total: view.total,
    registered: view.registered,
    rooms: view.rooms.map(({ id, headcount, capacity, workgroups }) => ({
      id,
      headcount,
      capacity,
      workgroups: workgroups.map(({ id, places, registered }) => ({ id, places, registered })),
    })),
    tablets: {
      inUse: inUse.length,
      silent: inUse.filter((device) => deviceNotices(device, view.at).includes('silent')).length,
      // Also what revoked tablets still hold is missing in the numbers.
      waiting: view.devices.reduce((sum, { waiting }) => sum + waiting, 0),
    },
    conflicts: view.conflictCount,
  };
}
