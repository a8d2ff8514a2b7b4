import { Dexie, type DexieOptions, type EntityTable, type Table } from 'dexie';
import type { CertifiedDevice } from '../domain/device-certificate.ts';
import type { CheckpointId, Cursor, DeviceId, EventId, KeyId, RegistrationId } from '../domain/ids.ts';
import type { Scan } from '../domain/scan.ts';
import type { Direction } from '../domain/setting.ts';
import type { SignedScan, SignedWalkIn } from '../domain/signed-record.ts';
import type { KeyPair, PrivateKey } from '../domain/signing.ts';
import type { Millis } from '../domain/time.ts';
import type { TabletNews, WalkIn } from '../domain/wire.ts';
import type { LearntOfTablet } from './learnt.ts';
import type { KnownNeighbour } from './nearby/neighbour.ts';
import type { PinAttempts } from './pin-attempts.ts';
import type { Way } from './record-book.ts';
import type { Lock, Sealed } from './vault.ts';

/** Who this tablet is, since its pairing. */
export interface Identity {
  deviceId: DeviceId;
  eventId: EventId;
  name: string;
  /** Null while the tablet is locked; on disk only until the PIN has been chosen, and sealed from then on. */
  token: string | null;
  /** Hands in what waits while the tablet is locked. Version 1 of the database had none: its rows get one with the PIN. */
  handInToken: string;
  keyId: KeyId;
  /** Signs walk-ins' tickets. */
  privateKey: PrivateKey;
}

/** How far this tablet has got with the server. */
export interface Progress {
  cursor: Cursor | null;
  /** What must be added to the tablet's clock to get the server's, in milliseconds. */
  clockOffset: number;
  /** By the server's clock. */
  lastSyncAt: Millis | null;
}

export const NO_PROGRESS: Progress = { cursor: null, clockOffset: 0, lastSyncAt: null };

/** Which door the tablet stands at. */
export interface Duty {
  checkpointId: CheckpointId;
  direction: Direction;
}

interface Facts {
  identity: Identity;
  progress: Progress;
  duty: Duty;
  /** Made for a pairing that has not been answered: asking again with the same key finds the same tablet. */
  pairingKey: KeyPair;
  /** The bearer token. */
  token: Sealed;
  /** Absent before a PIN was chosen, and when everything sealed has been forgotten. */
  lock: Lock;
  attempts: PinAttempts;
  /** How the server last heard the event's tablets; it names nobody. */
  tablets: TabletNews[];
  /** What came from other tablets, and when; it names nobody. */
  learnt: LearntOfTablet[];
  /** Conflicts that the staff have seen, by their key. */
  seenConflicts: string[];
  /** Whom the staff have found at the assembly point, by the keys of `evacuationList`. */
  found: string[];
  /** When the roster goes by itself, because the event is over. */
  expiresAt: Millis;
  /** Earlier pages still hold somebody who is to be forgotten. */
  forgetting: true;
  /** Whom this tablet was linked to in the local network, and by what it can come back; it names nobody. */
  neighbours: KnownNeighbour[];
  /** By which it is known when it comes back. */
  certificate: RTCCertificate;
  /** Tablets that this one knows from others alone, with the server's word for each. */
  met: CertifiedDevice[];
  /** When it was last tried out whether the disk takes what it is given. */
  proof: Millis;
}

type Fact = { [Name in keyof Facts]: { name: Name; value: Facts[Name] } }[keyof Facts];

/** An earlier version of the app did not know who checks in by hand. */
export type StoredScan = Omit<Scan, 'byHand'> & Partial<Pick<Scan, 'byHand'>>;

/** `waiting` is 1 until the server has confirmed the record, and then absent: IndexedDB leaves it out of the index. */
export type Waiting<Item> = Item & { waiting?: 1 };

/**
 * A walk-in that waits lies in the clear, because it must get to the server even when nobody knows the PIN any more;
 * once the server has it, it is sealed.
 */
export type StoredWalkIn = (WalkIn & { waiting: 1 }) | { registrationId: RegistrationId; sealed: Sealed };

/**
 * A record that another tablet has made and handed over. Like an own one it waits in the clear: whoever made it may be
 * lost, and a locked tablet must be able to hand it in. A walk-in is sealed once the server has it; a scan names nobody.
 */
export type StoredRelayed = {
  /** The scan's, or the registration's. */
  id: string;
  way: Way;
  /** When it came here, by this tablet's clock. */
  at: Millis;
  waiting?: 1;
} & (SignedScan | SignedWalkIn | { sealed: Sealed });

export function isSealedRelayed(
  relayed: StoredRelayed,
): relayed is Extract<StoredRelayed, { sealed: Sealed }> {
  return 'sealed' in relayed;
}

export function isSealedWalkIn(walkIn: StoredWalkIn): walkIn is Extract<StoredWalkIn, { sealed: Sealed }> {
  return 'sealed' in walkIn;
}

/** A page of the server's feed, as it came, sealed. */
export interface FeedPage {
  number: number;
  sealed: Sealed;
}

/**
 * What the tablet keeps on disk. Every write is durable (`strict`) before it counts as done.
 *
 * - `scans`, `walkIns`: what this tablet made; they stay after the upload, because used tickets must be remembered.
 *   Scans name nobody but the staff, and lie in the clear: a locked tablet must be able to hand them in.
 * - `relayed`: what other tablets have made and handed over, until it has come with the pages, too.
 * - `pages`: what came from the server, in the order in which it came; later news wins. Folding them gives the roster.
 * - `facts`: the few things that are one of a kind.
 */
export class DoorDatabase extends Dexie {
  declare scans: EntityTable<Waiting<StoredScan>, 'id'>;
  declare walkIns: Table<StoredWalkIn, RegistrationId>;
  declare relayed: Table<StoredRelayed, string>;
  declare pages: EntityTable<FeedPage, 'number'>;
  declare facts: EntityTable<Fact, 'name'>;

  constructor(name: string, options: DexieOptions = {}) {
    super(name, { ...options, chromeTransactionDurability: 'strict' });
    this.version(1).stores({
      scans: 'id, &deviceSeq, waiting',
      walkIns: 'registrationId, waiting',
      pages: '++number',
      facts: 'name',
    });
    // Version 1 had no vault: what it kept in the clear is fetched again, once a PIN has been chosen.
    this.version(2).upgrade(async (tx) => {
      await tx.table('pages').clear();
      await tx
        .table('walkIns')
        .filter(({ waiting }: { waiting?: 1 }) => !waiting)
        .delete();
      await tx
        .table('facts')
        .where('name')
        .equals('progress')
        .modify((fact: { value: Progress }) => (fact.value.cursor = null));
    });
    this.version(3).stores({ relayed: 'id, waiting' });
  }

  async fact<Name extends keyof Facts>(name: Name): Promise<Facts[Name] | null> {
    const fact = await this.facts.get(name);
    return (fact?.value as Facts[Name] | undefined) ?? null;
  }

  async setFact<Name extends keyof Facts>(name: Name, value: Facts[Name]): Promise<void> {
    await this.facts.put({ name, value });
  }
}
