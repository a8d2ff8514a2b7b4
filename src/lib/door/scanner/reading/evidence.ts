import { placesOf, type TicketBits } from './ticket-bits.ts';
import { BIT_PLACES, BLOCKS, MODULES } from './ticket-symbol.ts';

/**
 * What several frames show of one ticket, put together: noise, glare and blur differ from frame to frame, the modules
 * don't.
 */
export interface Evidence {
  modules: Float32Array;
  frames: number;
  /** When a frame was last added, as the count of frames then. */
  lastAt: number;
}

const PLACES = Array.from({ length: BLOCKS }, (_, block) => placesOf(block));

/** Two tickets agree by 0.1 at the most, because of what all of an event's tickets begin with. */
const SAME_TICKET = 0.2;
/** Each block of a text that came from several frames must be in the last one too. */
const SAME_BLOCK = 0.2;
/** What was not added to for so many frames is of a ticket that is gone. */
const FORGOTTEN = 12;
/** A frame that fits none is of another ticket, or was taken from a wrong place: the others are kept for a while. */
const MOST = 2;
/** A block that has been corrected is known, and weighs as so many modules. */
const CORRECTED = 2;

/** The evidence of the tickets that were in view lately. */
export class EvidenceStore {
  private all: Evidence[] = [];

  /** Adds what one frame shows to the ticket that it fits. @returns all that is known of that ticket now */
  add(modules: Float32Array, bits: TicketBits, weight: number, frame: number): Evidence {
    this.all = this.all.filter(({ lastAt }) => frame - lastAt <= FORGOTTEN);
    const agreements = this.all.map((evidence) => agreement(evidence.modules, modules));
    const best = agreements.indexOf(Math.max(...agreements));
    const known = agreements.length > 0 && agreements[best]! >= SAME_TICKET ? this.all[best]! : null;
    const evidence = known ?? { modules: new Float32Array(MODULES), frames: 0, lastAt: frame };
    if (!known) this.all = [evidence, ...this.all].slice(0, MOST);
    for (let i = 0; i < MODULES; i += 1) evidence.modules[i]! += weight * clamp(modules[i]!);
    bits.blocks.forEach((block, number) =>
      block?.forEach((value, i) => (evidence.modules[PLACES[number]![i]!]! += CORRECTED * value)),
    );
    evidence.frames += 1;
    evidence.lastAt = frame;
    return evidence;
  }

  clear(): void {
    this.all = [];
  }
}

/** One module that is taken for very sure must not outweigh many frames. */
function clamp(value: number): number {
  return value > 1.5 ? 1.5 : value < -1.5 ? -1.5 : value;
}

/** Whether a frame shows the very modules of a text, in each of its blocks. */
export function shows(modules: Float32Array, bits: TicketBits): boolean {
  return bits.blocks.every((block, number) => {
    if (!block) return false;
    return correlation(block.length, (i) => [block[i]!, modules[PLACES[number]![i]!]!]) >= SAME_BLOCK;
  });
}

/** How far two readings are of the same ticket: 1 is exactly, 0 not at all. */
function agreement(one: Float32Array, other: Float32Array): number {
  return correlation(BIT_PLACES.length, (i) => [one[BIT_PLACES[i]!]!, other[BIT_PLACES[i]!]!]);
}

function correlation(length: number, pair: (i: number) => [number, number]): number {
  let [mixed, ones, others] = [0, 0, 0];
  for (let i = 0; i < length; i += 1) {
    const [one, other] = pair(i);
    mixed += one * other;
    ones += one * one;
    others += other * other;
  }
  return mixed / Math.sqrt(ones * others + 1e-9);
}
