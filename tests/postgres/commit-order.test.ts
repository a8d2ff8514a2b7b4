import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceId, EventId, ScanId } from '../../src/lib/domain/ids.ts';
import { nextChange } from '../../src/lib/server/database/change-numbers.ts';
import { appendScans, insertScans, type UnnumberedScan } from '../../src/lib/server/database/insert-scans.ts';
import type { Tx } from '../../src/lib/server/database/open.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { readFeed } from '../../src/lib/server/feed.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { unnumberedScan } from '../support/scans.ts';

let world: TestInstallation;
let eventId: EventId;
beforeEach(async () => {
  world = await testInstallation();
  eventId = await createEvent(world.installation, dialogueEvening());
});
afterEach(() => world.dispose());

type Append = (tx: Tx, scan: UnnumberedScan) => Promise<unknown>;

/** The server's own: the event's row stays locked until the transaction ends. */
const inTransaction: Append = (tx, scan) => appendScans(tx, [scan]);
/** As a sequence gives out numbers: one is used up at once, whenever the transaction ends. */
const asSequence: Append = async (tx, scan) => {
  const { db } = world.installation;
  const change = await db.transaction().execute((other) => nextChange(other, eventId));
  await insertScans(tx, [{ ...scan, change }]);
};

function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** Appends a scan; its transaction stays open until the gate is opened. */
function begin(append: Append, commit: Promise<void>) {
  const scan = unnumberedScan(eventId, 1, { device_id: crypto.randomUUID() as DeviceId });
  const written = gate();
  const done = world.installation.db.transaction().execute(async (tx) => {
    await append(tx, scan);
    written.open();
    await commit;
  });
  return { id: scan.id, written: written.opened, done };
}

/**
 * Two scans are written at the same moment: the one that got its number first commits last, and a tablet reads the feed
 * before that and after it.
 */
async function play(append: Append): Promise<{ written: Set<ScanId>; read: Set<ScanId> }> {
  const { db } = world.installation;
  let { position } = await readFeed(db, eventId, 0);
  const read = new Set<ScanId>();
  const poll = async () => {
    const page = await readFeed(db, eventId, position);
    position = page.position;
    for (const change of page.changes) if (change.kind === 'scan') read.add(change.scan.id as ScanId);
  };
  const held = gate();
  const slow = begin(append, held.opened);
  await slow.written;
  const quick = begin(append, Promise.resolve());
  // Where numbers are given out in the order of commits, the quick one now waits for the slow one.
  await Promise.race([quick.done, untilSomebodyWaits()]);
  await poll();
  held.open();
  await Promise.all([slow.done, quick.done]);
  await poll();
  return { written: new Set([slow.id, quick.id]), read };
}

/** Until PostgreSQL says that a connection to this database waits for another one's lock. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(world.installation.db);
    if (rows.length > 0) return;
  }
}

describe('a transaction that is still open while a tablet reads the feed', () => {
  test('is read afterwards', async () => {
    const { written, read } = await play(inTransaction);
    expect(read).toEqual(written);
  });

  test('would be lost for ever if a sequence gave out the numbers', async () => {
    const { written, read } = await play(asSequence);
    expect(read.size).toBe(written.size - 1);
  });
});
