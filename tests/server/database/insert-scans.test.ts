import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventId, PayloadHash, ScanId } from '../../../src/lib/domain/ids.ts';
import { appendScans, type UnnumberedScan } from '../../../src/lib/server/database/insert-scans.ts';
import { createEvent } from '../../../src/lib/server/events.ts';
import { dialogueEvening } from '../../support/events.ts';
import { testInstallation, type TestInstallation } from '../../support/installation.ts';
import { unnumberedScan } from '../../support/scans.ts';

let world: TestInstallation;
let eventId: EventId;
beforeEach(async () => {
  world = await testInstallation();
  eventId = await createEvent(world.installation, dialogueEvening());
});
afterEach(() => world.dispose());

const append = (scans: UnnumberedScan[]) =>
  world.installation.db.transaction().execute((tx) => appendScans(tx, scans));

const scan = (deviceSeq: number, more: Partial<UnnumberedScan> = {}) =>
  unnumberedScan(eventId, deviceSeq, more);

const lastChange = async () => {
  const { db } = world.installation;
  const query = db.selectFrom('events').select('change').where('id', '=', eventId);
  return (await query.executeTakeFirstOrThrow()).change;
};

test('scans get the next numbers of their event, in their order', async () => {
  const before = await lastChange();
  const scans = Array.from({ length: 150 }, (_, i) => scan(i + 1));
  const { last, inserted } = await append(scans);
  expect(last).toBe(before + 150);
  expect(inserted).toEqual(scans.map((_, i) => before + 1 + i));
  expect(await lastChange()).toBe(last);
  const rows = await world.installation.db
    .selectFrom('scans')
    .select(['id', 'change'])
    .orderBy('change')
    .execute();
  expect(rows).toEqual(scans.map(({ id }, i) => ({ id, change: before + 1 + i })));
});

test('what is the same in all of them and what is not, also nothing, is in the log as it was handed in', async () => {
  const scans = [
    scan(1, { undoes: null, override_by: 'Kim', override_why: 'knows them', signature: 'A'.repeat(86) }),
    scan(2, {
      undoes: crypto.randomUUID() as ScanId,
      override_by: 'Kim',
      ticket_id: null,
      payload_hash: '{"\\",}' as PayloadHash,
    }),
  ];
  const { inserted } = await append(scans);
  const rows = await world.installation.db.selectFrom('scans').selectAll().orderBy('change').execute();
  expect(rows).toMatchObject(scans.map((one, i) => ({ ...one, change: inserted[i] })));
  expect(rows.map(({ clock_offset, brought_by }) => [clock_offset, brought_by])).toEqual([
    [0, null],
    [0, null],
  ]);
});

test('of scans that were there before, or whose place is taken, only the new ones are told; no number comes twice', async () => {
  const [first, second] = [scan(1), scan(2)];
  const { last } = await append([first]);
  const again = await append([first, second, scan(1)]);
  expect(again).toEqual({ last: last + 3, inserted: [last + 2] });
  expect(await append([scan(3)])).toEqual({ last: last + 4, inserted: [last + 4] });
});
