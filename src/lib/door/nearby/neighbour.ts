import * as v from 'valibot';
import { DeviceIdSchema, type DeviceId } from '../../domain/ids.ts';
import { SealedSignalSchema } from '../../domain/nearby/signal.ts';
import { MillisSchema, type Millis } from '../../domain/time.ts';

/** How a tablet stands to another that it is, was or shall be linked to. */
export type NeighbourState =
  | 'connecting'
  | 'linked'
  /** Linked, but nothing has come for a while: asleep, or out of reach. */
  | 'silent'
  /** It was linked, and is taken back as soon as it can be reached without anybody's help. */
  | 'returning'
  /** It was linked, and by now only another hand-shake by pictures helps. */
  | 'lost'
  /** The Wi-Fi lets its guests not talk to each other. */
  | 'forbidden';

/** For the screen. */
export interface Neighbour {
  deviceId: DeviceId;
  state: NeighbourState;
  /** When it was heard last, by this tablet's clock. */
  heardAt: Millis | null;
  /** Records that came from it, or through it, and were new. */
  gained: number;
  /** What was refused of what came from it. */
  refused: number;
}

/** What outlives the page: whom this tablet was linked to, and by what it can come back. It names nobody. */
export const KnownNeighbourSchema = v.object({
  deviceId: DeviceIdSchema,
  heardAt: v.nullable(MillisSchema),
  standing: v.nullable(SealedSignalSchema),
});
export type KnownNeighbour = v.InferOutput<typeof KnownNeighbourSchema>;

/** Where it is kept. */
export interface NeighbourMemory {
  read(): Promise<KnownNeighbour[]>;
  write(known: KnownNeighbour[]): Promise<void>;
}
