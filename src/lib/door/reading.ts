import type { EventState } from '../domain/event-state.ts';
import { readTicketNumber } from '../domain/ticket-number.ts';
import { readTicketText, type TicketReading } from '../domain/ticket.ts';
import { vouchedFor } from '../domain/vouched-for.ts';
import { ticketTextsIn } from './keyboard-layout.ts';

/**
 * Reads what came from a camera, a hand scanner or a keyboard: a ticket's text, or its number.
 *
 * @param texts - what it may have been, the likeliest first; the first that is a ticket counts
 */
export async function readScanned(texts: readonly string[], state: EventState): Promise<TicketReading> {
  const { keys } = state.venue;
  const plain = texts.map((text) => text.trim());
  for (const text of new Set([...plain, ...plain.flatMap(ticketTextsIn)])) {
    const reading = await readTicketText(text, keys);
    if (reading.kind === 'ticket') return reading;
  }
  const unread = await readTicketText(plain[0] ?? '', keys);
  const number = readTicketNumber(plain[0] ?? '');
  if (number === null || unread.kind === 'ticket') return unread;
  const [ticketId, another] = state.ticketsWithNumber(number);
  // Where chance has given two tickets one number, neither is meant for sure.
  return ticketId && !another ? vouchedFor(ticketId, state) : { ...unread, unknownNumber: true };
}
