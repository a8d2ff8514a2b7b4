import type { Bytes } from '../domain/bytes.ts';
import type { EventState } from '../domain/event-state.ts';
import type { Cursor, DeviceId, RegistrationId } from '../domain/ids.ts';
import { cappedOffset, type Scan } from '../domain/scan.ts';
import { createKeyPair, type KeyPair } from '../domain/signing.ts';
import { addMillis, type Clock, type Millis } from '../domain/time.ts';
import { isSignedScan, saysTheSame, type SignedRecord } from '../domain/signed-record.ts';
import { readChanges, type Change, type SyncResponse, type WalkIn } from '../domain/wire.ts';
import {
  isSealedRelayed,
  isSealedWalkIn,
  type DoorDatabase,
  type Duty,
  type Identity,
  type Progress,
} from './database.ts';
import { forgetSealed, readDisk } from './disk.ts';
import { expiryOf } from './expiry.ts';
import { exchangeKeyIn, forgottenBy, registrationOf, stateOf } from './fold.ts';
import { learnMore, type LearntOfTablet } from './learnt.ts';
import { knownRecords, type KnownRecords } from './known-records.ts';
import {
  addScan,
  addWalkIn,
  confirmScans,
  countWaiting,
  readOutbox,
  scanOf,
  withoutWaiting,
  type NewScan,
  type Outbox,
} from './outbox.ts';
import { MAX_PAGES } from './pages.ts';
import type { Way } from './record-book.ts';
import { addRelayed, countRelayed, handInAgain, partsOf, recordOf, settleRelayed } from './relayed.ts';
import { RosterDisk, sameNumbers } from './roster-disk.ts';
import { writeSteadfastly } from './steadfast-write.ts';
import type { Vault } from './vault.ts';

const NO_PROGRESS: Progress = { cursor: null, clockOffset: 0, lastSyncAt: null };

/** What a round trip began with. */
export interface SyncBasis {
  deviceId: DeviceId;
  cursor: Cursor | null;
}

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
      if ((await countWaiting(this.db)) + (await countRelayed(this.db)) > 0)
        throw new Error('something waits to be handed in');
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
    this.state?.addScan(stored);
    this.known?.add({ scan: stored });
    this.tellOfRecords();
    return stored;
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
    if (!disk) return false;
    const progress = { cursor: answer.cursor, clockOffset, lastSyncAt: answer.serverTime };
    const sealed = answer.changes.length > 0 ? await disk.sealPage(bytes) : null;
    const confirmed = await Promise.all(
      (await this.waitingWalkIns(answer.acknowledged)).map((walkIn) => disk.sealWalkIn(walkIn)),
    );
    const before = answer.reset ? await disk.read() : null;
    const again = [...(before?.walkIns.values() ?? [])];
    const relayedAgain = [...(before?.relayed.values() ?? [])];
    const { acknowledged, aside } = answer.relayed ?? { acknowledged: [], aside: [] };
    const sealedRelayed = await this.sealRelayed(disk, acknowledged);
    const forgotten = answer.changes.flatMap(forgottenBy);
    const expiresAt = expiryOf(answer.changes);
    const { scans, walkIns, relayed, pages, facts } = this.db;
    const stored = await this.db.transaction('rw', [scans, walkIns, relayed, pages, facts], async () => {
      const identity = await this.db.fact('identity');
      const known = (await this.db.fact('progress')) ?? NO_PROGRESS;
      if (identity?.deviceId !== basis.deviceId || known.cursor !== basis.cursor) return null;
      if (!(await this.db.fact('lock'))) return null;
      if (answer.reset) {
        await pages.clear();
        await scans.toCollection().modify({ waiting: 1 });
        await walkIns.bulkPut(again.map((walkIn) => ({ ...walkIn, waiting: 1 })));
        await handInAgain(this.db, relayedAgain);
      }
      await confirmScans(this.db, answer.acknowledged);
      await walkIns.bulkPut(confirmed);
      const news = { acknowledged, aside, sealed: sealedRelayed, changes: answer.changes, forgotten };
      await settleRelayed(this.db, news);
      if (sealed) await pages.add({ sealed });
      if (forgotten.length > 0) {
        await walkIns.where('registrationId').anyOf(forgotten).filter(isSealedWalkIn).delete();
        await this.db.setFact('forgetting', true);
      }
      if (expiresAt !== null) await this.db.setFact('expiresAt', expiresAt);
      if (answer.tablets) await this.db.setFact('tablets', answer.tablets);
      await this.db.setFact('progress', progress);
      return {
        waiting: await countWaiting(this.db),
        waitingRelayed: await countRelayed(this.db),
        pages: await pages.count(),
      };
    });
    if (stored === null) return false;
    // What was believed of other tablets is taken back where the server says otherwise.
    if (answer.reset || !this.state || aside.length > 0 || this.isContradictedBy(answer.changes)) {
      await this.load();
    } else {
      this.progress = progress;
      this.waiting = stored.waiting;
      this.waitingRelayed = stored.waitingRelayed;
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
    const { acknowledged } = answer;
    const ofOthers = answer.relayed ?? { acknowledged: [], aside: [] };
    const { scans, walkIns, relayed, facts } = this.db;
    const ids = acknowledged as RegistrationId[];
    const left = await this.db.transaction('rw', scans, walkIns, relayed, facts, async () => {
      if ((await this.db.fact('identity'))?.deviceId === deviceId) {
        await confirmScans(this.db, acknowledged);
        // Without the key it can't be sealed; it comes back with the feed.
        await walkIns
          .where('registrationId')
          .anyOf(ids)
          .filter((walkIn) => !isSealedWalkIn(walkIn))
          .delete();
        await relayed
          .where('id')
          .anyOf(ofOthers.acknowledged)
          .filter((row) => 'walkIn' in row)
          .delete();
        await settleRelayed(this.db, { ...ofOthers, sealed: [], changes: [], forgotten: [] });
      }
      return { waiting: await countWaiting(this.db), waitingRelayed: await countRelayed(this.db) };
    });
    Object.assign(this, left);
  }

  /**
   * Forgets everything, because this tablet was revoked; but not while something waits.
   *
   * @returns whether it was done
   */
  async wipe(): Promise<boolean> {
    const { tables } = this.db;
    const wiped = await this.db.transaction('rw', tables, async () => {
      if ((await countWaiting(this.db)) > 0) return false;
      if ((await countRelayed(this.db)) > 0) return false;
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
      const { vault, disk } = this;
      const roster = disk && (await disk.read());
      const read = await readDisk(this.db, { withScans: roster !== null });
      // Nothing is awaited from here on: a scan stored meanwhile comes either with the disk or into the new state.
      if (this.vault !== vault) continue;
      if (roster && !sameNumbers(read.pageNumbers, roster.numbers)) continue;
      const known = read.walkIns.map((walkIn) =>
        isSealedWalkIn(walkIn) ? roster?.walkIns.get(walkIn.registrationId) : withoutWaiting(walkIn),
      );
      const ofOthers = read.relayed.map((row) =>
        isSealedRelayed(row) ? roster?.relayed.get(row.id) : recordOf(row),
      );
      if (roster && [...known, ...ofOthers].includes(undefined)) continue;
      this.identity = read.identity && { ...read.identity, token: read.identity.token ?? this.token };
      this.hasLock = read.lock !== null;
      this.duty = read.duty;
      this.progress = read.progress ?? NO_PROGRESS;
      this.expiresAt = read.expiresAt;
      this.waiting = read.waiting;
      this.waitingRelayed = read.waitingRelayed;
      this.learnt = read.learnt;
      const changes = roster ? readChanges(roster.changes) : [];
      const scans = read.scans.map(scanOf);
      const walkIns = known.filter((walkIn) => walkIn !== undefined);
      const relayed = ofOthers.filter((record) => record !== undefined);
      const parts = partsOf(relayed);
      this.state = roster && stateOf([...walkIns, ...parts.walkIns], changes, [...scans, ...parts.scans]);
      this.exchangeKey = exchangeKeyIn(changes);
      const deviceId = this.identity?.deviceId;
      this.known =
        this.state && deviceId ? knownRecords({ deviceId, scans, walkIns }, changes, relayed) : null;
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

  /** Walk-ins of other tablets that the server has confirmed. */
  private async sealRelayed(disk: RosterDisk, ids: readonly string[]) {
    const rows = ids.length > 0 ? await this.db.relayed.bulkGet([...ids]) : [];
    return Promise.all(rows.flatMap((row) => (row && 'walkIn' in row ? [disk.sealRelayed(row)] : [])));
  }

  private async waitingWalkIns(ids: readonly string[]): Promise<WalkIn[]> {
    const stored = await this.db.walkIns.bulkGet(ids as RegistrationId[]);
    return stored.flatMap((walkIn) => (walkIn && !isSealedWalkIn(walkIn) ? [withoutWaiting(walkIn)] : []));
  }
}
