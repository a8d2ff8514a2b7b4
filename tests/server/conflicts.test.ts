import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ScanRole } from '../../src/lib/domain/decision.ts';
import type {
  CheckpointId,
  DeviceId,
  EventId,
  RegistrationId,
  ScanId,
  TicketId,
  WorkgroupId,
} from '../../src/lib/domain/ids.ts';
import { addMillis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { readChanges } from '../../src/lib/domain/wire.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import { readConflicts, settleConflict } from '../../src/lib/server/conflicts.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { readFeed } from '../../src/lib/server/feed.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { readLiveView } from '../../src/lib/server/live-view.ts';
import { readRecord } from '../../src/lib/server/registration-record.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { appendScan } from '../support/scans.ts';
import { Tablet } from '../support/tablet.ts';

const evening = dialogueEvening();
let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;
let id: RegistrationId;
let ticketId: TicketId;

beforeEach(async () => {
  now = evening.startsAt;
  opened = await testInstallation(() => now);
  installation = opened.installation;
  eventId = await createEvent(installation, evening);
  id = await registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Fatma Yılmaz',
    email: null,
    workgroupId: 'w5' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });
  const ticket = await installation.db.selectFrom('tickets').select('id').executeTakeFirstOrThrow();
  ticketId = ticket.id;
});
afterEach(() => opened.dispose());

const ORGANISER = { id: 'u1', name: 'Frank Mertens' };

const scanAt = (minute: number) =>
  appendScan(installation, eventId, {
    device_id: crypto.randomUUID() as DeviceId,
    checkpoint_id: 'hall-door' as CheckpointId,
    ticket_id: ticketId,
    at: addMillis(evening.startsAt, minute * MINUTE),
  });

const settle = (...scans: [ScanId, ScanRole][]) =>
  settleConflict(
    installation,
    eventId,
    scans.map(([id, role]) => ({ id, role })),
    ORGANISER,
  );

async function seen() {
  const view = await readLiveView(installation, eventId);
  const { open, settled } = await readConflicts(installation, eventId);
  return { total: view.total, conflicts: view.conflictCount, open: open.length, settled: settled.length };
}

describe('settling', () => {
  test('says whose ticket it is, where and when it was let in, and what was decided by whom', async () => {
    const account = {
      ...ORGANISER,
      email: 'frank@example.org',
      email_verified: 0,
      created_at: new Date(0).toISOString(),
      updated_at: new Date(0).toISOString(),
    };
    await installation.db.insertInto('users').values(account).execute();
    const [left, right] = [await scanAt(1), await scanAt(2)];
    const { open } = await readConflicts(installation, eventId);
    expect(open).toMatchObject([
      { person: { id, name: 'Fatma Yılmaz' }, reasons: ['double_entry'], decision: null, earlier: [] },
    ]);
    expect(open[0]!.scans.map((scan) => [scan.id, scan.checkpoint?.de])).toEqual([
      [left, 'Tür hall'],
      [right, 'Tür hall'],
    ]);
    expect(await settle([right, 'further_person'], [left, 'counts'])).toEqual({ kind: 'settled' });
    expect(await seen()).toEqual({ total: 2, conflicts: 0, open: 0, settled: 1 });
    const { settled } = await readConflicts(installation, eventId);
    expect(settled[0]).toMatchObject({ key: open[0]!.key, decision: { byName: 'Frank Mertens' } });
  });

  test('can be done anew, and the decisions before are kept', async () => {
    const [left, right] = [await scanAt(1), await scanAt(2)];
    await settle([left, 'counts'], [right, 'further_person']);
    await settle([left, 'counts'], [right, 'mistake']);
    expect(await seen()).toMatchObject({ total: 1, open: 0, settled: 1 });
    const { settled } = await readConflicts(installation, eventId);
    expect(settled[0]!.decision!.decision.scans[1]!.role).toBe('mistake');
    expect(settled[0]!.earlier.map(({ decision }) => decision.scans[1]!.role)).toEqual(['further_person']);
    const record = await readRecord(installation, eventId, id);
    const scans = record!.history.filter((entry) => entry.kind === 'scan');
    expect(scans.map(({ found }) => found)).toEqual(['counts', 'mistake']);
  });

  test('is opened again by a scan that arrives late, and remembers', async () => {
    const [left, right] = [await scanAt(1), await scanAt(2)];
    await settle([left, 'counts'], [right, 'counts']);
    await scanAt(3);
    expect(await seen()).toEqual({ total: 1, conflicts: 1, open: 1, settled: 0 });
    const { open } = await readConflicts(installation, eventId);
    expect(open[0]!.decision?.decision.scans).toHaveLength(2);
  });

  test('of what is not, or no longer, a conflict changes nothing', async () => {
    const [left, right] = [await scanAt(1), await scanAt(2)];
    const third = await scanAt(3);
    expect(await settle([left, 'counts'], [right, 'mistake'])).toEqual({ kind: 'changed' });
    expect(await settle([third, 'mistake'])).toEqual({ kind: 'changed' });
    expect(await settle()).toEqual({ kind: 'changed' });
    expect((await installation.db.selectFrom('decisions').selectAll().execute()).length).toBe(0);
  });

  test('as it cannot have been is refused', async () => {
    const [left, right] = [await scanAt(1), await scanAt(2)];
    expect(await settle([left, 'further_person'], [right, 'further_person'])).toEqual({ kind: 'impossible' });
    expect(await seen()).toMatchObject({ total: 1, open: 1, settled: 0 });
  });

  test('is written down by ids and words only', async () => {
    const [left, right] = [await scanAt(1), await scanAt(2)];
    await settle([left, 'counts'], [right, 'mistake']);
    const [act] = await listActs(installation.db, eventId, {}, 1);
    expect(act).toMatchObject({ kind: 'conflict_settled', subject: id, details: { found: 'mistake' } });
    expect(JSON.stringify(act!.details)).not.toContain('Fatma');
  });

  test('tells whoever looks at the event that there is news', async () => {
    const [left, right] = [await scanAt(1), await scanAt(2)];
    let news = 0;
    installation.news.subscribe(
      eventId,
      () => (news += 1),
      () => undefined,
    );
    await settle([left, 'counts'], [right, 'counts']);
    expect(news).toBe(1);
  });
});

describe('a decision in the feed', () => {
  test('reaches a tablet, which counts by it, also after it was started anew', async () => {
    const tablet = new Tablet('tab1', installation);
    await tablet.start();
    await tablet.pair(installation, eventId);
    const [left, right] = [await scanAt(1), await scanAt(2)];
    await tablet.sync();
    expect(tablet.store.state!.venueTotal()).toBe(1);
    await settle([left, 'counts'], [right, 'further_person']);
    await tablet.sync();
    expect(tablet.store.state!.venueTotal()).toBe(2);
    expect(tablet.store.state!.conflicts()).toEqual([]);
    await tablet.crash();
    expect(tablet.store.state!.venueTotal()).toBe(2);
    tablet.store.close();
  });

  test('says nothing of who made it', async () => {
    const [left, right] = [await scanAt(1), await scanAt(2)];
    await settle([left, 'counts'], [right, 'counts']);
    const { changes } = await readFeed(installation.db, eventId, 0);
    const decision = changes.find(({ kind }) => kind === 'decision');
    expect(readChanges([JSON.parse(JSON.stringify(decision))])).toEqual([decision]);
    expect(JSON.stringify(decision)).not.toMatch(/Mertens|u1/);
  });

  test('comes where it was made, between what was before and after', async () => {
    const [left, right] = [await scanAt(1), await scanAt(2)];
    await settle([left, 'counts'], [right, 'counts']);
    await scanAt(30);
    const { changes } = await readFeed(installation.db, eventId, 0);
    expect(changes.map(({ kind }) => kind)).toEqual([
      'setting',
      'registration',
      'scan',
      'scan',
      'decision',
      'scan',
    ]);
  });
});
