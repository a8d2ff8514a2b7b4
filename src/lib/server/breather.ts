import { setImmediate } from 'node:timers/promises';

/** How long work goes on before others have their turn, in milliseconds. */
const TURN = 10;

/**
 * Long work waits for this between its small pieces: so nobody else waits much longer than a turn.
 *
 * @returns resolves at once, or, when a turn is over, after others have had theirs
 */
export function breather(): () => Promise<void> | void {
  let since = performance.now();
  return () => {
    if (performance.now() - since < TURN) return;
    return setImmediate().then(() => void (since = performance.now()));
  };
}
