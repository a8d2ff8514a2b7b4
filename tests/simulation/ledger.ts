import type { DeviceId } from '../../src/lib/domain/ids.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import type { WalkIn } from '../../src/lib/domain/wire.ts';
import type { NewScan } from '../../src/lib/door/outbox.ts';
import type { Process } from './scheduler.ts';
import type { World } from './world.ts';

/** Something that the staff did at a tablet. */
export interface Deed {
  tablet: string;
  /** The run of the app that it was done with. */
  process: Process;
  what: string;
  at: number;
  endedAt: number | null;
  /** What the screen said in the end. */
  shown: string | null;
}

/** A scan that a tablet set out to store. */
export interface Attempt {
  deed: Deed | null;
  scan: NewScan;
  at: number;
}

/** What people at the doors saw, with their own eyes: written down beside the product, and never read by it. */
export class Ledger {
  readonly deeds: Deed[] = [];
  readonly attempts = new Map<string, Attempt>();
  /** By id: what a screen has shown for good. */
  readonly shownScans = new Map<string, Scan>();
  readonly shownWalkIns = new Map<string, { walkIn: WalkIn; deviceId: DeviceId }>();
  /** When tablets were revoked, by the true time. */
  readonly revokedAt = new Map<string, number>();
  /** What was handed to tablets, or to the server, and nobody has made so. */
  readonly forged = new Set<string>();
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  begin(tablet: string, process: Process, what: string): Deed {
    const deed: Deed = { tablet, process, what, at: this.world.now, endedAt: null, shown: null };
    this.deeds.push(deed);
    return deed;
  }

  end(deed: Deed, shown: string): void {
    deed.endedAt = this.world.now;
    deed.shown = shown;
    this.world.tell(`${deed.tablet}: ${deed.what} → ${shown}`);
  }

  showScan(scan: Scan): void {
    const before = this.shownScans.get(scan.id);
    if (before) this.world.violate('lost', `two screens showed the scan ${scan.id}`);
    this.shownScans.set(scan.id, scan);
  }
}
