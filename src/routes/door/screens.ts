import type { Scan } from '$lib/domain/scan';
import type { ScanOutcome } from '$lib/door/door';
import type { LockState } from '$lib/door/tablet-lock';

/** Which of the door's screens is on. */
export type Screen =
  | 'opening'
  | 'elsewhere'
  | 'broken'
  | 'pairing'
  | 'choose_pin'
  | 'locked'
  /** Roster and key are gone; what waits is handed in before the tablet can be paired anew. */
  | 'forgotten'
  | 'fetching'
  | 'duty'
  | 'scanning'
  | 'wiped';

/** What a tablet shows while it has no roster in memory. */
export const SHUT_SCREENS: Record<Exclude<LockState, 'open'>, Screen> = {
  not_paired: 'pairing',
  pin_due: 'choose_pin',
  locked: 'locked',
  forgotten: 'forgotten',
};

/** What is on the verdict screen. */
export type Shown =
  | Extract<ScanOutcome, { kind: 'shown' }>
  /** `target` was taken back. */
  | { kind: 'undone'; target: Scan }
  | { kind: 'not_stored' };
