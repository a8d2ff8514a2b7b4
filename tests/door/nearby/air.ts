import { bytesToHex, type Bytes } from '../../../src/lib/domain/bytes.ts';
import type { Description } from '../../../src/lib/domain/nearby/session-description.ts';
import type {
  Connection,
  ConnectionListener,
  Connector,
  Credentials,
} from '../../../src/lib/door/nearby/connection.ts';

/** The Wi-Fi between tablets of a test, in the place of the browsers' WebRTC. */
export class Air {
  /** Guests can't talk to each other. */
  forbids = false;
  /** Changes what passes; null loses it. */
  onWay: (bytes: Bytes, from: string) => Bytes[] = (bytes) => [bytes];
  readonly ends = new Map<string, End>();
  private readonly asleep = new Set<string>();
  /** A data channel loses nothing: what could not be handed over is, later. */
  private held: (() => void)[] = [];
  private made = 0;

  connector(tablet: string, certificate: string): Connector {
    const make = () => {
      this.made += 1;
      const fingerprint = new Uint8Array(32).fill(this.made % 256);
      fingerprint[0] = this.made >> 8;
      const end = new End(this, tablet, certificate, {
        setup: 'active',
        ufrag: 'abcd',
        pwd: `${this.made}`.padStart(24, 'p'),
        fingerprint,
        candidates: [],
      });
      this.ends.set(bytesToHex(fingerprint), end);
      return end;
    };
    return {
      certificate,
      offer: async () => make(),
      answer: async () => make(),
      async stand(credentialsFor, expected) {
        const end = make();
        end.awaits = { ...(await credentialsFor(end.description)), certificate: expected };
        return end;
      },
      comeBack: async (offer, credentials) => {
        const [end, there] = [make(), this.end(offer)];
        const known = there?.awaits?.certificate === certificate && there.awaits.pwd === credentials.pwd;
        setTimeout(() => (known ? end.meet(there) : end.fail()));
        if (there) there.awaits = null;
        return end;
      },
    };
  }

  end(description: Description): End | undefined {
    return this.ends.get(bytesToHex(description.fingerprint));
  }

  /** How many connections are open. */
  get openPairs(): number {
    return [...this.ends.values()].filter(({ isOpen }) => isOpen).length / 2;
  }

  /** Its page is gone, and nobody hears of it. */
  crash(tablet: string): void {
    for (const [name, end] of this.ends) if (end.tablet === tablet) this.ends.delete(name);
  }

  sleep(tablet: string): void {
    this.asleep.add(tablet);
  }

  wake(tablet: string): void {
    this.asleep.delete(tablet);
    for (const deliver of this.held.splice(0)) deliver();
  }

  carry(bytes: Bytes, from: End, to: End): void {
    if (this.asleep.has(from.tablet) || this.asleep.has(to.tablet))
      return void this.held.push(() => this.carry(bytes, from, to));
    if (!this.ends.has(to.name) || !this.ends.has(from.name)) return;
    for (const arriving of this.onWay(bytes, from.tablet)) setTimeout(() => to.hear(arriving));
  }
}

class End implements Connection {
  readonly description: Description;
  readonly tablet: string;
  readonly certificate: string;
  awaits: (Credentials & { certificate: string }) | null = null;
  private readonly air: Air;
  private other: End | null = null;
  private listener: ConnectionListener | null = null;
  private open = false;

  constructor(air: Air, tablet: string, certificate: string, description: Description) {
    this.air = air;
    this.tablet = tablet;
    this.certificate = certificate;
    this.description = description;
  }

  get isOpen(): boolean {
    return this.other !== null;
  }

  get name(): string {
    return bytesToHex(this.description.fingerprint);
  }

  listen(listener: ConnectionListener): void {
    this.listener = listener;
    if (this.open) listener.onOpen();
  }

  async accept(answer: Description): Promise<void> {
    const other = this.air.end(answer);
    setTimeout(() => {
      if (other && !this.air.forbids) return this.meet(other);
      this.fail();
      other?.fail();
    });
  }

  meet(other: End): void {
    this.other = other;
    other.other = this;
    for (const end of [this, other]) {
      end.open = true;
      end.listener?.onOpen();
    }
  }

  fail(): void {
    this.listener?.onEnd('forbidden');
  }

  hear(bytes: Bytes): void {
    this.listener?.onMessage(bytes);
  }

  send(bytes: Bytes): void {
    if (this.other) this.air.carry(bytes, this, this.other);
  }

  close(): void {
    this.air.ends.delete(this.name);
    const { other } = this;
    this.other = null;
    if (other?.other === this) {
      other.other = null;
      setTimeout(() => other.listener?.onEnd('ended'));
    }
  }
}
