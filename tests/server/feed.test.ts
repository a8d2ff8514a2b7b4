import type { KyselyPlugin, QueryId } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { ChangeWire } from '../../src/lib/domain/wire.ts';
import { insertScans } from '../../src/lib/server/database/insert-scans.ts';
import { openDatabase, type Database } from '../../src/lib/server/database/open.ts';
import { nextChange } from '../../src/lib/server/database/change-numbers.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { FEED_PAGE, formatCursor, parseCursor, readFeed } from '../../src/lib/server/feed.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
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

const register = () =>
  registerByOffice(world.installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Gast',
    email: null,
    workgroupId: 'w5' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });

const numbered = (change: number) => ({ ...unnumberedScan(eventId, change), change });

/** A second process on the same database, which commits while the first is reading. */
class OtherProcess {
  private readonly db: Database;

  private constructor(db: Database) {
    this.db = db;
  }

  static async start(): Promise<OtherProcess> {
    return new OtherProcess(await openDatabase(world.database, world.installation.clock));
  }

  /** Gives each scan the next number of the feed. */
  addScans(count: number): Promise<void> {
    return this.db.transaction().execute(async (tx) => {
      const last = await nextChange(tx, eventId, count);
      const rows = Array.from({ length: count }, (_, i) => numbered(last - count + 1 + i));
      await insertScans(tx, rows);
    });
  }

  /** Everybody gets a new name, one after the other. */
  rename(name: string): Promise<void> {
    return this.db.transaction().execute(async (tx) => {
      for (const { id } of await tx.selectFrom('registrations').select('id').execute()) {
        const change = await nextChange(tx, eventId);
        await tx.updateTable('registrations').set({ name, change }).where('id', '=', id).execute();
      }
    });
  }

  close(): Promise<void> {
    return this.db.destroy();
  }
}

/**
 * Reads the feed as a tablet does, page by page, and once more at its next sync; `meanwhile` happens once, just before
 * the first page reads this table.
 */
async function readAll(
  table: 'registrations' | 'scans',
  meanwhile: () => Promise<void>,
): Promise<ChangeWire[]> {
  const readBefore = table === 'registrations' ? 'events' : 'registrations';
  let before: QueryId | null = null;
  let happened = false;
  const betweenQueries: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      if (JSON.stringify(node).includes(`"name":"${readBefore}"`)) before ??= queryId;
      return node;
    },
    async transformResult({ result, queryId }) {
      if (queryId === before && !happened) {
        happened = true;
        await meanwhile();
      }
      return result;
    },
  };
  const db = world.installation.db.withPlugin(betweenQueries);
  const read: ChangeWire[] = [];
  let after = 0;
  for (let syncs = 0; syncs < 2;) {
    const page = await readFeed(db, eventId, after);
    read.push(...page.changes);
    after = page.position;
    if (!page.more) syncs += 1;
  }
  expect(happened).toBe(true);
  return read;
}

describe.each(['registrations', 'scans'] as const)(
  'a feed that is written just before its %s are read',
  (table) => {
    test.each([
      ['fits a page', 10],
      ['nearly fills a page', FEED_PAGE - 3],
      ['fills a page with what is added', FEED_PAGE - 2],
      ['fills a page', FEED_PAGE - 1],
      ['fills more than a page', FEED_PAGE + 10],
    ])('leaves nothing out when it %s', async (_, scans) => {
      const persons = [await register(), await register()];
      const other = await OtherProcess.start();
      await other.addScans(scans);
      const read = await readAll(table, async () => {
        await other.addScans(1);
        await other.rename('Neu');
        await other.addScans(4);
      });
      await other.close();
      const ids = new Set(read.flatMap((change) => (change.kind === 'scan' ? [change.scan.id] : [])));
      expect(ids.size).toBe(scans + 5);
      const rows = read.flatMap((change) => (change.kind === 'registration' ? [change.registration] : []));
      for (const person of persons) expect(rows.findLast(({ id }) => id === person)?.name).toBe('Neu');
    });
  },
);

describe('a cursor', () => {
  const database = '0b0b0b0b-0000-4000-8000-000000000000';
  test.each<[string, number | null]>([
    [formatCursor(database, 0), 0],
    [formatCursor(database, 7), 7],
    [formatCursor(database, 8), null],
    [`${database}.-1`, null],
    [`${database}.1.5`, null],
    [`${database}.1e0`, null],
    [`${database}.`, null],
    [`${database}. 1`, null],
    [database, null],
    ['another.7', null],
    ['.7', null],
    ['', null],
  ])('%s stands at %s of 7', (cursor, position) => {
    expect(parseCursor(cursor, database, 7)).toBe(position);
  });
});
