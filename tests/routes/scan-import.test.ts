import { gzipSync } from 'node:zlib';
import { v4 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceId, EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { exportScans } from '../../src/lib/door/scan-export.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { MOST_BYTES } from '../../src/lib/server/scan-import.ts';
import { actions } from '../../src/routes/office/[event]/import/+page.server.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { Tablet } from '../support/tablet.ts';

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let tablet: Tablet;

beforeEach(async () => {
  opened = await testInstallation(() => berlinTime(2022, 11, 18, 16));
  installation = opened.installation;
  eventId = await createEvent(installation, dialogueEvening());
  tablet = new Tablet('Eingang', installation);
  await tablet.start();
  await tablet.pair(installation, eventId);
  await tablet.sync();
});
afterEach(() => opened.dispose());

async function upload(file: Uint8Array | null, event = 'integration') {
  const form = new FormData();
  if (file) form.append('file', new File([Uint8Array.from(file)], 'scans.json.gz'));
  const request = new Request('http://localhost/', { method: 'POST', body: form });
  const action = actions.default as (event: never) => Promise<unknown>;
  const answer = await action({ params: { event }, request, locals: { installation } } as never);
  const { outcome, data } = answer as { outcome?: unknown; data?: { outcome: unknown } };
  return outcome ?? data?.outcome;
}

const exported = async () => (await exportScans(tablet.store))!.bytes;
const refused = (why: string) => ({ kind: 'refused', why });
const scansInLog = async () => (await installation.db.selectFrom('scans').select('id').execute()).length;

/** Two unreadable codes and a walk-in with a scan, all without network. */
async function workOffline(): Promise<void> {
  await tablet.scan('one', 'hall-door');
  await tablet.scan('two', 'hall-door');
  const walkIn = await tablet.door.walkIn('Fatma Demir', 'w3' as WorkgroupId);
  await tablet.scan(walkIn!.ticketText, 'hall-door');
}

describe('what a tablet saved to a file', () => {
  test('is taken in once, however often it is brought', async () => {
    await workOffline();
    const file = await exported();
    const imported = { kind: 'imported', device: 'Eingang', odd: 0 };
    expect(await upload(file)).toEqual({ ...imported, added: 4, known: 0 });
    expect(await upload(file)).toEqual({ ...imported, added: 0, known: 4 });
    expect(await scansInLog()).toBe(3);
    const state = await installation.states.read(eventId);
    expect(state.venueTotal()).toBe(1);
  });

  test('and sent by the tablet itself later is still there once', async () => {
    await workOffline();
    await upload(await exported());
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(tablet.store.waiting).toBe(0);
    expect(await scansInLog()).toBe(3);
  });

  test('holds what was sent before as well', async () => {
    await tablet.scan('one', 'hall-door');
    await tablet.sync();
    await tablet.scan('two', 'hall-door');
    expect(await upload(await exported())).toMatchObject({ added: 1, known: 1 });
  });

  test('counts what can’t be right as odd', async () => {
    await tablet.scan('one', 'hall-door');
    await installation.db
      .updateTable('devices')
      .set({ paired_at: berlinTime(2022, 11, 28) })
      .execute();
    expect(await upload(await exported())).toMatchObject({ added: 0, known: 0, odd: 1 });
  });
});

describe('a file is refused', () => {
  test('when it is none', async () => {
    expect(await upload(null)).toEqual(refused('not_a_file'));
    expect(await upload(new TextEncoder().encode('name;scans\n'))).toEqual(refused('not_a_file'));
    expect(await upload(Uint8Array.of(0x1f, 0x8b, 1, 2, 3))).toEqual(refused('not_a_file'));
    expect(await upload((await exported()).slice(0, 100))).toEqual(refused('not_a_file'));
  });

  test('when it unpacks to more than a tablet can have scanned', async () => {
    expect(await upload(gzipSync(new Uint8Array(MOST_BYTES + 1)))).toEqual(refused('too_large'));
  });

  test('when it is of another event', async () => {
    await createEvent(installation, dialogueEvening('other'));
    expect(await upload(await exported(), 'other')).toEqual(refused('other_event'));
  });

  test('when nobody knows the tablet', async () => {
    tablet.store.identity = { ...tablet.store.identity!, deviceId: v4() as DeviceId };
    expect(await upload(await exported())).toEqual(refused('unknown_device'));
  });

  test('when another tablet has signed it', async () => {
    await tablet.scan('one', 'hall-door');
    const other = new Tablet('Saal', installation);
    await other.start();
    await other.pair(installation, eventId);
    const { privateKey } = other.store.identity!;
    tablet.store.identity = { ...tablet.store.identity!, privateKey };
    expect(await upload(await exported())).toEqual(refused('bad_signature'));
    expect(await scansInLog()).toBe(0);
  });
});
