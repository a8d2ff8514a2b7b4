import { isSealedRelayed, isSealedWalkIn, type DoorDatabase } from './database.ts';
import { countWaiting } from './outbox.ts';
import { countRelayed } from './relayed.ts';

/**
 * What lies on the tablet's disk besides the sealed pages, all of one moment.
 *
 * @param withScans - they are many, and without a roster nothing can be made of them
 */
export function readDisk(db: DoorDatabase, { withScans }: { withScans: boolean }) {
  const { scans, walkIns, relayed, pages, facts } = db;
  return db.transaction('r', [scans, walkIns, relayed, pages, facts], async () => ({
    identity: await db.fact('identity'),
    lock: await db.fact('lock'),
    duty: await db.fact('duty'),
    progress: await db.fact('progress'),
    expiresAt: await db.fact('expiresAt'),
    learnt: (await db.fact('learnt')) ?? [],
    waiting: await countWaiting(db),
    waitingRelayed: await countRelayed(db),
    scans: withScans ? await scans.orderBy('deviceSeq').toArray() : [],
    walkIns: await walkIns.toArray(),
    relayed: withScans ? await relayed.toArray() : [],
    pageNumbers: await pages.orderBy('number').primaryKeys(),
  }));
}

/** Forgets everything that is sealed, the key to it and the token. What waits can still be handed in. */
export async function forgetSealed(db: DoorDatabase): Promise<void> {
  const { walkIns, relayed, pages, facts } = db;
  await db.transaction('rw', walkIns, relayed, pages, facts, async () => {
    await pages.clear();
    await walkIns.filter(isSealedWalkIn).delete();
    await relayed.filter(isSealedRelayed).delete();
    await facts.bulkDelete(['lock', 'token', 'attempts', 'expiresAt', 'forgetting']);
    const identity = await db.fact('identity');
    if (identity) await db.setFact('identity', { ...identity, token: null });
    const progress = await db.fact('progress');
    if (progress) await db.setFact('progress', { ...progress, cursor: null });
  });
}
