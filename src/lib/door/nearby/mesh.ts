import type { DeviceId } from '../../domain/ids.ts';
import { whomToCall, type Call } from '../../domain/nearby/introductions.ts';
import { MOST_TABLETS, type Message } from '../../domain/nearby/message.ts';
import { createSignalId, type SealedSignal, type SignalId } from '../../domain/nearby/signal.ts';
import { MINUTE, SECOND } from '../../domain/time.ts';
import type { ConnectionEnd } from './connection.ts';
import { HandShakes, type Acquainted } from './hand-shakes.ts';
import { Link, type LinkBook } from './link.ts';
import type { MeshParts, PictureOutcome } from './mesh-parts.ts';
import { neighboursOf } from './neighbour-list.ts';
import type { Neighbour } from './neighbour.ts';
import { Returns } from './returns.ts';
import { Waits } from './waits.ts';

/** How often a tablet says that it is there, in milliseconds. */
const PRESENCE = 2 * SECOND;
/** What was learnt from one tablet is passed on after this, because the others mostly have it by then, in milliseconds. */
const PASS_ON = 150;
/** Two links between the same tablets within this are of two hand-shakes at once, in milliseconds. */
const TOGETHER = 5 * SECOND;
/** A link that says nothing for so long is given up, in milliseconds. */
const GIVE_UP = 5 * MINUTE;

/**
 * Up to eight tablets, each linked to each. Two are linked by pictures that they show each other, by the server while
 * it can be reached, or by a third that is linked to both; a tablet that was away takes its links up again (`Returns`).
 */
export class Mesh {
  private readonly parts: MeshParts;
  private readonly shakes: HandShakes;
  private readonly returns: Returns;
  private readonly waits: Waits;
  private readonly book: LinkBook;
  private readonly page = createSignalId();
  /** The one link with each; what becomes of those under way is seen when they open. */
  private readonly links = new Map<DeviceId, Link>();
  private readonly opening = new Map<DeviceId, Set<Link>>();
  private atServer: readonly DeviceId[] = [];
  private endNews: () => void = () => undefined;
  private endBeat: () => void = () => undefined;
  private shown: { id: SignalId; sealed: SealedSignal } | null = null;
  private taking = 0;
  private closed = false;

  constructor(parts: MeshParts) {
    this.parts = parts;
    this.shakes = new HandShakes(parts);
    this.waits = new Waits(parts.clock, parts.random);
    const { book } = parts;
    this.book = {
      held: () => book.held(),
      beyond: (held) => book.beyond(held),
      take: (records, way) => this.taken(book.take(records, way)),
      certificatesOf: (ids) => book.certificatesOf(ids),
      meet: (devices) => book.meet(devices),
    };
    this.returns = new Returns({
      ...parts,
      shakes: this.shakes,
      adopt: (acquainted) => this.adopt(acquainted),
      isLinked: (other) => this.isLinked(other),
      isCurrent: (link) => this.links.get(link.other) === link,
    });
  }

  async start(): Promise<void> {
    const { book, schedule } = this.parts;
    this.endNews = book.onNews(() => this.hearNews());
    await this.returns.load();
    const beat = () => {
      if (this.closed) return;
      this.beat();
      this.endBeat = schedule(beat, PRESENCE);
    };
    beat();
  }

  close(): void {
    this.closed = true;
    this.endNews();
    this.endBeat();
    for (const link of this.everyLink()) link.close();
    this.links.clear();
    this.opening.clear();
    this.shakes.close();
    this.returns.close();
  }

  /** The signal that this tablet shows to whoever comes: the same one until somebody has answered it. */
  async invitation(): Promise<SealedSignal> {
    if (!this.shown || !this.shakes.isPending(this.shown.id)) this.shown = await this.shakes.offer(null);
    return this.shown.sealed;
  }

  /** Takes what another tablet shows. */
  async readPicture(sealed: SealedSignal): Promise<PictureOutcome> {
    if (this.places === 0) return { kind: 'refused', why: 'full' };
    const outcome = await this.shakes.take(sealed);
    if (outcome.kind === 'refused') return outcome;
    this.waits.forget(outcome.other);
    this.adopt(outcome);
    return outcome.kind === 'answered'
      ? { kind: 'answer', with: outcome.other, signal: outcome.answer }
      : { kind: 'connecting', with: outcome.other };
  }

  /** Takes a signal that the server or another tablet has carried. @param reply - takes the answer back */
  async receive(sealed: SealedSignal, reply: (to: DeviceId, answer: SealedSignal) => void): Promise<void> {
    const outcome = await this.shakes.take(sealed);
    if (outcome.kind === 'refused' || this.closed) return;
    if (outcome.kind === 'answered') reply(outcome.other, outcome.answer);
    this.adopt(outcome);
  }

  /** This tablet may be able to prove by now what it has refused. */
  askAgain(): void {
    for (const link of this.links.values()) link.askAgain();
  }

  /** Who asks the server for signals at the moment; nobody where it can't be reached. */
  seeAtServer(present: readonly DeviceId[]): void {
    this.atServer = present;
    this.callOthers();
  }

  neighbours(): Neighbour[] {
    const { returns, waits, opening, links } = this;
    return neighboursOf({ known: returns.known, waits, opening, links });
  }

  private get places(): number {
    return MOST_TABLETS - 1 - [...this.links.values()].filter((link) => link.isLinked).length;
  }

  private isLinked(other: DeviceId): boolean {
    return this.links.get(other)?.isLinked ?? false;
  }

  private *everyLink(): Iterable<Link> {
    yield* this.links.values();
    for (const opening of this.opening.values()) yield* opening;
  }

  /** A connection whose ends know each other becomes the link with that tablet as soon as it is open. */
  private adopt({ other, connection, seal }: Acquainted): Link {
    const { self, clock, connector } = this.parts;
    const link = new Link({
      self,
      other,
      connection,
      seal,
      book: this.book,
      certificate: connector.certificate,
      page: this.page,
      clock,
      events: {
        onState: (changed) => this.see(changed),
        onMessage: (from, message) => this.hear(from, message),
        onEnd: (ended, why) => this.lose(ended, why),
      },
    });
    const opening = this.opening.get(other) ?? new Set();
    this.opening.set(other, opening.add(link));
    this.parts.onChange();
    return link;
  }

  private see(link: Link): void {
    const opening = this.opening.get(link.other);
    if (link.isLinked && opening?.delete(link)) {
      this.waits.forget(link.other);
      this.returns.arrived(link.other);
      const before = this.links.get(link.other);
      if (before && isSecond(link, before)) {
        link.close();
        return this.parts.onChange();
      }
      this.links.set(link.other, link);
      before?.close();
      this.tellPresence();
    }
    this.parts.onChange();
  }

  private lose(link: Link, why: ConnectionEnd): void {
    this.opening.get(link.other)?.delete(link);
    const was = this.links.get(link.other) === link;
    if (was) this.links.delete(link.other);
    if (was) this.returns.left(link.other, link.heardAt);
    else if (!this.returns.isAbout(link)) this.waits.failed(link.other, why === 'forbidden');
    this.parts.onChange();
  }

  private hear(
    link: Link,
    message: Extract<Message, { kind: 'present' | 'carry' | 'standing' | 'hello' }>,
  ): void {
    switch (message.kind) {
      case 'hello':
        if (message.certificate && this.links.get(link.other) === link)
          void this.returns.standFor(link, message.certificate);
        return;
      case 'present':
        this.returns.heard(link.other, this.parts.clock());
        return this.callOthers();
      case 'standing':
        return this.returns.keep(link.other, message.signal);
      case 'carry':
        return this.carry(link, message);
    }
  }

  /** A signal on its way between two others, or to this tablet. */
  private carry(link: Link, { from, to, signal }: Extract<Message, { kind: 'carry' }>): void {
    const { self } = this.parts;
    if (to !== self) {
      const next = this.links.get(to);
      // Only what comes from its sender: nobody is sent in circles.
      if (next?.isLinked && from === link.other) next.send({ kind: 'carry', from, to, signal });
      return;
    }
    void this.receive(signal, (back, answer) =>
      this.links.get(link.other)?.send({ kind: 'carry', from: self, to: back, signal: answer }),
    );
  }

  private callOthers(): void {
    const linked = [...this.links].filter(([, link]) => link.isLinked);
    const busy = this.waits.busy();
    for (const [other, opening] of this.opening) if (opening.size > 0) busy.add(other);
    const calls = whomToCall({
      self: this.parts.self,
      linked: new Map(linked.map(([other, link]) => [other, link.linked])),
      atServer: this.atServer,
      busy,
    });
    for (const call of calls) void this.call(call);
  }

  private async call({ to, via }: Call): Promise<void> {
    this.waits.called(to);
    try {
      const { sealed } = await this.shakes.offer(to);
      if (via === null) this.parts.post(to, sealed);
      else this.links.get(via)?.send({ kind: 'carry', from: this.parts.self, to, signal: sealed });
    } catch {
      // This browser opens no more connections: it is tried again after a while.
    }
  }

  private beat(): void {
    const now = this.parts.clock();
    for (const link of [...this.links.values()]) {
      link.look(now);
      if (link.heardAt !== null && now - link.heardAt > GIVE_UP) {
        link.close();
        this.lose(link, 'ended');
      }
    }
    this.shakes.forgetOld();
    this.tellPresence();
    this.callOthers();
    this.returns.tryDue((other) => this.links.get(other)?.state === 'silent');
    this.parts.onChange();
  }

  private tellPresence(): void {
    const linked = [...this.links].filter(([, link]) => link.isLinked).map(([other]) => other);
    for (const link of this.links.values()) link.send({ kind: 'present', linked });
  }

  private async taken<Result>(taking: Promise<Result>): Promise<Result> {
    this.taking += 1;
    try {
      return await taking;
    } finally {
      this.taking -= 1;
    }
  }

  /** What was made here goes out at once; what was learnt, the others mostly learn from the same tablet. */
  private hearNews(): void {
    const tell = () => {
      for (const link of this.links.values()) {
        void link.tellHeld();
        link.push();
      }
    };
    if (this.taking === 0) return tell();
    this.parts.schedule(tell, PASS_ON);
  }
}

/**
 * Of two links that two hand-shakes at the same time have opened both sides keep the same one; else the one that was
 * there before is dead, such as after a reload, and the later one takes its place.
 */
function isSecond(later: Link, before: Link): boolean {
  const together = (later.openedAt ?? 0) - (before.openedAt ?? 0) < TOGETHER;
  return together && before.isLinked && later.page === before.page && later.name < before.name;
}
