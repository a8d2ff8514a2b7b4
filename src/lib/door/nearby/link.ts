import type { Bytes } from '../../domain/bytes.ts';
import type { Held } from '../../domain/held.ts';
import type { DeviceId } from '../../domain/ids.ts';
import { heldSince, isNothing, joinHeld, NOTHING_HELD, tellable } from '../../domain/nearby/held-news.ts';
import {
  encodeMessage,
  MOST_RECORDS,
  NEARBY_VERSION,
  readMakers,
  readMessage,
  readRecords,
  type Message,
} from '../../domain/nearby/message.ts';
import type { LinkSeal } from '../../domain/nearby/seal.ts';
import { addMillis, SECOND, type Clock, type Millis } from '../../domain/time.ts';
import { makerOf, recordId } from '../../domain/signed-record.ts';
import type { DeviceBook } from '../device-book.ts';
import type { RecordBook } from '../record-book.ts';
import type { Connection, ConnectionEnd } from './connection.ts';

/** See the drawing at `Link`. */
export type LinkState = 'connecting' | 'greeting' | 'linked' | 'silent' | 'over';

/** What a link tells the mesh that it is a part of. */
export interface LinkEvents {
  onState(link: Link): void;
  /** Everything that is not about records. */
  onMessage(
    link: Link,
    message: Extract<Message, { kind: 'present' | 'carry' | 'standing' | 'hello' }>,
  ): void;
  onEnd(link: Link, why: ConnectionEnd): void;
}

/** What a link hands on, and where what comes is put. */
export type LinkBook = Pick<RecordBook, 'held' | 'beyond' | 'take'> & DeviceBook;

export interface LinkParts {
  self: DeviceId;
  other: DeviceId;
  connection: Connection;
  seal: LinkSeal;
  book: LinkBook;
  certificate: string | null;
  /** Another one each time that this tablet's page was opened. */
  page: string;
  clock: Clock;
  events: LinkEvents;
}

/** A tablet that says nothing for so long is asleep or out of reach, in milliseconds. */
export const SILENCE = 6 * SECOND;
/** What the disk refused is asked for again after this, in milliseconds. */
const AGAIN = 10 * SECOND;
/** So many messages with records are under way at once. */
const AT_ONCE = 4;

/**
 * The link with one other tablet.
 *
 *   connecting ──the channel opens──▶ greeting ──its hello──▶ linked ◀──something comes── silent
 *       │                                │                     │ └──nothing for 6 seconds──▶ │
 *       │ nothing comes through          │                     │                             │
 *       └────────────────────────────────┴──────── over ◀──────┴─────────────────────────────┘
 *
 * Each side says what it has, then sends what the other lacks, and from then on each new record at once. What the
 * other has is believed from its own word alone; what it was given and does not have it has refused, and is given again
 * only when it asks.
 */
export class Link {
  readonly other: DeviceId;
  state: LinkState = 'connecting';
  openedAt: Millis | null = null;
  /** The other's page: another one after a reload. */
  page: string | null = null;
  /** When the other was heard last. */
  heardAt: Millis | null = null;
  /** Whom the other is linked to. */
  linked: readonly DeviceId[] = [];
  /** Records that came by this link and were new here. */
  gained = 0;
  /** Messages and records that were refused: forged, altered, doubled, malformed, or by a signature that is none. */
  refused = 0;
  private readonly parts: LinkParts;
  private theirs: Held = NOTHING_HELD;
  private told: Held = NOTHING_HELD;
  private outgoing: Promise<unknown> = Promise.resolve();
  private incoming: Promise<unknown> = Promise.resolve();
  /** The records of each message that the other has not answered, and those that it has. */
  private underway: string[][] = [];
  private given = new Set<string>();
  private hasRefused = false;
  private askAt: Millis | null = null;
  private news = false;
  private pushing = false;

  constructor(parts: LinkParts) {
    this.parts = parts;
    this.other = parts.other;
    parts.connection.listen({
      onOpen: () => void this.greet(),
      onMessage: (bytes) => this.receive(bytes),
      onEnd: (why) => this.end(why),
    });
  }

  /** The same at both ends, and another for each hand-shake. */
  get name(): string {
    return this.parts.seal.offer;
  }

  /** Whether what either has is on its way to the other, or there. */
  get isLinked(): boolean {
    return this.state === 'linked';
  }

  /** There may be something that the other lacks. */
  push(): void {
    this.news = true;
    void this.sendNews();
  }

  /** What was refused may be proven by now. */
  askAgain(): void {
    if (this.isLinked && this.hasRefused) void this.ask();
  }

  /** Says what this tablet has learnt by other ways, so that nobody sends it once more. */
  async tellHeld(): Promise<void> {
    if (!this.isLinked) return;
    const learnt = await this.heldUntold();
    if (!isNothing(learnt)) this.send({ kind: 'got', held: learnt, taken: 0, known: 0, refused: 0 });
  }

  send(message: Message): void {
    const { seal, connection } = this.parts;
    this.outgoing = this.outgoing.then(async () => {
      const bytes = await seal.seal(encodeMessage(message));
      if (this.state !== 'over') connection.send(bytes);
    });
  }

  /** Notes how long nothing has come. */
  look(now: Millis): void {
    if (this.isLinked && this.askAt !== null && now >= this.askAt) void this.ask();
    if (this.state === 'linked' && this.heardAt !== null && now - this.heardAt > SILENCE)
      this.enter('silent');
  }

  /** Closes it; nobody is told. */
  close(): void {
    this.state = 'over';
    this.parts.connection.close();
  }

  private async greet(): Promise<void> {
    if (this.state !== 'connecting') return;
    this.enter('greeting');
    this.heardAt = this.openedAt = this.parts.clock();
    const { book, self, certificate, page } = this.parts;
    this.told = tellable(await book.held());
    const makers = await book.certificatesOf([self]);
    this.send({ kind: 'hello', version: NEARBY_VERSION, held: this.told, certificate, page, makers });
  }

  private receive(bytes: Bytes): void {
    this.incoming = this.incoming.then(() => this.understand(bytes)).catch(() => void (this.refused += 1));
  }

  private async understand(bytes: Bytes): Promise<void> {
    const plain = await this.parts.seal.open(bytes);
    if (this.state === 'over') return;
    const reading = plain ? readMessage(plain) : { kind: 'malformed' as const };
    if (reading.kind === 'malformed') {
      this.refused += 1;
      return this.parts.events.onState(this);
    }
    this.heardAt = this.parts.clock();
    if (this.state === 'silent') this.wake();
    if (reading.kind === 'message') await this.handle(reading.message);
  }

  private async handle(message: Message): Promise<void> {
    const { events } = this.parts;
    switch (message.kind) {
      case 'hello':
        this.theirs = message.held;
        this.page = message.page;
        await this.parts.book.meet(readMakers(message)).catch(() => undefined);
        this.enter('linked');
        events.onMessage(this, message);
        return this.push();
      case 'records':
        return this.take(message);
      case 'got':
        return this.note(message);
      case 'ask':
        this.theirs = message.held;
        this.underway = [];
        this.given.clear();
        return this.push();
      case 'present':
        this.linked = message.linked;
        return events.onMessage(this, message);
      case 'carry':
      case 'standing':
        return events.onMessage(this, message);
    }
  }

  private async take(wire: Extract<Message, { kind: 'records' }>): Promise<void> {
    const { book, clock, events } = this.parts;
    const { records, malformed } = readRecords(wire.records);
    let outcome = { taken: 0, known: 0, refused: records.length };
    try {
      await book.meet(readMakers(wire));
      outcome = await book.take(records, 'local_network');
    } catch {
      // The disk has failed.
      this.askAt = addMillis(clock(), AGAIN);
    }
    const { taken, known } = outcome;
    const refused = outcome.refused + malformed;
    this.gained += taken;
    this.refused += refused;
    this.hasRefused ||= refused > 0;
    this.send({ kind: 'got', held: await this.heldUntold(), taken, known, refused });
    events.onState(this);
  }

  private note({ held, taken, known, refused }: Extract<Message, { kind: 'got' }>): void {
    this.theirs = joinHeld(this.theirs, held);
    if (taken + known + refused > 0) for (const id of this.underway.shift() ?? []) this.given.add(id);
    // There may be more.
    this.news = true;
    void this.sendNews();
  }

  private async heldUntold(): Promise<Held> {
    const untold = tellable(heldSince(await this.parts.book.held(), this.told));
    this.told = joinHeld(this.told, untold);
    return untold;
  }

  /** One round at a time: until the other has answered, it is not known what it lacks. */
  private async sendNews(): Promise<void> {
    if (!this.isLinked || this.pushing || this.underway.length > 0) return;
    this.pushing = true;
    try {
      while (this.news && this.underway.length === 0 && this.isLinked) {
        this.news = false;
        const beyond = await this.parts.book.beyond(this.theirs);
        const lacking = beyond
          .filter((record) => !this.given.has(recordId(record)))
          .slice(0, AT_ONCE * MOST_RECORDS);
        for (let at = 0; at < lacking.length; at += MOST_RECORDS) {
          const records = lacking.slice(at, at + MOST_RECORDS);
          const makers = await this.parts.book.certificatesOf([...new Set(records.map(makerOf))]);
          this.underway.push(records.map(recordId));
          this.send({ kind: 'records', records, makers });
        }
      }
    } finally {
      this.pushing = false;
    }
  }

  /** What was said while it slept may be lost. */
  private wake(): void {
    this.enter('linked');
    this.underway = [];
    void this.ask();
    this.push();
  }

  /** Wants everything that it lacks, also what it was given before. */
  private async ask(): Promise<void> {
    this.hasRefused = false;
    this.askAt = null;
    this.told = tellable(await this.parts.book.held());
    this.send({ kind: 'ask', held: this.told });
  }

  private enter(state: LinkState): void {
    if (this.state === 'over') return;
    this.state = state;
    this.parts.events.onState(this);
  }

  private end(why: ConnectionEnd): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.parts.events.onEnd(this, why);
  }
}
