import * as v from 'valibot';
import type { DoorDatabase } from '../database.ts';
import { KnownNeighbourSchema, type NeighbourMemory } from './neighbour.ts';

const KnownSchema = v.array(KnownNeighbourSchema);

/** Keeps whom this tablet was linked to on its disk; what another version has left there and can't be read is nothing. */
export function neighbourMemory(db: DoorDatabase): NeighbourMemory {
  return {
    async read() {
      const parsed = v.safeParse(KnownSchema, (await db.fact('neighbours')) ?? []);
      return parsed.success ? parsed.output : [];
    },
    write: (known) => db.setFact('neighbours', known),
  };
}
