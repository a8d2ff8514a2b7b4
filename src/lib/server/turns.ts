import { addMillis, SECOND, type Millis } from '../domain/time.ts';
import type { Installation } from './installation.ts';

/** How long a turn is held without a sign of life, in milliseconds: a process that has died gives it up soon. */
const LEASE = 30 * SECOND;

/**
 * Does something that, of all processes on one database, only one shall do at a time. Who comes meanwhile does without,
 * because it is being done. The turn is given back when the work ends, however it ends, and runs out when the process
 * has died. It keeps two from doing the same, and not more: whoever sleeps longer than a turn lasts wakes up beside
 * another, so what is done must be right then too.
 *
 * @param what - names it, such as `erasure`
 * @returns what the work gives; null when another process, or another call, is at it
 */
export async function inTurn<Result>(
  installation: Pick<Installation, 'db' | 'clock' | 'log'>,
  what: string,
  work: () => Promise<Result>,
): Promise<Result | null> {
  const { db, clock, log } = installation;
  const holder = crypto.randomUUID();
  const until = (): Millis => addMillis(clock(), LEASE);
  const taken = await db
    .insertInto('turns')
    .values({ what, holder, until: until() })
    .onConflict((conflict) =>
      conflict
        .column('what')
        .doUpdateSet((eb) => ({ holder: eb.ref('excluded.holder'), until: eb.ref('excluded.until') }))
        .where('turns.until', '<=', clock()),
    )
    .returning('holder')
    .executeTakeFirst();
  if (!taken) return null;
  const own = { what, holder };
  const renewing = setInterval(() => {
    db.updateTable('turns')
      .set({ until: until() })
      .where('what', '=', own.what)
      .where('holder', '=', own.holder)
      .execute()
      .catch((err: unknown) => log.warn({ err }, 'a turn was not renewed'));
  }, LEASE / 3);
  try {
    return await work();
  } finally {
    clearInterval(renewing);
    await db.deleteFrom('turns').where('what', '=', own.what).where('holder', '=', own.holder).execute();
  }
}
