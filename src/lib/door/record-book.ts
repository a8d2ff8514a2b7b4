import type { Held } from '../domain/held.ts';
import type { SignedRecord } from '../domain/signed-record.ts';

/** By which way a record came here from another tablet. */
export type Way = 'pictures' | 'local_network';

/** How many of the records that another tablet has handed over were new here, known already, and refused. */
export interface Taken {
  taken: number;
  known: number;
  refused: number;
}

/** What a tablet knows of the records that the event's tablets make, for handing it to another tablet. */
export interface RecordBook {
  /** What this tablet has, of every device. */
  held(): Promise<Held>;
  /** Whatever this tablet has that somebody with `held` lacks, its own and others'. */
  beyond(held: Held): Promise<SignedRecord[]>;
  /** Verifies each record, and stores those that are new before they count; a bad one changes nothing. */
  take(records: SignedRecord[], way: Way): Promise<Taken>;
  /** Seals what passes between the event's tablets; null where this tablet has none, or is locked. */
  exchangeKey(): Promise<CryptoKey | null>;
  /** Calls back when this tablet has made or learnt a record. @returns ends it */
  onNews(listener: () => void): () => void;
}
