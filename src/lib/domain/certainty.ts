import { SILENCE, type LiveDevice } from './live-view.ts';

/** What can be said of some of the tablets, as to whether their scans are in the number. */
export type CertaintyPart =
  /** In use, heard lately, and nothing waits on them. */
  | { kind: 'up_to_date'; tablets: number }
  /** In use and heard lately; these scans wait on them, so it is known how many are missing. */
  | { kind: 'waiting'; tablets: number; scans: number }
  /**
   * In use and not heard: what they have scanned since, nobody knows. `scans` were waiting when they were last heard;
   * `longest` is how long the one that has been silent longest has been, in milliseconds.
   */
  | { kind: 'silent'; tablets: number; scans: number; longest: number }
  /** Revoked, heard since, and still handing in. */
  | { kind: 'revoked_waiting'; tablets: number; scans: number }
  /** Revoked, and not heard since: what they had scanned by then, nobody knows. */
  | { kind: 'revoked_silent'; tablets: number; scans: number };

/**
 * How sure the headcount is.
 *
 * - `nothing`: no tablet counts yet
 * - `sure`: every scan is in it
 * - `missing`: scans are missing, and it is known how many
 * - `unsure`: there may be scans that nobody but a silent tablet knows of
 */
export type CertaintyLevel = 'nothing' | 'sure' | 'missing' | 'unsure';

export interface Certainty {
  level: CertaintyLevel;
  /** What makes it so, to be said in this order; tablets of which nothing is to be said are in none. */
  parts: CertaintyPart[];
}

/**
 * Judges from the tablets alone. A tablet that is silent is never taken for one that has nothing to say, nor is a
 * revoked one, until it has been heard after it was revoked: only then has it handed everything in.
 */
export function certaintyOf(devices: readonly LiveDevice[], now: number): Certainty {
  const inUse = devices.filter(({ revokedAt }) => revokedAt === null);
  const silent = inUse.filter((device) => isUnheard(device, now));
  const heard = inUse.filter((device) => !isUnheard(device, now));
  const waiting = heard.filter((device) => device.waiting > 0);
  const revoked = devices.filter(({ revokedAt }) => revokedAt !== null);
  const revokedSilent = revoked.filter((device) => isUnheard(device, now));
  const revokedWaiting = revoked.filter((device) => !isUnheard(device, now) && device.waiting > 0);

  const parts: CertaintyPart[] = [
    { kind: 'up_to_date', tablets: heard.length - waiting.length },
    { kind: 'waiting', tablets: waiting.length, scans: scansOn(waiting) },
    {
      kind: 'silent',
      tablets: silent.length,
      scans: scansOn(silent),
      longest: Math.max(0, ...silent.map((device) => silenceOf(device, now))),
    },
    { kind: 'revoked_waiting', tablets: revokedWaiting.length, scans: scansOn(revokedWaiting) },
    { kind: 'revoked_silent', tablets: revokedSilent.length, scans: scansOn(revokedSilent) },
  ];
  return {
    level: levelOf(devices, [...silent, ...revokedSilent], [...waiting, ...revokedWaiting]),
    parts: parts.filter(({ tablets }) => tablets > 0),
  };
}

function levelOf(
  all: readonly LiveDevice[],
  unheard: readonly LiveDevice[],
  waiting: readonly LiveDevice[],
): CertaintyLevel {
  if (unheard.length > 0) return 'unsure';
  if (waiting.length > 0) return 'missing';
  return all.some(({ revokedAt }) => revokedAt === null) ? 'sure' : 'nothing';
}

/** One that was never heard has been silent since it was paired. */
function silenceOf({ lastContactAt, pairedAt }: LiveDevice, now: number): number {
  return now - (lastContactAt ?? pairedAt);
}

/** Whether it may hold scans that nobody knows of: silent, or revoked and not heard since. */
export function isUnheard(device: LiveDevice, now: number): boolean {
  const { lastContactAt, revokedAt } = device;
  if (revokedAt !== null) return lastContactAt === null || lastContactAt <= revokedAt;
  return silenceOf(device, now) > SILENCE;
}

/** Nothing more will come from it: revoked, heard since, and nothing waits. */
export function hasHandedIn(device: LiveDevice): boolean {
  return device.revokedAt !== null && !isUnheard(device, device.revokedAt) && device.waiting === 0;
}

function scansOn(devices: readonly LiveDevice[]): number {
  return devices.reduce((sum, { waiting }) => sum + waiting, 0);
}
