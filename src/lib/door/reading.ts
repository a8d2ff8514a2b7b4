import type { EventState } from '../domain/event-state.ts';
import { readTicketText, type TicketReading } from '../domain/ticket.ts';
import { ticketTextsIn } from './keyboard-layout.ts';

/**
 * Reads what came from a camera, a hand scanner or a keyboard.
 *
 * @param texts - what it may have been, the likeliest first; the first that is a ticket counts
 */
export async function readScanned(texts: readonly string[], { venue }: EventState): Promise<TicketReading> {
  const plain = texts.map((text) => text.trim());
  for (const text of new Set([...plain, ...plain.flatMap(ticketTextsIn)])) {
    const reading = await readTicketText(text, venue.keys);
    if (reading.kind === 'ticket') return reading;
  }
  return readTicketText(plain[0] ?? '', venue.keys);
}
