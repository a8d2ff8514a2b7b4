import type { TicketId } from './ids.ts';
import { parseTicketText } from './ticket.ts';

declare const brand: unique symbol;

/**
 * A ticket's number, for people to read aloud and to type: the first 40 bits of the ticket's id, which are random, in
 * Crockford's base 32 (crockford.com/base32.html), such as `7K3M-9QXT`. It proves nothing by itself: a door believes
 * it only where the roster holds the ticket.
 */
export type TicketNumber = string & { [brand]: 'TicketNumber' };

/** No I, L, O and U: they look like others, or make words. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 8;
const HEX_DIGITS = (LENGTH * 5) / 4;

export function ticketNumberOf(ticketId: TicketId): TicketNumber {
  let rest = Number.parseInt(leadingDigits(ticketId), 16);
  let text = '';
  for (let i = 0; i < LENGTH; i++) {
    text = ALPHABET[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return grouped(text);
}

/** The number of the ticket that has this text. @returns null when it has not a ticket's form */
export function ticketNumberOfText(text: string): TicketNumber | null {
  const signed = parseTicketText(text);
  return signed && ticketNumberOf(signed.ticket.ticketId);
}

/**
 * Reads a number as people type it: in small letters, with spaces or without, O for zero, I or L for one.
 *
 * @returns null for what is no ticket's number
 */
export function readTicketNumber(typed: string): TicketNumber | null {
  const text = typed
    .toUpperCase()
    .replaceAll(/[\s\p{Dash}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return text.length === LENGTH && [...text].every((char) => ALPHABET.includes(char)) ? grouped(text) : null;
}

/** Whether a ticket has this number; for a whole roster faster than making every ticket's. */
export function numberMatcher(number: TicketNumber): (ticketId: TicketId) => boolean {
  const start = ticketIdStart(number);
  return (ticketId) => ticketId.startsWith(start);
}

/** What the ids of the tickets with this number begin with. */
export function ticketIdStart(number: TicketNumber): string {
  let value = 0;
  for (const char of number.replace('-', '')) value = value * 32 + ALPHABET.indexOf(char);
  const digits = value.toString(16).padStart(HEX_DIGITS, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}

function leadingDigits(ticketId: TicketId): string {
  return ticketId.replace('-', '').slice(0, HEX_DIGITS);
}

function grouped(text: string): TicketNumber {
  return `${text.slice(0, LENGTH / 2)}-${text.slice(LENGTH / 2)}` as TicketNumber;
}
