import type { EventState } from '../domain/event-state.ts';
import type { Cursor, DeviceId, RegistrationId } from '../domain/ids.ts';
import { cappedOffset, type Scan } from '../domain/scan.ts';
import { createKeyPair, type KeyPair } from '../domain/signing.ts';
import { addMillis, type Clock, type Millis } from '../domain/time.ts';
import type { SyncResponse, SyncResponseWire, WalkIn } from '../domain/wire.ts';
import type { DoorDatabase, Duty, Identity, Progress } from './database.ts';
import { forgottenBy, registrationOf, stateOf } from './fold.ts';
import { compactPages, MAX_PAGES } from './pages.ts';

/** The most records in one upload. */
const UPLOAD_SIZE = 200;

const NO_PROGRESS: Progress = { cursor: null, clockOffset: 0, lastSyncAt: null };

/** What a round trip began with. */
export interface SyncBasis {
  deviceId: DeviceId;
  cursor: Cursor | null;
}

/**
 * The tablet's memory: what is on disk, and the event's state folded from it. Decisions read the state, which is in
 * memory; nothing enters the state before it is on disk.
 */
export class DoorStore {
  private readonly db: DoorDatabase;
  private readonly clock: Clock;
  identity: Identity | null = null;
  duty: Duty | null = null;
  progress: Progress = NO_PROGRESS;
  /** Null until the first sync has brought the event's setting. */
  state: EventState | null = null;
  /** Scans and walk-ins that the server has not confirmed. */
  waiting = 0;
  private lastSeq = 0;

  private constructor(db: DoorDatabase, clock: Clock) {
    this.db = db;
    this.clock = clock;
  }

  /** Opens the store and folds what is on disk. */
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

  /** The key pair for the pairing under way: the same one until the pairing is answered. */
  async pairingKey(): Promise<KeyPair> {
    const begun = await this.db.fact('pairingKey');
    if (begun) return begun;
    const keyPair = await createKeyPair();
    await this.db.setFact('pairingKey', keyPair);
    return keyPair;
  }

  async pair(identity: Identity, serverTime: Millis): Promise<void> {
    const progress: Progress = { ...NO_PROGRESS, clockOffset: serverTime - this.clock() };
    await this.db.transaction('rw', this.db.facts, async () => {
      await this.db.facts.delete('pairingKey');
      await this.db.setFact('identity', identity);
      await this.db.setFact('progress', progress);
    });
    this.identity = identity;
    this.progress = progress;
  }

  async setDuty(duty: Duty): Promise<void> {
    await this.db.setFact('duty', duty);
    this.duty = duty;
  }

  /** The number that the next scan gets; it is taken once the scan is stored. */
  nextSeq(): number {
    return this.lastSeq + 1;
  }

  /**
   * Stores a scan; when this resolves, a power cut can't lose it.
   *
   * @throws when the disk refuses, or the tablet was wiped meanwhile; then nothing has changed
   */
  async appendScan(scan: Scan): Promise<void> {
    await this.db.transaction('rw', this.db.scans, this.db.facts, async () => {
      const identity = await this.db.fact('identity');
      if (identity?.deviceId !== scan.deviceId) throw new Error('the tablet is not the one that scanned');
      await this.db.scans.add({ ...scan, waiting: 1 });
    });
    this.lastSeq = scan.deviceSeq;
    this.waiting += 1;
    this.state?.addScan(scan);
  }

  /**
   * Stores a walk-in; it is in the roster from then on.
   *
   * @throws when the disk refuses, or the tablet was wiped meanwhile; then nothing has changed
   */
  async appendWalkIn(walkIn: WalkIn): Promise<void> {
    await this.db.transaction('rw', this.db.walkIns, this.db.facts, async () => {
      if (!(await this.db.fact('identity'))) throw new Error('the tablet is not paired');
      await this.db.walkIns.add({ ...walkIn, waiting: 1 });
    });
    this.waiting += 1;
    this.state?.setRegistration(registrationOf(walkIn));
  }

  /** What waits for the server's confirmation, oldest first, as much as goes into one upload. */
  async outbox(): Promise<{ scans: Scan[]; walkIns: WalkIn[] }> {
    const scans = await this.db.scans.where('waiting').equals(1).sortBy('deviceSeq');
    const walkIns = await this.db.walkIns.where('waiting').equals(1).limit(UPLOAD_SIZE).toArray();
    return {
      scans: scans.slice(0, UPLOAD_SIZE).map(withoutWaiting),
      walkIns: walkIns.map(withoutWaiting),
    };
  }

  /**
   * Takes the server's answer: what it confirmed waits no more, and its news is stored together with the cursor, in one
   * transaction, before it is believed. An answer to what is no longer so (two round trips at once, a wipe meanwhile)
   * changes nothing: its news may be older than what is known, and what it confirms is sent again.
   *
   * @param wire - the answer as it came; what is stored
   * @param clockOffset - as measured in this round trip, in milliseconds
   * @returns whether the answer was taken
   */
  async applySync(
    basis: SyncBasis,
    answer: SyncResponse,
    wire: SyncResponseWire,
    clockOffset: number,
  ): Promise<boolean> {
    const progress = { cursor: answer.cursor, clockOffset, lastSyncAt: answer.serverTime };
    const { scans, walkIns, pages, facts } = this.db;
    const stored = await this.db.transaction('rw', [scans, walkIns, pages, facts], async () => {
      const identity = await this.db.fact('identity');
      const before = (await this.db.fact('progress')) ?? NO_PROGRESS;
      if (identity?.deviceId !== basis.deviceId || before.cursor !== basis.cursor) return null;
      if (answer.reset) {
        await pages.clear();
        await scans.toCollection().modify({ waiting: 1 });
        await walkIns.toCollection().modify({ waiting: 1 });
      }
      if (answer.acknowledged.length > 0) await this.confirm(new Set(answer.acknowledged));
      const news = wire.changes.length > 0;
      if (news) await pages.add({ changes: wire.changes });
      const forgotten = answer.changes.flatMap(forgottenBy);
      if (forgotten.length > 0) await this.forget(forgotten);
      await this.db.setFact('progress', progress);
      return { waiting: await this.countWaiting(), pages: news ? await pages.count() : 0 };
    });
    if (stored === null) return false;
    if (answer.reset || !this.state) {
      await this.load();
      return true;
    }
    this.progress = progress;
    this.waiting = stored.waiting;
    for (const change of answer.changes) this.state.apply(change);
    if (stored.pages > MAX_PAGES) await this.compact();
    return true;
  }

  /**
   * Forgets everything, because this tablet was revoked; but not while something waits.
   *
   * @returns whether it was done
   */
  async wipe(): Promise<boolean> {
    const { tables } = this.db;
    const wiped = await this.db.transaction('rw', tables, async () => {
      if ((await this.countWaiting()) > 0) return false;
      await Promise.all(tables.map((table) => table.clear()));
      return true;
    });
    if (wiped) await this.load();
    return wiped;
  }

  close(): void {
    this.db.close();
  }

  private async load(): Promise<void> {
    const { scans, walkIns, pages, facts } = this.db;
    const disk = await this.db.transaction('r', [scans, walkIns, pages, facts], async () => ({
      identity: await this.db.fact('identity'),
      duty: await this.db.fact('duty'),
      progress: await this.db.fact('progress'),
      waiting: await this.countWaiting(),
      scans: await scans.orderBy('deviceSeq').toArray(),
      walkIns: await walkIns.toArray(),
      pages: await pages.orderBy('number').toArray(),
    }));
    // Nothing is awaited from here on: a scan stored meanwhile comes either with the disk or into the new state.
    this.identity = disk.identity;
    this.duty = disk.duty;
    this.progress = disk.progress ?? NO_PROGRESS;
    this.waiting = disk.waiting;
    this.lastSeq = disk.scans.at(-1)?.deviceSeq ?? 0;
    this.state = stateOf(
      disk.walkIns,
      disk.pages.flatMap((page) => page.changes),
      disk.scans.map(withoutWaiting),
    );
  }

  /** Only what the server named by its id stops waiting. */
  private async confirm(acknowledged: ReadonlySet<string>): Promise<void> {
    await this.db.scans
      .where('waiting')
      .equals(1)
      .modify((scan) => {
        if (acknowledged.has(scan.id)) delete scan.waiting;
      });
    await this.db.walkIns
      .where('waiting')
      .equals(1)
      .modify((walkIn) => {
        if (acknowledged.has(walkIn.registrationId)) delete walkIn.waiting;
      });
  }

  /** Earlier pages still hold what was known, and a walk-in's own record does. */
  private async forget(ids: RegistrationId[]): Promise<void> {
    await this.db.walkIns
      .where('registrationId')
      .anyOf(ids)
      .filter(({ waiting }) => !waiting)
      .delete();
    await this.compact();
  }

  private async countWaiting(): Promise<number> {
    const scans = await this.db.scans.where('waiting').equals(1).count();
    const walkIns = await this.db.walkIns.where('waiting').equals(1).count();
    return scans + walkIns;
  }

  private async compact(): Promise<void> {
    const { pages } = this.db;
    await this.db.transaction('rw', pages, async () => {
      const stored = await pages.orderBy('number').toArray();
      await pages.clear();
      await pages.bulkAdd(compactPages(stored.map((page) => page.changes)).map((changes) => ({ changes })));
    });
  }
}

function withoutWaiting<Item extends { waiting?: 1 }>({ waiting: _, ...item }: Item): Omit<Item, 'waiting'> {
  return item;
}
