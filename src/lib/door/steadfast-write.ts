import type { DoorDatabase } from './database.ts';

/** How long one try may take, in milliseconds: two of them are the second that a guest can be asked to wait. */
const PATIENCE = 450;

/** What a browser says when it has lost its database: the same write on a new connection may well succeed. */
const LOST_CONNECTION = /^(DatabaseClosed|InvalidState|Unknown|Timeout|OpenFailed)(Error)?$/;

/** The disk did not take it in time. */
export class NotStored<Value> extends Error {
  /** Settles when a try that was given up on succeeds after all: what it stored; or when all have failed: null. */
  readonly late: Promise<Value | null>;

  constructor(cause: unknown, late: Promise<Value | null>) {
    super('the disk did not take it', { cause });
    this.late = late;
  }
}

class Hanging extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Writes to the tablet's disk. A connection that hangs, or that the browser has dropped (iOS does both), is opened anew
 * and the write tried once more.
 *
 * @param write - must be harmless when done twice; told whether it has been given up on, so as not to begin late
 * @param delay - resolves after some milliseconds; handed in for tests
 * @throws {NotStored} after at most a second
 */
export async function writeSteadfastly<Value>(
  db: DoorDatabase,
  write: (givenUp: () => boolean) => Promise<Value>,
  delay: (duration: number) => Promise<void> = wait,
): Promise<Value> {
  let givenUp = false;
  const tries: Promise<Value>[] = [];
  const attempt = () => {
    const trying = write(() => givenUp);
    tries.push(trying);
    // A first try that was only slow may still end well while the second is under way.
    const best = Promise.any(tries).catch(() => trying);
    const limit = delay(PATIENCE).then(() => {
      throw new Hanging();
    });
    return Promise.race([best, limit]);
  };
  try {
    return await attempt().catch((error: unknown) => {
      // Closed on purpose: nobody is there any more to be shown anything.
      if (!isLostConnection(error) || db.hasBeenClosed()) throw error;
      db.close({ disableAutoOpen: false });
      return attempt();
    });
  } catch (error) {
    givenUp = true;
    // The one that succeeds is enough: the other may hang for ever.
    throw new NotStored(
      error,
      Promise.any(tries).catch(() => null),
    );
  }
}

function isLostConnection(error: unknown): boolean {
  const { name = '', inner } = error as { name?: string; inner?: { name?: string } | null };
  return LOST_CONNECTION.test(name) || LOST_CONNECTION.test(inner?.name ?? '');
}

function wait(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}
