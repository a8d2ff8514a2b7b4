import { CLOCK_TOLERANCE } from '../../domain/live-view.ts';
import { MAX_CLOCK_OFFSET } from '../../domain/scan.ts';
import { HOUR, MINUTE } from '../../domain/time.ts';
import { bad, GOOD, UNTOLD, warn, type Finding } from './finding.ts';

/** What is known without trying anything out. `null` is what the browser doesn't tell. */

/** A roster that is older than this, in milliseconds, lacks guests: the first is a hint, the second a morning. */
const ROSTER_AGE = { warn: 15 * MINUTE, bad: 12 * HOUR };

/** Free space in bytes: an evening's scans take a few megabytes, and a browser begins to delete before there is none. */
const FREE_SPACE = { warn: 500e6, bad: 50e6 };

/** A battery that is not being charged, from 0 to 1: camera and screen take about half of it in three hours. */
const BATTERY = { warn: 0.5, bad: 0.2 };

export function judgeDoor(chosen: boolean): Finding {
  return chosen ? GOOD : bad('no_door');
}

/** @param age - since the last sync, in milliseconds */
export function judgeRoster(age: number | null): Finding {
  if (age === null) return bad('roster_never');
  if (age > ROSTER_AGE.bad) return bad('roster_old');
  return age > ROSTER_AGE.warn ? warn('roster_old') : GOOD;
}

export function judgeNetwork(reached: boolean): Finding {
  return reached ? GOOD : warn('no_network');
}

/** @param count - of what this tablet and others have made */
export function judgeWaiting(count: number): Finding {
  return count === 0 ? GOOD : warn('scans_waiting');
}

/**
 * What came from other tablets ages only while the server tells nothing.
 *
 * @param age - since something last came from another tablet, in milliseconds; null where nothing ever did
 * @param serverAge - since the last sync, in milliseconds; null before the first
 */
export function judgeOthers(age: number | null, serverAge: number | null): Finding {
  if (age === null || (serverAge !== null && serverAge <= ROSTER_AGE.warn)) return GOOD;
  return age > ROSTER_AGE.warn ? warn('others_old') : GOOD;
}

/** @param offset - of the tablet's clock against the server's, in milliseconds; up to a day of it is corrected */
export function judgeClock(offset: number): Finding {
  const off = Math.abs(offset);
  if (off > MAX_CLOCK_OFFSET) return bad('clock_off');
  return off > CLOCK_TOLERANCE ? warn('clock_off') : GOOD;
}

export function judgeBattery(battery: { level: number; charging: boolean } | null): Finding {
  if (battery === null) return UNTOLD;
  if (battery.charging || battery.level >= BATTERY.warn) return GOOD;
  return battery.level < BATTERY.bad ? bad('battery_low') : warn('battery_low');
}

export function judgePersisted(persisted: boolean | null): Finding {
  if (persisted === null) return UNTOLD;
  return persisted ? GOOD : warn('not_persisted');
}

export function judgeSpace(estimate: { usage?: number; quota?: number } | null): Finding {
  if (estimate?.quota === undefined) return UNTOLD;
  const free = estimate.quota - (estimate.usage ?? 0);
  if (free < FREE_SPACE.bad) return bad('space_low');
  return free < FREE_SPACE.warn ? warn('space_low') : GOOD;
}

export function judgeAwake(staysOn: boolean | null): Finding {
  if (staysOn === null) return UNTOLD;
  return staysOn ? GOOD : warn('screen_sleeps');
}

export function judgeUpdate(waiting: boolean): Finding {
  return waiting ? warn('update_waiting') : GOOD;
}

/** @param heard - what the staff said after the sound; null when it was not played yet */
export function judgeSound(heard: boolean | null): Finding {
  if (heard === null) return warn('sound_not_played');
  return heard ? GOOD : warn('sound_unheard');
}
