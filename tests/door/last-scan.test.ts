import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { at, checkpointId, ticketId } from '../domain/support.ts';
import { PlainTablet } from './support.ts';

let tablet: PlainTablet;
beforeEach(async () => {
  tablet = await PlainTablet.paired();
});
afterEach(() => tablet.store.close());

const lastTicket = async () => (await tablet.door.lastScan())?.ticketId;

/** Takes back whatever can be taken back. */
async function takeBack(): Promise<Scan> {
  const last = (await tablet.door.lastScan())!;
  await tablet.door.undo(last);
  return last;
}

describe('the scan that can be taken back', () => {
  test('is the latest that opened a door', async () => {
    expect(await tablet.door.lastScan()).toBeNull();
    await tablet.scan('A');
    await tablet.scan('B');
    expect(await lastTicket()).toBe(ticketId('B'));
  });

  test('is none that turned somebody away: nothing came of it', async () => {
    await tablet.scan('A');
    await tablet.door.scan('no ticket');
    tablet.now = at('20:00');
    expect(await tablet.scan('B')).toBe('too_late');
    expect(await lastTicket()).toBe(ticketId('A'));
  });

  test("is one that the staff's word opened the door for", async () => {
    await tablet.scan('A');
    const refused = await tablet.door.scan('no ticket');
    if (refused.kind !== 'shown') throw new Error(refused.kind);
    await tablet.door.override(refused, 'Frau Demir', 'vom Büro erlaubt');
    expect(await tablet.door.lastScan()).toMatchObject({
      payloadHash: refused.scan.payloadHash,
      override: { by: 'Frau Demir' },
    });
  });

  test('is the one before, once it has been taken back', async () => {
    await tablet.scan('A');
    await tablet.scan('B');
    expect((await takeBack()).ticketId).toBe(ticketId('B'));
    expect((await takeBack()).ticketId).toBe(ticketId('A'));
    expect(await tablet.door.lastScan()).toBeNull();
    expect(tablet.headcount()).toBe(0);
  });

  test('is still known when the app was killed, and when the server has it', async () => {
    await tablet.scan('A');
    await tablet.crash();
    const { scans } = await tablet.store.outbox();
    await tablet.hears({ acknowledged: scans.map(({ id }) => id) });
    expect(await lastTicket()).toBe(ticketId('A'));
  });

  test('is taken back at the door where it was made', async () => {
    await tablet.scan('A');
    await tablet.store.setDuty({ checkpointId: checkpointId('w1-door'), direction: 'exit' });
    await takeBack();
    expect(tablet.headcount()).toBe(0);
    const { scans } = await tablet.store.outbox();
    expect(scans.at(-1)).toMatchObject({ checkpointId: 'hall-door', direction: 'entry' });
  });
});
