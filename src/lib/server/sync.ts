import { sql } from 'kysely';
import * as v from 'valibot';
import type { DeviceId, EventId } from '../domain/ids.ts';
import { SyncRequestSchema, type SyncResponseWire, type TabletNews } from '../domain/wire.ts';
import { certifyDevices } from './device-certificates.ts';
import type { Database } from './database/open.ts';
import type { AuthenticatedDevice } from './devices.ts';
import { ensureExchangeKey, readExchangeKey } from './exchange-keys.ts';
import { formatCursor, parseCursor, readFeed, type FeedPage } from './feed.ts';
import type { Installation } from './installation.ts';
import { judgeRelayed, storeRelayed } from './relayed-intake.ts';
import { storeScans } from './scan-intake.ts';
import { storeWalkIns } from './walk-in-intake.ts';

export type SyncOutcome =
  { kind: 'synced'; answer: SyncResponseWire } | { kind: 'malformed'; message: string };

/**
 * One round trip with a tablet: takes what it hands in, for good, and gives it what it doesn't know.
 *
 * Whatever can't be right is stored as an anomaly and acknowledged all the same, so nothing blocks a tablet's queue and
 * nothing is lost. A revoked tablet hands in, but gets no news any more; nor does a locked one, until somebody at it has
 * the PIN.
 */
export async function syncDevice(
  installation: Installation,
  authenticated: AuthenticatedDevice,
  body: unknown,
): Promise<SyncOutcome> {
  const { syncs } = installation.metrics;
  const end = syncs.startTimer();
  try {
    const outcome = await takeAndAnswer(installation, authenticated, body);
    end({ outcome: outcome.kind });
    return outcome;
  } catch (error) {
    end({ outcome: 'error' });
    throw error;
  }
}

async function takeAndAnswer(
  installation: Installation,
  { device, handInOnly }: AuthenticatedDevice,
  body: unknown,
): Promise<SyncOutcome> {
  const parsed = v.safeParse(SyncRequestSchema, body);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return { kind: 'malformed', message: `${v.getDotPath(issue) ?? 'body'}: expected ${issue.expected}` };
  }
  const { cursor, scans, signatures, walkIns, status, relayed } = parsed.output;
  const { db, commits, clock } = installation;
  const eventId = device.event_id;
  const { change, databaseId, hasExchangeKey, tablets } = await readSituation(db, eventId);
  // Before anything is taken in: a cursor from a lost future must not be caught up with by what comes along with it.
  const known = cursor === null ? 0 : parseCursor(cursor, databaseId, change);

  const revoked = device.revoked_at !== null;
  const getsNews = !revoked && !handInOnly;
  if (getsNews && !hasExchangeKey) await ensureExchangeKey(installation, eventId);
  const judged = await judgeRelayed(db, device, relayed);

  const taken = await commits.run(async (tx) => {
    const walkInsTaken = await storeWalkIns(tx, installation, device, walkIns);
    const scansTaken = await storeScans(tx, installation, device, scans, { signatures });
    const relayedTaken = await storeRelayed(tx, installation, device, judged);
    const now = clock();
    const { lock_asked_at, lock_told_at } = await tx
      .updateTable('devices')
      .set({
        last_contact_at: now,
        // A tablet that can only hand in is locked, by whomever: what was asked of it is done.
        ...(handInOnly
          ? { lock_asked_at: null, lock_told_at: null, locked_since: device.locked_since ?? now }
          : { locked_since: null }),
        ...(status && {
          waiting: Math.max(0, status.waiting - scans.length - walkIns.length),
          clock_offset: status.clockOffset,
          version: status.version,
          battery: status.battery,
        }),
      })
      .where('id', '=', device.id)
      .returning(['lock_asked_at', 'lock_told_at'])
      .executeTakeFirstOrThrow();
    const lock = lock_asked_at !== null;
    if (lock && lock_told_at === null)
      await tx.updateTable('devices').set({ lock_told_at: now }).where('id', '=', device.id).execute();
    return {
      lock,
      acknowledged: [...walkInsTaken.acknowledged, ...scansTaken.acknowledged],
      scansStored: scansTaken.stored + relayedTaken.scansStored,
      // The others' scans are news for this tablet, too, as what the server makes of them.
      numbers: judged.length === 0 ? scansTaken.numbers : null,
      walkInsStored: walkInsTaken.stored + relayedTaken.walkInsStored,
      relayedTaken,
    };
  });
  const { acknowledged, scansStored, numbers, walkInsStored, lock } = taken;
  const { metrics } = installation;
  if (scans.length > 0) metrics.syncScans.observe(scans.length);
  metrics.scansStored.inc(scansStored);
  metrics.registrations.inc({ origin: 'walk_in' }, walkInsStored);
  const news = scansStored + walkInsStored > 0;
  const turned = handInOnly !== (device.locked_since !== null);
  if (news || turned || (status && status.waiting !== device.waiting)) installation.news.publish(eventId);

  const ofOthers = relayed.length > 0 && {
    relayed: { acknowledged: taken.relayedTaken.acknowledged, aside: taken.relayedTaken.aside },
  };
  if (!getsNews) {
    const nothing = { changes: [], cursor: formatCursor(databaseId, 0), more: false };
    return {
      kind: 'synced',
      answer: { acknowledged, ...ofOthers, ...nothing, serverTime: clock(), revoked },
    };
  }
  // Of its own scans a tablet is told nothing, and there was nothing but them since it last asked.
  const onlyOwn = numbers !== null && known !== null && known > 0 && known === numbers.first - 1;
  const page: Pick<FeedPage, 'changes' | 'position' | 'more'> = onlyOwn
    ? { changes: [], position: numbers.last, more: false }
    : await readFeed(db, eventId, known ?? 0, device.id);
  const [first] = page.changes;
  if (first?.kind === 'setting') {
    await certifyDevices(installation, eventId, first.setting);
    // Read after the setting that it goes with, so that it is never older.
    page.changes.push({ kind: 'exchange_key', key: await readExchangeKey(db, installation, eventId) });
  }
  const answer: SyncResponseWire = {
    acknowledged,
    ...ofOthers,
    changes: page.changes,
    cursor: formatCursor(databaseId, page.position),
    more: page.more,
    serverTime: clock(),
    tablets,
  };
  if (known === null) answer.reset = true;
  if (lock) answer.lock = true;
  return { kind: 'synced', answer };
}

/** What a sync begins with; in one query, because a small sync's time goes by how many there are. */
interface Situation {
  /** The number of the event's last change. */
  change: number;
  databaseId: string;
  hasExchangeKey: boolean;
  /** How the event's tablets that are in use were last heard. */
  tablets: TabletNews[];
}

interface SituationRow {
  change: number;
  database_id: string;
  key_of: EventId | null;
  /** Null, like what stands beside it, where no tablet is in use. */
  id: DeviceId | null;
  last_contact_at: TabletNews['lastContactAt'];
  waiting: number;
}

async function readSituation(db: Database, eventId: EventId): Promise<Situation> {
  const { rows } = await sql<SituationRow>`
    select events.change, installation.database_id, event_exchange_keys.event_id as key_of,
      devices.id, devices.last_contact_at, devices.waiting
    from installation cross join events
    left join event_exchange_keys on event_exchange_keys.event_id = events.id
    left join devices on devices.event_id = events.id and devices.revoked_at is null
    where events.id = ${eventId}`.execute(db);
  const [first] = rows;
  if (!first) throw new Error('a tablet of an event that is not there');
  return {
    change: first.change,
    databaseId: first.database_id,
    hasExchangeKey: first.key_of !== null,
    tablets: rows.flatMap(({ id, last_contact_at, waiting }) =>
      id === null ? [] : [{ id, lastContactAt: last_contact_at, waiting }],
    ),
  };
}
