import type { DeviceId, ScanId } from '../../src/lib/domain/ids.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import type { Change } from '../../src/lib/domain/wire.ts';

/** What one registrant was told, and what they asked for without being told how it ended. */
export interface GuestRecord {
  /** Unlike everybody else's: by it the registration is found. */
  email: string;
  /** Whether the server has said that they are registered. */
  acknowledged: boolean;
  /** What the server has said that the registration holds; null: nobody said. */
  name: string;
  workgroup: string | null;
  cancelled: boolean;
  /** A change or cancellation whose answer never came: it may have happened. */
  open: { name?: string; workgroup?: string; cancelled?: true }[];
  /** How many changes the server has said yes to. */
  changes: number;
}

/** What the organiser was told about one registration. */
export interface DecisionRecord {
  registrationId: string;
  workgroup: string | null;
  cancelled: boolean;
  open: { workgroup?: string; cancelled?: true }[];
}

/** What one tablet has scanned, handed in, and learned. */
export interface TabletRecord {
  deviceId: DeviceId;
  made: Map<ScanId, Scan>;
  acknowledged: Set<ScanId>;
  /** What it learned from the feed, and how often. */
  learned: Map<ScanId, number>;
  /** The newest that it knows of each registration. */
  roster: Map<string, Extract<Change, { kind: 'registration' }>['registration']>;
  /** How often the server told it to start over. */
  resets: number;
}

/** Everything that anybody was promised, to be held against the database afterwards. */
export class Ledger {
  readonly guests: GuestRecord[] = [];
  readonly decisions = new Map<string, DecisionRecord>();
  /** How many moves and cancellations the organiser was told to be done. */
  decided = 0;
  readonly tablets: TabletRecord[] = [];
  /** The Message-IDs of what the mail server has taken, in their order. */
  readonly mails: string[] = [];
  /** Answers that said honestly that the server can't do it now. */
  honest = 0;
  /** What must not happen at all, and how often it did. */
  readonly violations = new Map<string, number>();
  /** The most confirmed registrations that any workgroup had beyond its places, at any time. */
  overbooked = 0;

  violate(what: string): void {
    this.violations.set(what, (this.violations.get(what) ?? 0) + 1);
  }
}
