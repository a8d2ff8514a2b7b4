import type { DeviceId } from '../../domain/ids.ts';
import type { SealedSignal } from '../../domain/nearby/signal.ts';
import { addMillis, millis, MINUTE, SECOND, type Clock, type Millis } from '../../domain/time.ts';
import type { Connection } from './connection.ts';
import type { Acquainted, HandShakes } from './hand-shakes.ts';
import type { Link } from './link.ts';
import type { KnownNeighbour, NeighbourMemory } from './neighbour.ts';

export interface ReturnParts {
  self: DeviceId;
  clock: Clock;
  memory: NeighbourMemory;
  shakes: HandShakes;
  adopt: (acquainted: Acquainted) => Link;
  isLinked: (other: DeviceId) => boolean;
  /** Whether it still is the link with that tablet. */
  isCurrent: (link: Link) => boolean;
}

interface Known extends KnownNeighbour {
  dueAt: Millis;
  failures: number;
  attempt: Link | 'beginning' | null;
}

/** The other of two tries only after this, in milliseconds, so that they don't both open a connection. */
const SECOND_TURN = 12 * SECOND;
const FIRST_WAIT = 5 * SECOND;
const LAST_WAIT = MINUTE;
/** After so many attempts in vain the staff are told that only pictures help; it is tried further all the same. */
const HOPE = 2;
/** How often it is written down when a tablet was heard, in milliseconds. */
const NOTE_EVERY = 30 * SECOND;
/** The most tablets that are remembered. */
const MOST_KNOWN = 16;

/**
 * Takes links up again that a reload, a sleeping tablet or a walk out of reach has broken, when nobody can carry a
 * signal. Linked tablets each give the other a standing offer: a connection that is open at one end already, and waits
 * for the tablet with the other's certificate. Whoever comes back answers it without having to send an answer first.
 * It holds as long as the page of the tablet that gave it; where both pages are gone, only pictures help.
 */
export class Returns {
  private readonly parts: ReturnParts;
  private readonly neighbours = new Map<DeviceId, Known>();
  private readonly standing = new Map<DeviceId, Connection>();
  private writing: Promise<void> = Promise.resolve();
  private notedAt = millis(0);
  private closed = false;

  constructor(parts: ReturnParts) {
    this.parts = parts;
  }

  /** Everybody that was linked; `tries`: whether there is hope without another picture. */
  get known(): (KnownNeighbour & { tries: boolean })[] {
    return [...this.neighbours.values()].map(({ deviceId, heardAt, standing, failures }) => ({
      deviceId,
      heardAt,
      standing,
      tries: standing !== null && failures < HOPE,
    }));
  }

  async load(): Promise<void> {
    for (const known of await this.parts.memory.read())
      this.neighbours.set(known.deviceId, {
        ...known,
        // Who has just been opened is the one that was away.
        dueAt: this.parts.clock(),
        failures: 0,
        attempt: null,
      });
  }

  /** The other gave a standing offer. */
  keep(other: DeviceId, standing: SealedSignal): void {
    this.neighbours.set(other, { ...this.get(other), standing });
    this.write();
  }

  heard(other: DeviceId, at: Millis): void {
    this.get(other).heardAt = at;
    if (at - this.notedAt < NOTE_EVERY) return;
    this.notedAt = at;
    this.write();
  }

  arrived(other: DeviceId): void {
    Object.assign(this.get(other), { failures: 0, attempt: null, heardAt: this.parts.clock() });
    this.write();
  }

  /** A link has ended by itself. */
  left(other: DeviceId, heardAt: Millis | null): void {
    const wait = this.parts.self < other ? SECOND : SECOND_TURN;
    Object.assign(this.get(other), {
      dueAt: addMillis(this.parts.clock(), wait),
      failures: 0,
      attempt: null,
    });
    if (heardAt !== null) this.get(other).heardAt = heardAt;
    this.write();
  }

  /** Whether a link that came to nothing was an attempt to come back. Notes that it failed. */
  isAbout(link: Link): boolean {
    const known = this.neighbours.get(link.other);
    if (!known || known.attempt !== link) return false;
    this.failed(known);
    return true;
  }

  /** @param isSilent - whose link is open and says nothing: perhaps it was this tablet that slept */
  tryDue(isSilent: (other: DeviceId) => boolean): void {
    const now = this.parts.clock();
    for (const known of this.neighbours.values()) {
      const { deviceId, standing, dueAt, attempt } = known;
      if (standing === null || attempt !== null || this.parts.isLinked(deviceId)) continue;
      if (now < dueAt || (isSilent(deviceId) && now - (known.heardAt ?? now) < SECOND_TURN)) continue;
      void this.comeBack(known, standing);
    }
  }

  /** Makes a standing offer for the other end of a link, in the place of the one before. */
  async standFor(link: Link, certificate: string): Promise<void> {
    try {
      const { sealed, ...acquainted } = await this.parts.shakes.stand(link.other, certificate);
      const { connection, other } = acquainted;
      // Another link may have taken its place meanwhile, and what is sent by this one is lost.
      if (this.closed || !this.parts.isCurrent(link)) return connection.close();
      this.standing.get(other)?.close();
      this.standing.set(other, connection);
      const arrives = () => {
        if (this.standing.get(other) === connection) this.standing.delete(other);
        this.parts.adopt(acquainted);
      };
      const nothing = () => undefined;
      connection.listen({ onOpen: arrives, onMessage: nothing, onEnd: nothing });
      link.send({ kind: 'standing', signal: sealed });
    } catch {
      // A browser that opens no further connection: then the way back takes pictures.
    }
  }

  close(): void {
    this.closed = true;
    for (const connection of this.standing.values()) connection.close();
    this.standing.clear();
  }

  private async comeBack(known: Known, standing: SealedSignal): Promise<void> {
    known.attempt = 'beginning';
    const acquainted = await this.parts.shakes.comeBack(standing);
    if (this.closed) return acquainted?.connection.close();
    if (acquainted) known.attempt = this.parts.adopt(acquainted);
    else this.failed(known);
  }

  private failed(known: Known): void {
    const wait = Math.min(LAST_WAIT, FIRST_WAIT * 2 ** known.failures);
    known.attempt = null;
    known.failures += 1;
    known.dueAt = addMillis(this.parts.clock(), wait);
  }

  private get(other: DeviceId): Known {
    const known = this.neighbours.get(other) ?? {
      deviceId: other,
      heardAt: null,
      standing: null,
      dueAt: this.parts.clock(),
      failures: 0,
      attempt: null,
    };
    this.neighbours.set(other, known);
    return known;
  }

  /** One write after the other; what is not written is missed only after a reload. */
  private write(): void {
    const known = [...this.neighbours.values()]
      .sort((a, b) => (b.heardAt ?? 0) - (a.heardAt ?? 0))
      .slice(0, MOST_KNOWN)
      .map(({ deviceId, heardAt, standing }) => ({ deviceId, heardAt, standing }));
    this.writing = this.writing
      .then(() => (this.closed ? undefined : this.parts.memory.write(known)))
      .catch(() => undefined);
  }
}
