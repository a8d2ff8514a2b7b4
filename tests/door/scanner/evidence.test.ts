import { describe, expect, test } from 'vitest';
import { EvidenceStore, shows } from '../../../src/lib/door/scanner/reading/evidence.ts';
import { readTicketBits } from '../../../src/lib/door/scanner/reading/ticket-bits.ts';
import { modulesOf, ticketText, withNoise } from './support.ts';

const NOISE = 1.1;

function frame(seed: number, number: number) {
  const modules = withNoise(modulesOf(ticketText(seed)), NOISE, 1_000 * seed + number);
  return { modules, bits: readTicketBits(modules) };
}

describe('frames of one ticket', () => {
  test('are read together when none of them can be read alone', () => {
    const store = new EvidenceStore();
    let text: string | null = null;
    for (let number = 1; number <= 12 && text === null; number += 1) {
      const { modules, bits } = frame(1, number);
      expect(bits.text).toBeNull();
      text = readTicketBits(store.add(modules, bits, 1, number).modules).text;
    }
    expect(text).toBe(ticketText(1));
  });

  test('are not put together with those of the next ticket', () => {
    const store = new EvidenceStore();
    for (let number = 1; number <= 3; number += 1) {
      const { modules, bits } = frame(1, number);
      store.add(modules, bits, 1, number);
    }
    const { modules, bits } = frame(2, 4);
    expect(store.add(modules, bits, 1, 4).frames).toBe(1);
  });

  test('still count when a frame between them was of something else', () => {
    const store = new EvidenceStore();
    const one = frame(1, 1);
    store.add(one.modules, one.bits, 1, 1);
    const other = frame(2, 2);
    store.add(other.modules, other.bits, 1, 2);
    const again = frame(1, 3);
    expect(store.add(again.modules, again.bits, 1, 3).frames).toBe(2);
  });

  test('are forgotten when the ticket has been away', () => {
    const store = new EvidenceStore();
    const one = frame(1, 1);
    store.add(one.modules, one.bits, 1, 1);
    const later = frame(1, 20);
    expect(store.add(later.modules, later.bits, 1, 20).frames).toBe(1);
  });
});

describe('a text that came from several frames', () => {
  const right = readTicketBits(modulesOf(ticketText(1)));

  test('is shown by a noisy frame of its ticket', () => {
    expect(shows(frame(1, 1).modules, right)).toBe(true);
  });

  test('is not shown by a frame of another ticket', () => {
    expect(shows(frame(2, 1).modules, right)).toBe(false);
  });

  test('is not shown when one of its blocks is of another ticket', () => {
    const other = readTicketBits(modulesOf(ticketText(2)));
    const mixed = { ...right, blocks: [...right.blocks.slice(0, 3), other.blocks[3]!] };
    expect(shows(frame(1, 1).modules, mixed)).toBe(false);
  });
});
