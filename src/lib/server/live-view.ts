import { arrivalsOf } from '../domain/arrivals.ts';
import type { Conflict } from '../domain/conflict.ts';
import type { EventState } from '../domain/event-state.ts';
import type { EventId, RoomId } from '../domain/ids.ts';
import { TREND, type LiveConflict, type LiveView } from '../domain/live-view.ts';
import { correctedTime } from '../domain/scan.ts';
import type { Millis } from '../domain/time.ts';
import { countAnomaliesByReason, type AnomalyCount } from './anomalies.ts';
import { bringerOf, readBringers, type Bringers } from './brought-scans.ts';
import { Coalesced } from './coalesced.ts';
import type { DeviceRow } from './database/schema.ts';
import { listDevices } from './devices.ts';
import { listWorkgroups, type WorkgroupPlaces } from './events.ts';
import type { Installation } from './installation.ts';

/** The most conflicts that are sent; more than a person settles in an evening. */
export const CONFLICTS_SHOWN = 100;

/** What is known beside the folded state. */
export interface LiveRows {
  devices: DeviceRow[];
  workgroups: WorkgroupPlaces[];
  anomalies: AnomalyCount[];
  /** Of the conflicts' scans. */
  bringers: Bringers;
  /** The build of the app that this server runs. */
  build: string;
}

const reads = new WeakMap<Installation, Map<EventId, Coalesced<LiveView>>>();

/**
 * Reads an event as the office shows it, with everything that was committed before the call. Hundreds of pages that ask
 * at the same moment are served by one read or two.
 */
export function readLiveView(installation: Installation, eventId: EventId): Promise<LiveView> {
  const ofEvents = reads.get(installation) ?? new Map<EventId, Coalesced<LiveView>>();
  reads.set(installation, ofEvents);
  const ofEvent = ofEvents.get(eventId) ?? new Coalesced(() => readAnew(installation, eventId));
  ofEvents.set(eventId, ofEvent);
  return ofEvent.run();
}

async function readAnew(installation: Installation, eventId: EventId): Promise<LiveView> {
  const { db, states, clock, build } = installation;
  const devices = await listDevices(db, eventId);
  const workgroups = await listWorkgroups(db, eventId);
  const anomalies = await countAnomaliesByReason(db, eventId);
  const state = await states.read(eventId);
  const inConflict = newestConflicts(state).flatMap(({ scans }) => scans.map(({ id }) => id));
  const bringers = await readBringers(db, eventId, inConflict);
  return liveView(state, { devices, workgroups, anomalies, bringers, build }, clock());
}

export function liveView(state: EventState, rows: LiveRows, now: Millis): LiveView {
  const { devices, workgroups, anomalies, bringers, build } = rows;
  const lately = arrivedLately(state, now);
  return {
    at: now,
    build,
    total: state.venueTotal(),
    arrivals: arrivalsOf(state.arrivals(), now),
    registered: workgroups.reduce((sum, { taken }) => sum + taken, 0),
    rooms: state.venue.setting.rooms.map((room) => ({
      id: room.id,
      name: room.name,
      main: room.main,
      headcount: state.headcount(room.id),
      lately: lately.get(room.id) ?? 0,
      capacity: room.capacity,
      workgroups: workgroups
        .filter(({ roomId }) => roomId === room.id)
        .map(({ id, number, title, places, taken }) => ({ id, number, title, places, registered: taken })),
    })),
    devices: devices.map((device) => ({
      id: device.id,
      name: device.name,
      pairedAt: device.paired_at,
      revokedAt: device.revoked_at,
      lastContactAt: device.last_contact_at,
      waiting: device.waiting,
      clockOffset: device.clock_offset,
      battery: device.battery,
      version: device.version,
      lockAskedAt: device.lock_asked_at,
      lockToldAt: device.lock_told_at,
      lockedSince: device.locked_since,
    })),
    conflicts: newestConflicts(state).map((conflict) => liveConflict(conflict, state, bringers)),
    conflictCount: state.conflicts().length,
    anomalyCount: anomalies.reduce((sum, { count }) => sum + count, 0),
    anomalies: anomalies.map(({ reason, device, count }) => ({
      reason,
      device: devices.find(({ id }) => id === device)?.name ?? null,
      count,
    })),
  };
}

/** How many of those in each room have come into it lately. */
function arrivedLately(state: EventState, now: Millis): Map<RoomId, number> {
  const lately = new Map<RoomId, number>();
  for (const [, { place, since }] of state.present()) {
    if (place !== null && since !== null && since.time > now - TREND)
      lately.set(place, (lately.get(place) ?? 0) + 1);
  }
  return lately;
}

function newestConflicts(state: EventState): Conflict[] {
  return state
    .conflicts()
    .sort((a, b) => lastTime(b) - lastTime(a))
    .slice(0, CONFLICTS_SHOWN);
}

function liveConflict(
  { registration, reasons, scans }: Conflict,
  state: EventState,
  bringers: Bringers,
): LiveConflict {
  return {
    // The first scan may be part of an earlier visit's conflict too; the last is this one's alone.
    id: scans.at(-1)!.id,
    name: registration?.name ?? null,
    reasons,
    scans: scans.map((scan) => ({
      time: correctedTime(scan),
      direction: scan.direction,
      checkpointId: scan.checkpointId,
      checkpoint: state.venue.checkpoints.get(scan.checkpointId)?.name ?? null,
      device: state.venue.setting.devices.find(({ id }) => id === scan.deviceId)?.name ?? null,
      broughtBy: bringerOf(bringers, scan.id, state.venue),
    })),
  };
}

function lastTime({ scans }: Conflict): number {
  return Math.max(...scans.map(correctedTime));
}
