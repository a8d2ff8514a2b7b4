import { beforeEach, describe, expect, test } from 'vitest';
import { ticketNumberOf } from '../../src/lib/domain/ticket-number.ts';
import type { TicketId } from '../../src/lib/domain/ids.ts';
import { aRegistration, at } from '../domain/support.ts';
import { PlainTablet } from './support.ts';

const AYSE = '01234567-89ab-4cde-8f01-23456789abcd' as TicketId;
const OLD = '11234567-89ab-4cde-8f01-23456789abcd' as TicketId;

let tablet: PlainTablet;

beforeEach(async () => {
  tablet = await PlainTablet.paired();
  const formerTickets = [{ ticketId: OLD, revokedAt: at('12:00') }];
  const registration = aRegistration('A', { ticketId: AYSE, formerTickets });
  await tablet.hears({ changes: [{ kind: 'registration', registration }] });
});

describe('a ticket’s number at the door', () => {
  test('lets in whom the roster knows, and is a scan of that ticket', async () => {
    const outcome = await tablet.door.scan(' 04hm-asw9 ');
    expect(outcome).toMatchObject({
      kind: 'shown',
      scan: { ticketId: AYSE, payloadHash: null },
      verdict: { word: 'admitted', registration: { name: 'Gast A' } },
    });
    expect(await tablet.door.scan('O4HMASW9')).toMatchObject({ verdict: { word: 'already_inside' } });
  });

  test('of a replaced ticket lets nobody in', async () => {
    expect(await tablet.door.scan(ticketNumberOf(OLD))).toMatchObject({ verdict: { word: 'revoked' } });
  });

  test('that the roster doesn’t know is refused, and the staff are told why', async () => {
    const outcome = await tablet.door.scan('7K3M-9QXT');
    expect(outcome).toMatchObject({
      scan: { ticketId: null, verdictShown: 'invalid' },
      verdict: { word: 'invalid', unknownNumber: true },
    });
    const nonsense = await tablet.door.scan('nonsense!');
    expect(nonsense.kind === 'shown' && nonsense.verdict).toEqual({
      word: 'invalid',
      registration: null,
      workgroup: null,
    });
  });

  test('that two tickets have is refused: nobody knows whose it is', async () => {
    const twin = `${AYSE.slice(0, -1)}0` as TicketId;
    const registration = aRegistration('B', { ticketId: twin });
    await tablet.hears({ changes: [{ kind: 'registration', registration }] });
    expect(await tablet.door.scan('04HM-ASW9')).toMatchObject({ verdict: { word: 'invalid' } });
  });
});
