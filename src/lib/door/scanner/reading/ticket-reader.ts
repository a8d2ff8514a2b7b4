import { EvidenceStore, shows } from './evidence.ts';
import { findFinders } from './finders.ts';
import { Surroundings, type GreyImage } from './grey-image.ts';
import { followCode, locateCode, type Location } from './locate.ts';
import { readModules, takeSamples } from './sample.ts';
import { placesOf, readTicketBits, type TicketBits } from './ticket-bits.ts';
import { FIXED } from './ticket-symbol.ts';

/**
 * Reads tickets that no general reader reads, because it knows what a ticket's code looks like: it finds the code by
 * its fixed modules, takes the blur back, and puts several frames of a ticket together.
 */
export class TicketReader {
  private readonly evidence = new EvidenceStore();
  private last: Location | null = null;
  private seen: { text: string; bits: TicketBits } | null = null;
  private frame = 0;

  /** Whether it knows where a code is, so that reading the next frame is quick. */
  get follows(): boolean {
    return this.last !== null;
  }

  /** @param search - whether to look all over the picture when no code is followed, which takes longer */
  read(image: GreyImage, search: boolean): string | null {
    this.frame += 1;
    const around = new Surroundings(image);
    const followed = this.last && followCode(image, around, this.last);
    const location = followed ?? (search ? locateCode(image, around, findFinders(image, around)) : null);
    this.last = location;
    if (!location) return null;
    const samples = takeSamples(image, location);
    let modules = readModules(samples);
    let bits = readTicketBits(modules);
    if (this.seen && shows(modules, this.seen.bits)) return this.seen.text;
    // What a first look makes sure teaches more about the blur than the fixed modules alone.
    for (let round = 0; round < 2 && bits.text === null; round += 1) {
      modules = readModules(samples, knownBy(modules, bits));
      bits = readTicketBits(modules);
    }
    if (bits.text !== null) return this.done(bits, bits.text);
    const evidence = this.evidence.add(modules, bits, location.likeness ** 2, this.frame);
    if (evidence.frames < 2) return null;
    const together = readTicketBits(evidence.modules);
    return together.text !== null && shows(modules, together) ? this.done(together, together.text) : null;
  }

  private done(bits: TicketBits, text: string): string {
    this.seen = { text, bits };
    this.evidence.clear();
    return text;
  }
}

/** How sure a module must be to be learned from. */
const SURE = 0.6;

/** The modules that are taken as known: the fixed ones, those of corrected blocks, and those that look sure. */
function knownBy(modules: Float32Array, bits: TicketBits): Int8Array {
  const known = Int8Array.from(modules, (value) => (value > SURE ? 1 : value < -SURE ? -1 : 0));
  FIXED.forEach((value, place) => {
    if (value !== 0) known[place] = value;
  });
  bits.blocks.forEach((block, number) => {
    const places = placesOf(number);
    block?.forEach((value, i) => (known[places[i]!] = value));
  });
  return known;
}
