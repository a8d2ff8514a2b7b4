import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TicketId } from '../../src/lib/domain/ids.ts';
import { numberMatcher, readTicketNumber, ticketNumberOf } from '../../src/lib/domain/ticket-number.ts';

const ticketIds = fc.uuid({ version: 4 }).map((id) => id as TicketId);

describe('a ticket’s number', () => {
  test('is eight characters in two groups, from the first 40 bits of the ticket’s id', () => {
    expect(ticketNumberOf('00000000-0000-4000-8000-000000000000' as TicketId)).toBe('0000-0000');
    expect(ticketNumberOf('ffffffff-ff00-4000-8000-000000000000' as TicketId)).toBe('ZZZZ-ZZZZ');
    // 0x0123456789 is 00000 00100 10001 10100 01010 11001 11100 01001
    expect(ticketNumberOf('01234567-8900-4000-8000-000000000000' as TicketId)).toBe('04HM-ASW9');
  });

  test('is read back from what people type', () => {
    fc.assert(
      fc.property(ticketIds, (id) => {
        const number = ticketNumberOf(id);
        for (const typed of [
          number,
          number.replace('-', ''),
          number.toLowerCase(),
          ` ${[...number].join(' ')} `,
          number.replace('-', '–'),
          number.replaceAll('0', 'o'),
          number.replaceAll('1', 'I'),
          number.replaceAll('1', 'l'),
        ])
          expect(readTicketNumber(typed)).toBe(number);
      }),
    );
  });

  test.each(['', '7K3M', '7K3M-9QX', '7K3M-9QXTA', '7K3M-9QXU', '7K3M_9QXT'])(
    'is not read from %j',
    (typed) => expect(readTicketNumber(typed)).toBeNull(),
  );

  test('matches its own ticket and those that begin alike', () => {
    fc.assert(
      fc.property(ticketIds, ticketIds, (id, other) => {
        const matches = numberMatcher(ticketNumberOf(id));
        expect(matches(id)).toBe(true);
        expect(matches(other)).toBe(ticketNumberOf(other) === ticketNumberOf(id));
      }),
    );
  });
});
