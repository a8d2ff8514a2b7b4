import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import * as v from 'valibot';
import { bytesToBase64url, type Bytes } from '../../src/lib/domain/bytes.ts';
import type { EventSettingWire } from '../../src/lib/domain/setting.ts';
import { createKeyPair, keyIdOf, type KeyPair } from '../../src/lib/domain/signing.ts';
import { issueTicketText } from '../../src/lib/domain/ticket.ts';
import type { Millis } from '../../src/lib/domain/time.ts';
import { SyncResponseSchema, type ChangeWire, type SyncResponseWire } from '../../src/lib/domain/wire.ts';
import { DoorDatabase, type Duty } from '../../src/lib/door/database.ts';
import { Door } from '../../src/lib/door/door.ts';
import { RosterDisk } from '../../src/lib/door/roster-disk.ts';
import { DoorStore } from '../../src/lib/door/store.ts';
import { lockState, TabletLock } from '../../src/lib/door/tablet-lock.ts';
import { openVault } from '../../src/lib/door/vault.ts';
import { aSetting, at, checkpointId, deviceId, EVENT, ticketId } from '../domain/support.ts';

export const HALL_ENTRY: Duty = { checkpointId: checkpointId('hall-door'), direction: 'entry' };

/** What its staff open it with. */
export const PIN = '246813';

/** An answer as it comes over the line. */
export const bytesOf = (wire: SyncResponseWire): Bytes => new TextEncoder().encode(JSON.stringify(wire));

/** A tablet's disk, which outlives the app. */
export class Disk {
  private readonly indexedDB = new IDBFactory();

  /** A connection of its own. */
  connect(): DoorDatabase {
    return new DoorDatabase('einlass-door', { indexedDB: this.indexedDB, IDBKeyRange });
  }

  /** What is on disk, read by a connection of its own. */
  async read() {
    const db = this.connect();
    try {
      return {
        scans: await db.scans.orderBy('deviceSeq').toArray(),
        walkIns: await db.walkIns.toArray(),
        pages: await db.pages.toArray(),
        facts: await db.facts.toArray(),
        progress: await db.fact('progress'),
      };
    } finally {
      db.close();
    }
  }
}

/** A tablet that is paired and stands at the hall's door, and a server that says what the test has it say. */
export class PlainTablet {
  readonly disk = new Disk();
  now: Millis = at('15:40');
  database!: DoorDatabase;
  store!: DoorStore;
  door!: Door;
  lock!: TabletLock;
  setting!: EventSettingWire;
  private keyPair!: KeyPair;

  static async paired(): Promise<PlainTablet> {
    const tablet = new PlainTablet();
    await tablet.start();
    tablet.keyPair = await createKeyPair();
    const { publicKey, privateKey } = tablet.keyPair;
    const keyId = await keyIdOf(publicKey);
    const key = { keyId, eventId: EVENT, publicKey: bytesToBase64url(publicKey), revoked: false };
    const self = { id: deviceId('tab1'), name: 'tab1', publicKey: key.publicKey };
    tablet.setting = { ...aSetting(), keys: [key], devices: [self] };
    const identity = {
      deviceId: deviceId('tab1'),
      eventId: EVENT,
      name: 'tab1',
      token: 't',
      handInToken: 'h',
      keyId,
      privateKey,
    };
    await tablet.store.pair(identity, tablet.now);
    await tablet.lock.choosePin(PIN);
    await tablet.store.setDuty(HALL_ENTRY);
    await tablet.hears({ changes: [{ kind: 'setting', setting: tablet.setting }], cursor: 'db1.1' });
    return tablet;
  }

  async start(): Promise<void> {
    this.database = this.disk.connect();
    this.store = await DoorStore.open(this.database, () => this.now);
    this.door = new Door(this.store);
    this.lock = new TabletLock(this.store, 1);
    if (lockState(this.store) === 'locked') await this.lock.unlock(PIN);
  }

  /** The app is killed and started again. */
  async crash(): Promise<void> {
    this.store.close();
    await this.start();
  }

  /** Takes an answer of the server's to what the tablet knows now. */
  async hears(values: Partial<SyncResponseWire>): Promise<boolean> {
    const wire: SyncResponseWire = {
      acknowledged: [],
      changes: [],
      cursor: this.store.progress.cursor ?? 'db1.1',
      more: false,
      serverTime: this.now,
      ...values,
    };
    const basis = { deviceId: deviceId('tab1'), cursor: this.store.progress.cursor };
    return this.store.applySync(basis, v.parse(SyncResponseSchema, wire), bytesOf(wire), 0);
  }

  /** The text of a ticket of workgroup w1. */
  async ticket(name: string): Promise<string> {
    const { publicKey, privateKey } = this.keyPair;
    const ticket = {
      keyId: await keyIdOf(publicKey),
      eventId: EVENT,
      ticketId: ticketId(name),
      workgroupNumber: 1,
      validFrom: at('15:00'),
      validUntil: at('19:00'),
    };
    return issueTicketText(ticket, privateKey);
  }

  /** @returns the word that was shown, or why nothing was */
  async scan(name: string): Promise<string> {
    const outcome = await this.door.scan(await this.ticket(name));
    return outcome.kind === 'shown' ? outcome.verdict.word : outcome.kind;
  }

  /** What the server has said, as it lies sealed on disk. */
  async newsOnDisk(): Promise<ChangeWire[]> {
    const vault = await openVault((await this.database.fact('lock'))!, PIN);
    return (await new RosterDisk(this.database, vault!).read()).changes;
  }

  headcount(): number {
    return this.store.state!.venueTotal();
  }
}
