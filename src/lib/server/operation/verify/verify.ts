import { migrations } from '../../database/migrations/index.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Secrets } from '../../secrets.ts';
import { withSnapshot } from '../snapshot.ts';
import type { Store } from '../store.ts';
import { checkDevices } from './check-devices.ts';
import { checkFeed } from './check-feed.ts';
import { checkHeadcounts } from './check-headcounts.ts';
import { checkInstallation } from './check-installation.ts';
import { checkPlaces } from './check-places.ts';
import { checkTickets } from './check-tickets.ts';
import type { CheckedEvent, Finding } from './finding.ts';

export type VerifyOutcome =
  | { kind: 'verified'; events: number; registrations: number; scans: number; findings: Finding[] }
  /** The tables are those of another version than this. */
  | { kind: 'other_version'; migration: string };

/** The newest migration that this version brings. */
export const newestKnown = (): string => Object.keys(migrations).sort().at(-1)!;

/** Counts everything anew as it is at one moment, and says what is not as it must be; nothing is changed. */
export async function verify(store: Store, secrets: Secrets, now: Millis): Promise<VerifyOutcome> {
  return withSnapshot(store, async ({ tx, migration }): Promise<VerifyOutcome> => {
    if (migration !== newestKnown()) return { kind: 'other_version', migration };
    const findings = await checkInstallation(store.kind, tx, now);
    const rows = await tx.selectFrom('events').select(['id', 'slug', 'erased_at']).orderBy('slug').execute();
    const events = rows.map(({ id, slug, erased_at }): CheckedEvent => ({
      id,
      slug,
      erased: erased_at !== null,
    }));
    for (const event of events) {
      const checking = { tx, event };
      findings.push(...(await checkHeadcounts(checking)));
      findings.push(...(await checkFeed(checking)));
      findings.push(...(await checkDevices(checking)));
      findings.push(...(await checkTickets(checking, secrets)));
      findings.push(...(await checkPlaces(checking)));
    }
    const count = async (table: 'registrations' | 'scans') => {
      const { count } = await tx
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    };
    return {
      kind: 'verified',
      events: events.length,
      registrations: await count('registrations'),
      scans: await count('scans'),
      findings,
    };
  });
}
