import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { KyselyPlugin } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { ChangeWire } from '../../src/lib/domain/wire.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { FEED_PAGE, formatCursor, parseCursor, readFeed } from '../../src/lib/server/feed.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

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

/** A second process on the same database, which commits while the first is reading. */
class OtherProcess {
  private readonly db = new DatabaseSync(join(world.dataFolder, 'einlass.sqlite'));

  /** Gives each scan the next number of the feed. */
  addScans(count: number): void {
    this.db.exec('begin');
    for (let i = 0; i < count; i++) {
      const change = this.nextChange();
      this.db
        .prepare(
          `insert into scans (event_id, id, device_id, device_seq, ticket_id, checkpoint_id, direction, device_time,
             clock_offset, verdict_shown, received_at, change)
           values (?, ?, 'another', ?, ?, 'hall-door', 'entry', 0, 0, 'admitted', 0, ?)`,
        )
        .run(eventId, crypto.randomUUID(), change, crypto.randomUUID(), change);
    }
    this.db.exec('commit');
  }

  /** Everybody gets a new name, one after the other. */
  rename(name: string): void {
    const rename = this.db.prepare('update registrations set name = ?, change = ? where id = ?');
    this.db.exec('begin');
    for (const { id } of this.db.prepare('select id from registrations').all()) {
      rename.run(name, this.nextChange(), id as string);
    }
    this.db.exec('commit');
  }

  close(): void {
    this.db.close();
  }

  private nextChange(): number {
    const row = this.db
      .prepare('update events set change = change + 1 where id = ? returning change')
      .get(eventId);
    return Number(row!.change);
  }
}

/**
 * Reads the feed as a tablet does, page by page, and once more at its next sync; `meanwhile` happens once, just before
 * the first page reads this table.
 */
async function readAll(table: 'registrations' | 'scans', meanwhile: () => void): Promise<ChangeWire[]> {
  let happened = false;
  const betweenQueries: KyselyPlugin = {
    transformQuery({ node }) {
      if (!happened && JSON.stringify(node).includes(`"name":"${table}"`)) {
        happened = true;
        meanwhile();
      }
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
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
      const other = new OtherProcess();
      other.addScans(scans);
      const read = await readAll(table, () => {
        other.addScans(1);
        other.rename('Neu');
        other.addScans(4);
      });
      other.close();
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
