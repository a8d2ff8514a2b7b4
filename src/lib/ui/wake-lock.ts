/** Keeps the screen awake: a tablet that goes dark between two guests makes the queue wait, and a wall tells nothing. */

let lock: WakeLockSentinel | null = null;

/**
 * Asks for the lock, and again whenever the page comes back into view, because the system takes it away with the view.
 *
 * @param signal - gives it back
 */
export function keepAwake(signal: AbortSignal): void {
  const ask = async () => {
    if (document.visibilityState !== 'visible' || screenStaysOn() || signal.aborted) return;
    const granted = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
    if (granted === null) return;
    if (signal.aborted) await granted.release();
    else lock = granted;
  };
  const options = { signal };
  document.addEventListener('visibilitychange', () => void ask(), options);
  // Some browsers give none before the first touch.
  document.addEventListener('pointerdown', () => void ask(), options);
  signal.addEventListener('abort', () => void lock?.release());
  void ask();
}

/** Whether the screen stays on now; null where the browser can't keep it on. */
export function screenStaysOn(): boolean | null {
  if (!('wakeLock' in navigator)) return null;
  return lock !== null && !lock.released;
}
