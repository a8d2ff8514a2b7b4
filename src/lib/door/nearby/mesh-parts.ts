import type { DeviceId } from '../../domain/ids.ts';
import type { SealedSignal } from '../../domain/nearby/signal.ts';
import type { DeviceBook } from '../device-book.ts';
import type { RecordBook } from '../record-book.ts';
import type { HandShakeParts, HandShakeRefusal } from './hand-shakes.ts';
import type { NeighbourMemory } from './neighbour.ts';

/** What a mesh stands on, and what it tells. */
export interface MeshParts extends HandShakeParts {
  book: RecordBook & DeviceBook;
  memory: NeighbourMemory;
  /** Calls back after some milliseconds; returns what takes it back. */
  schedule: (callback: () => void, delay: number) => () => void;
  /** 0 to 1. */
  random: () => number;
  /** Takes a signal for another tablet to the server; it is lost where there is none. */
  post: (to: DeviceId, signal: SealedSignal) => void;
  /** Something on the screen may be different. */
  onChange: () => void;
}

/** What became of the other tablet's picture. */
export type PictureOutcome =
  /** Now the other tablet must read this one. */
  | { kind: 'answer'; with: DeviceId; signal: SealedSignal }
  | { kind: 'connecting'; with: DeviceId }
  /** `full`: as many are linked as can be. */
  | { kind: 'refused'; why: HandShakeRefusal | 'full' };
