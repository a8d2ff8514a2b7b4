import { attendanceOf, type Attendance } from '../domain/attendance.ts';
import type { EventId } from '../domain/ids.ts';
import { SILENCE } from '../domain/live-view.ts';
import type { Survey } from '../domain/survey.ts';
import type { Millis } from '../domain/time.ts';
import { countAnomalies } from './anomalies.ts';
import type { DeviceRow } from './database/schema.ts';
import { listDevices } from './devices.ts';
import type { Installation } from './installation.ts';
import { readSurvey } from './surveys.ts';

/** What may still be missing from an event's figures. */
export interface Completeness {
  tablets: number;
  /** The names of tablets with scans that they have not handed in, and how many. */
  holding: { name: string; waiting: number }[];
  /** The names of tablets that were not heard lately, or not since the end: they may hold scans that nobody knows of. */
  silent: string[];
  /** Records that can't be right, and so are not counted. */
  anomalies: number;
}

export interface EventFigures {
  attendance: Attendance;
  survey: Survey;
  completeness: Completeness;
}

/**
 * An event in numbers, without a name; what is not folded from the log may be a moment old. Attendance is counted from what outlives the erasure: states and scans. What does
 * not outlive it is counted before.
 */
export async function readFigures(installation: Installation, eventId: EventId): Promise<EventFigures> {
  const { reading: db, states, clock } = installation;
  const walkIns = await db
    .selectFrom('registrations')
    .select('id')
    .where('event_id', '=', eventId)
    .where('origin', '=', 'walk_in')
    .execute();
  const survey = await readSurvey(db, eventId);
  const devices = await listDevices(db, eventId);
  const anomalies = await countAnomalies(db, eventId);
  const state = await states.read(eventId);
  const now = clock();
  return {
    attendance: attendanceOf(state, new Set(walkIns.map(({ id }) => id)), now),
    survey,
    completeness: { ...completenessOf(devices, state.venue.setting.endsAt, now), anomalies },
  };
}

function completenessOf(devices: DeviceRow[], endsAt: Millis, now: Millis): Omit<Completeness, 'anomalies'> {
  const heardFrom = Math.min(now - SILENCE, endsAt);
  const holding = devices.filter(({ waiting }) => waiting > 0);
  const silent = devices.filter(
    ({ waiting, revoked_at, last_contact_at }) =>
      waiting === 0 && revoked_at === null && (last_contact_at ?? 0) < heardFrom,
  );
  return {
    tablets: devices.length,
    holding: holding.map(({ name, waiting }) => ({ name, waiting })),
    silent: silent.map(({ name }) => name),
  };
}
