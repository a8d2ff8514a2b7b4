import { Dexie } from 'dexie';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTicketText } from '../../src/lib/domain/ticket.ts';
import { DoorDatabase, type Duty } from '../../src/lib/door/database.ts';
import { openPractice, type Practice } from '../../src/lib/door/practice/practice.ts';
import { SAMPLES, type SampleKind } from '../../src/lib/door/practice/practice-event.ts';
import { drawTicketQr } from '../../src/lib/ui/ticket-qr.ts';
import { checkpointId } from '../domain/support.ts';
import { HALL_ENTRY, PlainTablet } from './support.ts';

const ROOM_ENTRY: Duty = { checkpointId: checkpointId('w2-door'), direction: 'entry' };
const NAME = 'practice-test';

let tablet: PlainTablet;
let practice: Practice;
let indexedDB: IDBFactory;

beforeEach(async () => {
  tablet = await PlainTablet.paired();
  indexedDB = new IDBFactory();
});
afterEach(() => practice.end());

async function practiseAt(duty = ROOM_ENTRY): Promise<void> {
  const options = { indexedDB, IDBKeyRange };
  practice = await openPractice(tablet.store.state!.venue.setting, duty, 'Rollstuhl', () => tablet.now, {
    open: () => new DoorDatabase(NAME, options),
    drop: () => new Dexie(NAME, options).delete(),
  });
}

async function scanSample(kind: SampleKind) {
  const sample = practice.samples.find((sample) => sample.kind === kind);
  const outcome = await practice.door.scan(sample!.text);
  if (outcome.kind !== 'shown') throw new Error(outcome.kind);
  return outcome.verdict;
}

describe('practice', () => {
  test('has a ticket for each verdict', async () => {
    await practiseAt();
    const shown: Record<string, string> = {};
    for (const kind of SAMPLES) shown[kind] = (await scanSample(kind)).word;
    expect(shown).toEqual({
      admitted: 'admitted',
      access_needs: 'admitted',
      unknown: 'admitted',
      already_inside: 'already_inside',
      wrong_workgroup: 'wrong_workgroup',
      cancelled: 'cancelled',
      waitlisted: 'waitlisted',
      revoked: 'revoked',
      invalid: 'invalid',
      room_full: 'room_full',
    });
  });

  test('has codes that are drawn like tickets', async () => {
    await practiseAt();
    for (const { text } of practice.samples) expect(drawTicketQr(text).size).toBeGreaterThan(20);
  });

  test('shows what the staff act on, and who is not in the list', async () => {
    await practiseAt();
    expect((await scanSample('access_needs')).registration?.accessNeeds).toBe('Rollstuhl');
    expect((await scanSample('unknown')).registration).toBeNull();
  });

  test('has nobody in the wrong room at a door that lets everybody in', async () => {
    await practiseAt(HALL_ENTRY);
    expect(practice.samples.map(({ kind }) => kind)).not.toContain('wrong_workgroup');
  });

  test('knows a real ticket for what it is, and lets nobody in by it', async () => {
    await practiseAt();
    const outcome = await practice.door.scan(await tablet.ticket('A'));
    expect(outcome).toMatchObject({ verdict: { word: 'other_event', event: { title: { de: 'Abend' } } } });
  });

  test('leaves the real tablet as it was', async () => {
    const before = await tablet.disk.read();
    await practiseAt();
    await scanSample('admitted');
    expect(await tablet.disk.read()).toEqual(before);
    expect(tablet.store.waiting).toBe(0);
    expect(tablet.headcount()).toBe(0);
  });

  test('leaves nothing behind, and begins anew', async () => {
    await practiseAt();
    await scanSample('admitted');
    await practice.end();
    expect(await indexedDB.databases()).toEqual([]);
    await practiseAt();
    expect((await scanSample('admitted')).word).toBe('admitted');
  });
});

test('a real door trusts no practice ticket', async () => {
  await practiseAt();
  for (const { text } of practice.samples) {
    const reading = await readTicketText(text, tablet.store.state!.venue.keys);
    expect(reading.kind).toBe('no_ticket');
  }
});
