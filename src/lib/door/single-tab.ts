/** How long a reloaded page may take to let go of the door, in milliseconds. */
const PATIENCE = 600;

/**
 * Takes the tablet's door for this browser tab, as soon as no other tab has it: two would count scans over each other.
 * Browsers without Web Locks are believed to have one tab.
 *
 * @param onWaiting - called when another tab has it
 * @returns lets go of it
 */
export async function takeDoor(onWaiting: () => void): Promise<() => void> {
  if (!navigator.locks) return () => undefined;
  const patience = setTimeout(onWaiting, PATIENCE);
  return new Promise((resolve, reject) => {
    navigator.locks
      .request('einlass-door', () => {
        clearTimeout(patience);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}
