/** How fast the code for another tablet changes. */
export type Pace = 'quick' | 'calm';

/**
 * Pictures a second. More than three flashes a second over a large part of the screen can cause seizures (WCAG 2.3.1),
 * and a code that a camera can read is large. It takes two changes for a flash, so that five make two and a half.
 */
export const PICTURES_A_SECOND: Record<Pace, number> = { quick: 15, calm: 5 };

const STORED_AS = 'einlass-pace';

/** What was chosen on this tablet. Who wants less motion gets it without asking; null where somebody must be asked. */
export function rememberedPace(): Pace | null {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return 'calm';
  try {
    const stored = localStorage.getItem(STORED_AS);
    return stored === 'quick' || stored === 'calm' ? stored : null;
  } catch {
    return null;
  }
}

export function rememberPace(pace: Pace): void {
  try {
    localStorage.setItem(STORED_AS, pace);
  } catch {
    // Then it has to be chosen anew the next time.
  }
}
