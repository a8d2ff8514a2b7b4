import { describe, expect, test } from 'vitest';
import { TicketReader } from '../../../src/lib/door/scanner/reading/ticket-reader.ts';
import { HEIGHT, WIDTH, type Scene } from '../../bench/frames/scene.ts';
import { frameOf, heldTicket } from './support.ts';

const EMPTY = { width: WIDTH, height: HEIGHT, data: new Uint8Array(WIDTH * HEIGHT).fill(120) };

describe('a ticket is read', () => {
  const cases: [string, Partial<Scene>][] = [
    ['as it is', {}],
    ['turned and tilted', { rotation: -0.78, tilt: 0.69 }],
    ['in modules of two and a half pixels', { module: 2.5, blur: 0.6 }],
    ['so blurred that light and dark run together', { module: 4, blur: 2 }],
    ['with an eighth of the contrast', { contrast: 0.12 }],
    ['light on dark', { inverted: true }],
    ['through a broken screen', { cracked: true }],
  ];
  test.each(cases)('%s', (_, changes) => {
    const scene = heldTicket(3, changes);
    expect(new TicketReader().read(frameOf(scene), true)).toBe(scene.text);
  });

  test('from several frames, where one is too noisy', () => {
    const scene = heldTicket(3, { contrast: 0.12, noise: 9, module: 3.2, blur: 0.9 });
    const reader = new TicketReader();
    expect(reader.read(frameOf(scene), true)).toBeNull();
    const texts = Array.from({ length: 8 }, (_, i) => reader.read(frameOf(scene, i + 1), true));
    expect(texts).toContain(scene.text);
  });
});

describe('a reader of tickets', () => {
  test('reads nothing where there is nothing', () => {
    expect(new TicketReader().read(EMPTY, true)).toBeNull();
  });

  test('follows a ticket in the hand without looking all over the picture', () => {
    const scene = heldTicket(4, {});
    const reader = new TicketReader();
    expect(reader.follows).toBe(false);
    reader.read(frameOf(scene), true);
    expect(reader.follows).toBe(true);
    expect(reader.read(frameOf(scene, 1), false)).toBe(scene.text);
  });

  test('has nothing more to tell once the ticket has been taken away', () => {
    const scene = heldTicket(4, {});
    const reader = new TicketReader();
    reader.read(frameOf(scene), true);
    expect(reader.read(EMPTY, true)).toBeNull();
    expect(reader.follows).toBe(false);
  });

  test('reads the next ticket, held in the same place, as itself', () => {
    const [one, next] = [heldTicket(4, {}), { ...heldTicket(4, {}), text: heldTicket(5, {}).text }];
    const reader = new TicketReader();
    expect(reader.read(frameOf(one), true)).toBe(one.text);
    expect(reader.read(frameOf(next), true)).toBe(next.text);
  });
});
