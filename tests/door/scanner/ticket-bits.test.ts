import { describe, expect, test } from 'vitest';
import { BIT_PLACES } from '../../../src/lib/door/scanner/reading/ticket-symbol.ts';
import { placesOf, readTicketBits } from '../../../src/lib/door/scanner/reading/ticket-bits.ts';
import { modulesOf, ticketText, withNoise } from './support.ts';

describe("a ticket's modules", () => {
  test('give its text, whatever its mask', () => {
    const masks = new Set<number>();
    for (let seed = 1; seed <= 30; seed += 1) {
      const read = readTicketBits(modulesOf(ticketText(seed)));
      expect(read.text).toBe(ticketText(seed));
      masks.add(read.mask);
    }
    expect(masks.size).toBeGreaterThan(3);
  });

  test('give it also when one in fifty is wrong', () => {
    for (let seed = 1; seed <= 20; seed += 1)
      expect(readTicketBits(withNoise(modulesOf(ticketText(seed)), 0.42, seed)).text).toBe(ticketText(seed));
  });

  test('may be more often wrong where they are known to be unsure', () => {
    const modules = modulesOf(ticketText(1));
    // Twelve bytes of the first block are wrong, more than can be corrected; but eight of them are unsure.
    const places = placesOf(0);
    for (let byte = 0; byte < 12; byte += 1) modules[places[8 * byte]!]! *= byte < 8 ? -0.1 : -1;
    expect(readTicketBits(modules).text).toBe(ticketText(1));
  });

  test('give no text when they are noise', () => {
    for (let seed = 1; seed <= 200; seed += 1)
      expect(readTicketBits(withNoise(new Float32Array(41 * 41), 1, seed)).text).toBeNull();
  });

  test("give no text that is not a ticket's", () => {
    const stranger = 'HTTPS://EXAMPLE.ORG/'.padEnd(153, 'A');
    expect(readTicketBits(modulesOf(stranger)).text).toBeNull();
  });

  test('are each of one block', () => {
    const all = [0, 1, 2, 3].flatMap((block) => [...placesOf(block)]);
    expect(all.sort((a, b) => a - b)).toEqual([...BIT_PLACES].sort((a, b) => a - b));
    expect(new Set(all).size).toBe(4 * 43 * 8);
  });
});
