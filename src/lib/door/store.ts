import type { Bytes } from '../domain/bytes.ts';
import type { EventState } from '../domain/event-state.ts';
import type { DeviceId } from '../domain/ids.ts';
import { cappedOffset, type Scan } from '../domain/scan.ts';
import { createKeyPair, type KeyPair } from '../domain/signing.ts';
import { isSignedScan, saysTheSame, type SignedRecord } from '../domain/signed-record.ts';
import { addMillis, type Clock, type Millis } from '../domain/time.ts';
import type { Change, SyncResponse, WalkIn } from '../domain/wire.ts';
import { countAll, storeAnswer, storeHandIn, type SyncBasis } from './answers.ts';
import { NO_PROGRESS, type DoorDatabase, type Duty, type Identity, type Progress } from './database.ts';
import { forgetSealed } from './disk.ts';
import { exchangeKeyIn, registrationOf } from './fold.ts';
import type { KnownRecords } from './known-records.ts';
import { learnMore, type LearntOfTablet } from './learnt.ts';
import { addScan, addWalkIn, readOutbox, type NewScan, type Outbox } from './outbox.ts';
import { MAX_PAGES } from './pages.ts';
import { recall } from './recall.ts';
import type { Way } from './record-book.ts';
import { addRelayed } from './relayed.ts';
import { RosterDisk } from './roster-disk.ts';
import { writeSteadfastly } from './steadfast-write.ts';
import type { Vault } from './vault.ts';

/**
 * The tablet's memory: what is on disk, and the event's state folded from it. Decisions read the state, which is in
 * memory; nothing enters the state before it is on disk. Without the vault's key there is no state, and what waits can
 * only be handed in.
 */
export class DoorStore {
  readonly db: DoorDatabase;
  private readonly clock: Clock;
  private vault: Vault | null = null;
  private disk: RosterDisk | null = null;
  private token: string | null = null;
  identity: Identity | null = null;
  duty: Duty | null = null;
  progress: Progress = NO_PROGRESS;
  /** Null until the first sync has brought the event's setting, and while the tablet is locked. */
  state: EventState | null = null;
  /** The records that this tablet can hand on; null where there is no state. */
  known: KnownRecords | null = null;
  /** Seals what passes between the event's tablets, in base64url; null while the tablet is locked. */
  exchangeKey: string | null = null;
  /** Own scans and walk-ins that the server has not confirmed. */
  waiting = 0;
  /** The same, of those that other tablets have made. */
  waitingRelayed = 0;
  /** How old what other tablets have handed over is. */
  learnt: readonly LearntOfTablet[] = [];
  private readonly listeners = new Set<() => void>();
  /** When the roster goes by itself. */
  expiresAt: Millis | null = null;
  /** A PIN has been chosen, and what it protects is there. */
  hasLock = false;

  private constructor(db: DoorDatabase, clock: Clock) {
    this.db = db;
    this.clock = clock;
  }

  /** Opens the store on what lies in the clear; the rest takes the PIN. */
  static async open(db: DoorDatabase, clock: Clock): Promise<DoorStore> {
    const store = new DoorStore(db, clock);
    await store.load();
    return store;
  }

  /** The server's time as well as this tablet knows it. */
  now(): Millis {
    return addMillis(this.clock(), cappedOffset(this.progress.clockOffset));
  }

  /** The tablet's own, uncorrected time. */
  deviceTime(): Millis {
    return this.clock();
  }

  get isOpen(): boolean {
    return this.vault !== null;
  }

  /** The key pair for the pairing under way: the same one until the pairing is answered. */
  async pairingKey(): Promise<KeyPair> {
    const begun = await this.db.fact('pairingKey');
    if (begun) return begun;
    const keyPair = await createKeyPair();
    await this.db.setFact('pairingKey', keyPair);
    return keyPair;
  }

  /** Makes this browser another tablet; what it was before is forgotten, which nothing may wait for. */
  async pair(identity: Identity, serverTime: Millis): Promise<void> {
    const progress: Progress = { ...NO_PROGRESS, clockOffset: serverTime - this.clock() };
    const { tables } = this.db;
    await this.db.transaction('rw', tables, async () => {
      const { waiting, waitingRelayed } = await countAll(this.db);
      if (waiting + waitingRelayed > 0) throw new Error('something waits to be handed in');
      await Promise.all(tables.map((table) => table.clear()));
      await this.db.setFact('identity', identity);
      await this.db.setFact('progress', progress);
    });
    this.shut();
    await this.load();
  }

  async setDuty(duty: Duty): Promise<void> {
    await this.db.setFact('duty', duty);
    this.duty = duty;
  }

  /** Takes the data key and brings what it seals into memory. */
  async openWith(vault: Vault, token: string): Promise<void> {
    this.vault = vault;
    this.disk = new RosterDisk(this.db, vault);
    this.token = token;
    await this.load();
    if (await this.db.fact('forgetting')) await this.disk.compact();
  }

  /** Lets go of the key and of everything that it seals. */
  lock(): void {
    this.shut();
    this.state = null;
    this.known = null;
    this.exchangeKey = null;
    if (this.identity) this.identity = { ...this.identity, token: null };
  }

  /** Writes something without meaning as durably as a scan. @throws when the disk refuses */
  async proveWriting(): Promise<void> {
    await this.db.setFact('proof', this.clock());
  }

  /**
   * Stores a scan and gives it its number; when this resolves, a power cut can't lose it.
   *
   * @throws {NotStored} when the disk refuses, or the tablet was wiped meanwhile
   */
  async appendScan(scan: NewScan): Promise<Scan> {
    const stored = await writeSteadfastly(this.db, (givenUp) => addScan(this.db, scan, givenUp));
    this.waiting += 1;
    this.remember(stored);
    return stored;
  }

  /** Believes a scan that the disk has taken after all, when nobody waited for it any more. */
  async believeLate(scan: Scan): Promise<void> {
    const { waiting } = await countAll(this.db);
    if (this.identity?.deviceId !== scan.deviceId) return;
    this.waiting = waiting;
    this.remember(scan);
  }

  /**
   * Stores a walk-in; it is in the roster from then on.
   *
   * @throws {NotStored} when the disk refuses, or the tablet was wiped meanwhile
   */
  async appendWalkIn(walkIn: WalkIn): Promise<void> {
    await writeSteadfastly(this.db, (givenUp) => addWalkIn(this.db, walkIn, givenUp));
    this.waiting += 1;
    this.state?.setRegistration(registrationOf(walkIn));
    if (this.identity) this.known?.addOwnWalkIn(walkIn, this.identity.deviceId);
    this.tellOfRecords();
  }

  /**
   * Stores what other tablets have made, once it is proven; it counts from then on.
   *
   * @returns how many are new; null when the tablet was locked or wiped meanwhile, so that none was stored
   * @throws when the disk refuses
   */
  async takeRelayed(records: readonly SignedRecord[], way: Way): Promise<number | null> {
    const deviceId = this.identity?.deviceId;
    if (!deviceId || !this.isOpen) return null;
    const how = { way, at: this.clock() };
    const stored = await addRelayed(this.db, deviceId, records, how);
    if (stored === null) return null;
    this.waitingRelayed += stored.length;
    this.learnt = learnMore(this.learnt, stored, how);
    for (const record of stored) {
      this.known?.add(record);
      if (isSignedScan(record)) this.state?.addScan(record.scan);
      // What the server says of a registration wins.
      else if (!this.state?.registrations.has(record.walkIn.registrationId))
        this.state?.setRegistration(registrationOf(record.walkIn));
    }
    if (stored.length > 0) this.tellOfRecords();
    return stored.length;
  }

  /** Calls back, soon, when this tablet has made or learnt a record. @returns ends it */
  onRecords(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** What waits for the server's confirmation, oldest first, as much as goes into one upload. */
  outbox(): Promise<Outbox> {
    return readOutbox(this.db);
  }

  /**
   * Takes the server's answer: what it confirmed waits no more, and its news is stored together with the cursor, in one
   * transaction, before it is believed. An answer to what is no longer so (two round trips at once, a wipe or a lock
   * meanwhile) changes nothing: its news may be older than what is known, and what it confirms is sent again.
   *
   * @param bytes - the answer as it came; what is stored
   * @param clockOffset - as measured in this round trip, in milliseconds
   * @returns whether the answer was taken
   */
  async applySync(
    basis: SyncBasis,
    answer: SyncResponse,
    bytes: Bytes,
    clockOffset: number,
  ): Promise<boolean> {
    const { disk } = this;
    const stored = disk && (await storeAnswer(this.db, disk, basis, answer, bytes, clockOffset));
    if (!stored) return false;
    const { forgotten, expiresAt, progress, waiting, waitingRelayed } = stored;
    const contradicted = (answer.relayed?.aside.length ?? 0) > 0 || this.isContradictedBy(answer.changes);
    // What was believed of other tablets is taken back where the server says otherwise.
    if (answer.reset || !this.state || contradicted) {
      await this.load();
    } else {
      this.progress = progress;
      this.waiting = waiting;
      this.waitingRelayed = waitingRelayed;
      this.exchangeKey = exchangeKeyIn(answer.changes) ?? this.exchangeKey;
      this.known?.forget(forgotten);
      this.known?.hear(answer.changes);
      this.expiresAt = expiresAt ?? this.expiresAt;
      for (const change of answer.changes) this.state.apply(change);
    }
    if (answer.changes.length > 0) this.tellOfRecords();
    // Earlier pages still hold what was known of somebody who is to be forgotten.
    if (forgotten.length > 0 || stored.pages > MAX_PAGES) await disk.compact();
    return true;
  }

  /** Takes from the answer to a locked tablet what was confirmed, and nothing else. */
  async applyHandIn(deviceId: DeviceId, answer: SyncResponse): Promise<void> {
    const left = await storeHandIn(this.db, deviceId, answer);
    this.waiting = left.waiting;
    this.waitingRelayed = left.waitingRelayed;
  }

  /**
   * Forgets everything, because this tablet was revoked; but not while something waits.
   *
   * @returns whether it was done
   */
  async wipe(): Promise<boolean> {
    const { tables } = this.db;
    const wiped = await this.db.transaction('rw', tables, async () => {
      const { waiting, waitingRelayed } = await countAll(this.db);
      if (waiting + waitingRelayed > 0) return false;
      await Promise.all(tables.map((table) => table.clear()));
      return true;
    });
    if (!wiped) return false;
    this.shut();
    await this.load();
    return true;
  }

  /** Forgets everything that is sealed, and the key to it. What waits can still be handed in. */
  async forgetRoster(): Promise<void> {
    await forgetSealed(this.db);
    this.shut();
    await this.load();
  }

  /** Reads what is on disk, and folds the state when there is a key. */
  async load(): Promise<void> {
    for (;;) {
      const { vault } = this;
      const read = await recall(this.db, this.disk);
      if (this.vault !== vault || !read) continue;
      this.identity = read.identity && { ...read.identity, token: read.identity.token ?? this.token };
      this.hasLock = read.lock !== null;
      this.progress = read.progress ?? NO_PROGRESS;
      this.duty = read.duty;
      this.expiresAt = read.expiresAt;
      this.waiting = read.waiting;
      this.waitingRelayed = read.waitingRelayed;
      this.learnt = read.learnt;
      this.state = read.state;
      this.known = read.known;
      this.exchangeKey = read.exchangeKey;
      return;
    }
  }

  close(): void {
    this.db.close();
  }

  private shut(): void {
    this.vault = null;
    this.disk = null;
    this.token = null;
  }

  private remember(scan: Scan): void {
    this.state?.addScan(scan);
    this.known?.add({ scan });
    this.tellOfRecords();
  }

  /** Whether the server has another scan than a tablet that handed it over, under the same id. */
  private isContradictedBy(changes: readonly Change[]): boolean {
    return changes.some((change) => {
      const known = change.kind === 'scan' && this.known?.get(change.scan.id);
      return known && change.kind === 'scan' && !saysTheSame(known, { scan: change.scan });
    });
  }

  /** Nobody at the door waits for who is told of it. */
  private tellOfRecords(): void {
    for (const listener of this.listeners) queueMicrotask(listener);
  }
}
