import type { Conflict } from '../domain/conflict.ts';
import type { EventState } from '../domain/event-state.ts';
import type { EventId } from '../domain/ids.ts';
import type { LiveConflict, LiveView } from '../domain/live-view.ts';
import { correctedTime } from '../domain/scan.ts';
import type { Millis } from '../domain/time.ts';
import { countAnomalies } from './anomalies.ts';
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
  anomalyCount: number;
}

/** Reads an event as the office shows it, with everything that was committed before the call. */
export async function readLiveView(installation: Installation, eventId: EventId): Promise<LiveView> {
  const { db, states, clock } = installation;
  const devices = await listDevices(db, eventId);
  const workgroups = await listWorkgroups(db, eventId);
  const anomalyCount = await countAnomalies(db, eventId);
  const state = await states.read(eventId);
  return liveView(state, { devices, workgroups, anomalyCount }, clock());
}

export function liveView(state: EventState, rows: LiveRows, now: Millis): LiveView {
  const { devices, workgroups, anomalyCount } = rows;
  const conflicts = state.conflicts();
  return {
    at: now,
    total: state.venueTotal(),
    registered: workgroups.reduce((sum, { taken }) => sum + taken, 0),
    rooms: state.venue.setting.rooms.map((room) => ({
      id: room.id,
      name: room.name,
      main: room.main,
      headcount: state.headcount(room.id),
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
    })),
    conflicts: conflicts
      .sort((a, b) => lastTime(b) - lastTime(a))
      .slice(0, CONFLICTS_SHOWN)
      .map((conflict) => liveConflict(conflict, state)),
    conflictCount: conflicts.length,
    anomalyCount,
  };
}

function liveConflict({ registration, reasons, scans }: Conflict, state: EventState): LiveConflict {
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
    })),
  };
}

function lastTime({ scans }: Conflict): number {
  return Math.max(...scans.map(correctedTime));
}
