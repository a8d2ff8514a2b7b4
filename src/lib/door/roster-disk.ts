import type { RegistrationId } from '../domain/ids.ts';
import type { Bytes } from '../domain/bytes.ts';
import type { ChangeWire, SyncResponseWire, WalkIn } from '../domain/wire.ts';
import { isSealedWalkIn, type DoorDatabase, type FeedPage, type StoredWalkIn } from './database.ts';
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
    const [pages, stored] = await this.db.transaction('r', this.db.pages, this.db.walkIns, () =>
      Promise.all([this.db.pages.orderBy('number').toArray(), this.db.walkIns.toArray()]),
    );
    const changes = await Promise.all(pages.map((page) => this.openPage(page)));
    const sealed = stored.filter(isSealedWalkIn);
    const walkIns = await Promise.all(sealed.map((walkIn) => this.openWalkIn(walkIn.sealed)));
    return {
      numbers: pages.map(({ number }) => number),
      changes: changes.flat(),
      walkIns: new Map(walkIns.map((walkIn) => [walkIn.registrationId, walkIn])),
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

  private async openWalkIn(sealed: Sealed): Promise<WalkIn> {
    return (await this.vault.open(sealed, 'walk-in')) as WalkIn;
  }
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}
