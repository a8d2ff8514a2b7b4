import { v7 } from 'uuid';
import type { CheckpointId, Cursor, ScanId, TicketId } from '../../src/lib/domain/ids.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { MAX_SCANS_PER_SYNC, type PairResponse } from '../../src/lib/domain/wire.ts';
import { httpTransport, type Transport } from '../../src/lib/door/transport.ts';
import type { Ledger, TabletRecord } from './ledger.ts';
import { pause, type Chance } from './random.ts';

const MOST_AT_ONCE = 20;
const REFUSALS_THAT_PASS = [503, 507];

/**
 * A tablet under load: an outbox that a scan leaves only when the server has confirmed it by its id, over the real
 * transport, and everything that it learns from the feed.
 */
export class LoadTablet {
  private readonly identity: PairResponse;
  private readonly tickets: TicketId[];
  private readonly chance: Chance;
  private readonly ledger: Ledger;
  private readonly record: TabletRecord;
  private readonly transport: Transport;
  private readonly steps = new Map<TicketId, number>();
  private readonly outbox = new Map<ScanId, Scan>();
  private cursor: Cursor | null = null;
  private seq = 0;
  private lastTime = 0;

  constructor(
    identity: PairResponse,
    tickets: TicketId[],
    chance: Chance,
    ledger: Ledger,
    fetcher: typeof fetch,
    url: string,
  ) {
    this.identity = identity;
    this.tickets = tickets;
    this.chance = chance;
    this.ledger = ledger;
    this.record = {
      deviceId: identity.deviceId,
      made: new Map(),
      acknowledged: new Set(),
      learned: new Map(),
      roster: new Map(),
      resets: 0,
    };
    ledger.tablets.push(this.record);
    this.transport = httpTransport(fetcher, url);
  }

  /** Scans and hands in until it shall end. */
  async work(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      for (let i = this.chance.whole(0, MOST_AT_ONCE); i > 0; i -= 1) this.scan();
      await this.sync();
      await pause(this.chance.whole(20, 150));
    }
  }

  /** Hands everything in and fetches everything. @throws when that doesn't come to an end */
  async finish(): Promise<void> {
    for (let tries = 0; tries < 400; tries += 1) {
      const result = await this.sync();
      if (result === 'done' && this.outbox.size === 0) return;
      if (result === 'failed') await pause(250);
    }
    throw new Error('a tablet could not hand everything in');
  }

  /** One round trip. */
  async sync(): Promise<'done' | 'more' | 'failed'> {
    const scans = [...this.outbox.values()].slice(0, MAX_SCANS_PER_SYNC);
    const answer = await this.transport.sync(this.identity.token, {
      cursor: this.cursor,
      scans,
      walkIns: [],
      status: { waiting: this.outbox.size, clockOffset: 0, version: 'faults', battery: 0.5 },
    });
    if (answer.kind === 'refused' && !REFUSALS_THAT_PASS.includes(answer.status))
      this.ledger.violate(`a tablet was refused: ${answer.status} ${answer.code}`);
    if (answer.kind !== 'ok') return 'failed';
    const { acknowledged, changes, cursor, more, reset } = answer.body;
    for (const id of acknowledged as ScanId[]) {
      this.record.acknowledged.add(id);
      this.outbox.delete(id);
    }
    if (reset && this.cursor !== null) this.record.resets += 1;
    this.cursor = cursor;
    for (const change of changes) {
      if (change.kind === 'scan')
        this.record.learned.set(change.scan.id, (this.record.learned.get(change.scan.id) ?? 0) + 1);
      if (change.kind === 'registration') this.record.roster.set(change.registration.id, change.registration);
    }
    return more || this.outbox.size > 0 ? 'more' : 'done';
  }

  /** Somebody comes into the hall, goes to a workgroup's room, comes back, leaves; and begins anew. */
  private scan(): void {
    const ticketId = this.chance.pick(this.tickets);
    const step = this.steps.get(ticketId) ?? 0;
    this.steps.set(ticketId, step + 1);
    const place = ['hall', 'w1', 'w1', 'hall'][step % 4]!;
    const direction = step % 4 < 2 ? 'entry' : 'exit';
    this.seq += 1;
    // Never two at once, so that their order is nobody's guess.
    this.lastTime = Math.max(Date.now(), this.lastTime + 1);
    const scan: Scan = {
      id: v7() as ScanId,
      deviceId: this.identity.deviceId,
      deviceSeq: this.seq,
      ticketId,
      payloadHash: null,
      checkpointId: `${place}-door` as CheckpointId,
      direction,
      deviceTime: millis(this.lastTime),
      clockOffset: 0,
      rosterCursor: this.cursor,
      verdictShown: direction === 'entry' ? 'admitted' : 'left',
      override: null,
      byHand: null,
      undoes: null,
    };
    this.record.made.set(scan.id, scan);
    this.outbox.set(scan.id, scan);
  }
}
