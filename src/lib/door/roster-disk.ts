import type { RegistrationId } from '../domain/ids.ts';
import type { Bytes } from '../domain/bytes.ts';
import type { ChangeWire, SyncResponseWire, WalkIn } from '../domain/wire.ts';
import type { SignedWalkIn } from '../domain/signed-record.ts';
import {
  isSealedRelayed,
  isSealedWalkIn,
  type DoorDatabase,
  type FeedPage,
  type StoredRelayed,
  type StoredWalkIn,
} from './database.ts';
import { compactPages } from './pages.ts';
import type { Sealed, Vault } from './vault.ts';

type Page = Pick<SyncResponseWire, 'changes'>;

/** What the sealed part of the disk held. */
export interface RosterContent {
  /** The pages it was read from, to notice that they have changed since. */
  numbers: number[];
  changes: ChangeWire[];
  /** Walk-ins that the server has confirmed. */
  walkIns: Map<RegistrationId, WalkIn>;
  /** The same of other tablets, by the registration's id. */
  relayed: Map<string, SignedWalkIn>;
}

/**
 * The sealed part of the tablet's disk. Sealing can't be done within a transaction, because IndexedDB ends one that
 * waits for anything else; so it is done before, and the transaction checks that nothing has changed meanwhile.
 */
export class RosterDisk {
  private readonly db: DoorDatabase;
  private readonly vault: Vault;

  constructor(db: DoorDatabase, vault: Vault) {
    this.db = db;
    this.vault = vault;
  }

  async read(): Promise<RosterContent> {
    const tables = [this.db.pages, this.db.walkIns, this.db.relayed];
    const [pages, stored, ofOthers] = await this.db.transaction('r', tables, () =>
      Promise.all([
        this.db.pages.orderBy('number').toArray(),
        this.db.walkIns.toArray(),
        this.db.relayed.filter(isSealedRelayed).toArray(),
      ]),
    );
    const changes = await Promise.all(pages.map((page) => this.openPage(page)));
    const sealed = stored.filter(isSealedWalkIn);
    const walkIns = await Promise.all(sealed.map((walkIn) => this.openWalkIn(walkIn.sealed)));
    const relayed = await Promise.all(
      ofOthers
        .filter(isSealedRelayed)
        .map(async ({ id, sealed: one }) => [id, await this.openRelayed(one)] as const),
    );
    return {
      numbers: pages.map(({ number }) => number),
      changes: changes.flat(),
      walkIns: new Map(walkIns.map((walkIn) => [walkIn.registrationId, walkIn])),
      relayed: new Map(relayed),
    };
  }

  /** @param answer - of the server, as it came: a page holds one, or what compacting has made of several */
  sealPage(answer: Bytes): Promise<Sealed> {
    return this.vault.sealText(answer, 'page');
  }

  async sealWalkIn(walkIn: WalkIn): Promise<StoredWalkIn> {
    const { registrationId } = walkIn;
    return { registrationId, sealed: await this.vault.seal(walkIn, 'walk-in') };
  }

  /** @returns what takes the place of a walk-in that another tablet has handed over */
  async sealRelayed({ id, way, at, ...rest }: StoredRelayed & SignedWalkIn): Promise<StoredRelayed> {
    const { walkIn, deviceId, signature } = rest;
    const record: SignedWalkIn = { walkIn, deviceId, signature };
    return { id, way, at, sealed: await this.vault.seal(record, 'relayed walk-in') };
  }

  /** Rewrites the pages as few, without what newer news has replaced; not when news has come in meanwhile. */
  async compact(): Promise<void> {
    const { pages } = this.db;
    const { numbers, changes } = await this.read();
    const rewritten = await Promise.all(
      compactPages([changes]).map((page) => this.vault.seal({ changes: page } satisfies Page, 'page')),
    );
    await this.db.transaction('rw', pages, this.db.facts, async () => {
      const now = await pages.orderBy('number').primaryKeys();
      if (!sameNumbers(now, numbers)) return;
      await pages.clear();
      await pages.bulkAdd(rewritten.map((sealed) => ({ sealed })));
      await this.db.facts.delete('forgetting');
    });
  }

  private async openPage(page: FeedPage): Promise<ChangeWire[]> {
    return ((await this.vault.open(page.sealed, 'page')) as Page).changes;
  }

  private async openRelayed(sealed: Sealed): Promise<SignedWalkIn> {
    return (await this.vault.open(sealed, 'relayed walk-in')) as SignedWalkIn;
  }

  private async openWalkIn(sealed: Sealed): Promise<WalkIn> {
    return (await this.vault.open(sealed, 'walk-in')) as WalkIn;
  }
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}
