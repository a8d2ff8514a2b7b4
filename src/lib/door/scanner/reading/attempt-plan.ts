/** What is tried on one frame. */
export interface Attempt {
  /** How a reader of any QR code is given the picture: as it is, or half as large, which takes noise and moiré away. */
  general: 'whole' | 'half' | null;
  /** Whether a ticket is looked for all over the picture, when none is being followed. That takes long. */
  search: boolean;
}

const TURNS: readonly Attempt[] = [
  { general: 'whole', search: false },
  { general: null, search: true },
  { general: 'whole', search: false },
  { general: 'half', search: true },
];

/**
 * Spreads the attempts over successive frames, so that what is easy is read from the first frame, in no more time than
 * it takes, and what is hard gets its chance on the next.
 *
 * @param unread - how many frames there have been since the last one that was read
 */
export function planAttempt(unread: number): Attempt {
  return TURNS[unread % TURNS.length]!;
}
