import { isSealedWalkIn, type DoorDatabase } from './database.ts';
import { countWaiting } from './outbox.ts';

/**
 * What lies on the tablet's disk besides the sealed pages, all of one moment.
 *
 * @param withScans - they are many, and without a roster nothing can be made of them
 */
export function readDisk(db: DoorDatabase, { withScans }: { withScans: boolean }) {
  const { scans, walkIns, pages, facts } = db;
  return db.transaction('r', [scans, walkIns, pages, facts], async () => ({
    identity: await db.fact('identity'),
    lock: await db.fact('lock'),
    duty: await db.fact('duty'),
    progress: await db.fact('progress'),
    expiresAt: await db.fact('expiresAt'),
    waiting: await countWaiting(db),
    scans: withScans ? await scans.orderBy('deviceSeq').toArray() : [],
    walkIns: await walkIns.toArray(),
    pageNumbers: await pages.orderBy('number').primaryKeys(),
  }));
}

/** Forgets everything that is sealed, the key to it and the token. What waits can still be handed in. */
export async function forgetSealed(db: DoorDatabase): Promise<void> {
  const { walkIns, pages, facts } = db;
  await db.transaction('rw', walkIns, pages, facts, async () => {
    await pages.clear();
    await walkIns.filter(isSealedWalkIn).delete();
    await facts.bulkDelete(['lock', 'token', 'attempts', 'expiresAt', 'forgetting']);
    const identity = await db.fact('identity');
    if (identity) await db.setFact('identity', { ...identity, token: null });
    const progress = await db.fact('progress');
    if (progress) await db.setFact('progress', { ...progress, cursor: null });
  });
}
