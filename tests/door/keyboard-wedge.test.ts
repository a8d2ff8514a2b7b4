import { beforeAll, describe, expect, test } from 'vitest';
import { WedgeBuffer } from '../../src/lib/door/keyboard-wedge.ts';
import { PlainTablet } from './support.ts';

let tablet: PlainTablet;
let ticket: string;

beforeAll(async () => {
  tablet = await PlainTablet.paired();
  ticket = await tablet.ticket('A');
});

/** Types a text, some milliseconds a key; a key's place is told where it is a letter's or a digit's. */
function type(buffer: WedgeBuffer, text: string, pace = 5, from = 0): number {
  let time = from;
  for (const key of text) {
    const code = /[A-Z]/.test(key) ? `Key${key}` : /\d/.test(key) ? `Digit${key}` : '';
    buffer.add({ key, code, shift: /[A-Z]/.test(key), time });
    time += pace;
  }
  return time;
}

describe('what is typed outside of text fields', () => {
  test('is a scan when it comes fast and ends', () => {
    const buffer = new WedgeBuffer();
    expect(buffer.end(type(buffer, ticket), null)).toContain(ticket);
  });

  test('is a scan too when it is no ticket: the staff shall see that', () => {
    const buffer = new WedgeBuffer();
    expect(buffer.end(type(buffer, 'https://example.org'), null)).toEqual(['https://example.org']);
  });

  test('is none when a person types slowly, or a few keys, or nothing', () => {
    const buffer = new WedgeBuffer();
    expect(buffer.end(type(buffer, 'https://example.org', 600), null)).toBeNull();
    expect(buffer.end(type(buffer, 'abc'), null)).toBeNull();
    expect(buffer.end(0, null)).toBeNull();
  });

  test('is one scan after the other', () => {
    const buffer = new WedgeBuffer();
    const end = type(buffer, ticket);
    buffer.end(end, null);
    expect(buffer.end(type(buffer, 'another code', 5, end), null)).toEqual(['another code']);
  });
});

describe('what is typed into a text field', () => {
  test('is a scan when it has a ticket’s form', () => {
    const buffer = new WedgeBuffer();
    expect(buffer.end(type(buffer, ticket), ticket)).toContain(ticket);
  });

  test('is a scan too when the keys were not seen, only the text that they left', () => {
    expect(new WedgeBuffer().end(0, ticket)?.[0]).toBe(ticket);
  });

  test('stays what it is otherwise', () => {
    const buffer = new WedgeBuffer();
    expect(buffer.end(type(buffer, 'Ayşe Yılmaz'), 'Ayşe Yılmaz')).toBeNull();
  });
});

test('the door believes the text that a key has signed, whichever of them it is', async () => {
  const german = ticket
    .replaceAll(/[YZ]/g, (letter) => (letter === 'Y' ? 'Z' : 'Y'))
    .replaceAll('-', 'ß')
    .replaceAll('/', '-')
    .replaceAll(':', 'Ö')
    .replaceAll('*', '(')
    .replaceAll(/\+(?=[^AEIOU ])/g, '`')
    .replaceAll(/\+[AEIOU]/g, (pair) => `${pair[1]}\u0300`.normalize('NFC'))
    .replaceAll('+ ', '`');
  const outcome = await tablet.door.scan(german);
  expect(outcome).toMatchObject({ kind: 'shown', verdict: { word: 'admitted' } });
  const several = await tablet.door.scan('EL:nonsense', ticket);
  expect(several).toMatchObject({ kind: 'shown', verdict: { word: 'already_inside' } });
});
