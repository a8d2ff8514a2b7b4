import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ScanOutcome } from '../../src/lib/door/door.ts';
import { aRegistration, at, checkpointId, registrationId, ticketId } from '../domain/support.ts';
import { PlainTablet } from './support.ts';

const AYSE = registrationId('Ayse');
const DEMIR = { by: 'Frau Demir', why: 'Handy leer' };

let tablet: PlainTablet;
beforeEach(async () => {
  tablet = await PlainTablet.paired();
  const registration = aRegistration('Ayse', {
    ticketId: ticketId('new'),
    formerTickets: [{ ticketId: ticketId('old'), revokedAt: at('15:10') }],
  });
  await tablet.hears({ changes: [{ kind: 'registration', registration }], cursor: 'db1.2' });
});
afterEach(() => tablet.store.close());

function shown(outcome: ScanOutcome) {
  if (outcome.kind !== 'shown') throw new Error(outcome.kind);
  return outcome;
}

describe('a check-in by hand', () => {
  test('opens the door as the current ticket would, and says who did it and why', async () => {
    const { verdict, scan } = shown(await tablet.door.checkInByHand(AYSE, DEMIR));
    expect(verdict).toMatchObject({ word: 'admitted', registration: { name: 'Gast Ayse' } });
    expect(scan).toMatchObject({ ticketId: ticketId('new'), byHand: DEMIR, override: null });
    expect((await tablet.store.outbox()).scans).toEqual([scan]);
    expect(tablet.headcount()).toBe(1);
  });

  test('makes the ticket a used one', async () => {
    await tablet.door.checkInByHand(AYSE, DEMIR);
    expect(await tablet.scan('new')).toBe('already_inside');
    expect(shown(await tablet.door.checkInByHand(AYSE, DEMIR)).verdict.word).toBe('already_inside');
  });

  test('is refused for the same reasons as a ticket, which the staff may overrule', async () => {
    await tablet.store.setDuty({ checkpointId: checkpointId('w2-door'), direction: 'entry' });
    const refused = shown(await tablet.door.checkInByHand(AYSE, DEMIR));
    expect(refused.verdict.word).toBe('wrong_workgroup');
    const { scan } = shown(await tablet.door.override(refused, 'Herr Brandt', 'vom Büro erlaubt'));
    expect(scan).toMatchObject({ override: { by: 'Herr Brandt' }, byHand: DEMIR });
    expect(tablet.headcount()).toBe(1);
  });

  test('can be taken back', async () => {
    const { scan } = shown(await tablet.door.checkInByHand(AYSE, DEMIR));
    expect(await tablet.door.lastScan()).toEqual(scan);
    await tablet.door.undo(scan);
    expect(tablet.headcount()).toBe(0);
  });

  test('does nothing for somebody who has gone from the roster', async () => {
    await tablet.hears({
      changes: [{ kind: 'registration_removed', registrationId: AYSE }],
      cursor: 'db1.3',
    });
    expect(await tablet.door.checkInByHand(AYSE, DEMIR)).toEqual({ kind: 'not_ready' });
    expect(tablet.store.waiting).toBe(0);
  });

  test('is cut to what the server takes', async () => {
    const long = { by: 'D'.repeat(300), why: 'w'.repeat(300) };
    const { scan } = shown(await tablet.door.checkInByHand(AYSE, long));
    expect(scan.byHand).toEqual({ by: 'D'.repeat(200), why: 'w'.repeat(200) });
  });
});

test('a scan that an earlier version of the app has left on disk is one that nobody made by hand', async () => {
  await tablet.scan('A');
  await tablet.database.scans.toCollection().modify((scan) => {
    delete scan.byHand;
  });
  await tablet.crash();
  expect((await tablet.store.outbox()).scans).toMatchObject([{ byHand: null }]);
  expect(await tablet.door.lastScan()).toMatchObject({ byHand: null });
});
