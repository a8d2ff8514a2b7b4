/** What the readiness check looks at, in the order in which it is shown. */
export const CHECKS = [
  'door',
  'roster',
  'camera',
  'decoder',
  'sound',
  'storage',
  'persisted',
  'space',
  'offline',
  'network',
  'waiting',
  'others',
  'clock',
  'battery',
  'awake',
  'update',
] as const;
export type Check = (typeof CHECKS)[number];

/** What there is to do something about. */
export type Trouble =
  | 'no_door'
  | 'roster_never'
  | 'roster_old'
  | 'camera_not_allowed'
  | 'camera_none_found'
  | 'camera_in_use'
  | 'camera_not_supported'
  | 'camera_failed'
  | 'camera_dark'
  | 'decoder'
  | 'sound_not_played'
  | 'sound_unheard'
  | 'storage_failed'
  | 'storage_slow'
  | 'not_persisted'
  | 'space_low'
  | 'not_offline'
  | 'no_network'
  | 'scans_waiting'
  | 'others_old'
  | 'clock_off'
  | 'battery_low'
  | 'screen_sleeps'
  | 'update_waiting';

/** `bad`: don't open the door like this. `warn`: better before than during the queue. `untold`: the browser doesn't say. */
export type Finding = { level: 'good' | 'untold' } | { level: 'warn' | 'bad'; trouble: Trouble };
export type Level = Finding['level'];

export const GOOD: Finding = { level: 'good' };
export const UNTOLD: Finding = { level: 'untold' };

export const bad = (trouble: Trouble): Finding => ({ level: 'bad', trouble });
export const warn = (trouble: Trouble): Finding => ({ level: 'warn', trouble });

/** All in one word: null while something is still being looked at. */
export function summaryOf(findings: Partial<Record<Check, Finding>>): {
  level: 'good' | 'warn' | 'bad';
  missing: number;
} | null {
  const levels = CHECKS.map((check) => findings[check]?.level);
  const missing = levels.filter((level) => level === 'bad').length;
  if (missing > 0) return { level: 'bad', missing };
  if (levels.includes(undefined)) return null;
  return { level: levels.includes('warn') ? 'warn' : 'good', missing: 0 };
}
