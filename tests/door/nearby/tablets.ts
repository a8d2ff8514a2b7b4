import type { DeviceId, EventId } from '../../../src/lib/domain/ids.ts';
import type { SealedSignal } from '../../../src/lib/domain/nearby/signal.ts';
import { readSignalText, signalText } from '../../../src/lib/domain/nearby/signal.ts';
import { millis } from '../../../src/lib/domain/time.ts';
import { Mesh } from '../../../src/lib/door/nearby/mesh.ts';
import type { PictureOutcome } from '../../../src/lib/door/nearby/mesh-parts.ts';
import type { KnownNeighbour, NeighbourState } from '../../../src/lib/door/nearby/neighbour.ts';
import { deviceId } from '../../domain/support.ts';
import { EVENT, exchangeKey } from '../../domain/nearby/support.ts';
import { Air } from './air.ts';
import { MemoryBook } from './memory-book.ts';

/** Time in these tests goes faster than outside. */
const FASTER = 15;
const clock = () => millis(1_800_000_000_000 + Math.round(performance.now() * FASTER));

function schedule(callback: () => void, delay: number): () => void {
  const timer = setTimeout(callback, delay / FASTER);
  return () => clearTimeout(timer);
}

/** A tablet with its memory, its page, and its place in the air. */
export class Tablet {
  readonly id: DeviceId;
  readonly book: MemoryBook;
  mesh!: Mesh;
  private readonly name: string;
  private readonly air: Air;
  private readonly key: CryptoKey;
  private readonly eventId: EventId;
  private readonly hall: Hall;
  private known: KnownNeighbour[] = [];

  constructor(hall: Hall, name: string, key: CryptoKey, eventId: EventId) {
    this.hall = hall;
    this.air = hall.air;
    this.name = name;
    this.key = key;
    this.eventId = eventId;
    this.id = deviceId(name);
    this.book = new MemoryBook(this.id, key);
  }

  async open(): Promise<void> {
    this.mesh = new Mesh({
      self: this.id,
      eventId: this.eventId,
      key: this.key,
      book: this.book,
      connector: this.air.connector(this.name, Buffer.from(this.id).toString('hex').slice(0, 64)),
      clock,
      schedule,
      random: () => 0.5,
      memory: {
        read: async () => this.known,
        write: async (known) => void (this.known = known),
      },
      post: (to, signal) => this.hall.post(this.id, to, signal),
      onChange: () => undefined,
    });
    await this.mesh.start();
  }

  /** The page is gone from one moment to the next. */
  crash(): void {
    this.air.crash(this.name);
    this.mesh.close();
  }

  /** What another tablet's camera sees of this one's code. */
  async code(): Promise<string> {
    return signalText(await this.mesh.invitation());
  }

  read(code: string): Promise<PictureOutcome> {
    return this.mesh.readPicture(readSignalText(code)!);
  }

  stateOf(other: Tablet): NeighbourState | null {
    return this.mesh.neighbours().find(({ deviceId }) => deviceId === other.id)?.state ?? null;
  }

  /** Whether it has given the other a standing offer that the other has. */
  isExpected(other: Tablet): boolean {
    return other.known.some(({ deviceId, standing }) => deviceId === this.id && standing !== null);
  }

  has(scan: string): boolean {
    return this.book.records.has(scan);
  }
}

/** A hall full of tablets, with a server or without. */
export class Hall {
  readonly air = new Air();
  server = false;
  private readonly tablets: Tablet[] = [];

  async tablet(name: string, { key = 1, eventId = EVENT } = {}): Promise<Tablet> {
    const tablet = new Tablet(this, name, await exchangeKey(key), eventId);
    this.tablets.push(tablet);
    await tablet.open();
    return tablet;
  }

  /** What the server does with a signal. */
  post(from: DeviceId, to: DeviceId, signal: SealedSignal): void {
    const at = (id: DeviceId) => this.tablets.find((tablet) => tablet.id === id);
    if (this.server)
      void at(to)?.mesh.receive(
        signal,
        (back, answer) => void at(back)?.mesh.receive(answer, () => undefined),
      );
    void from;
  }

  seeAtServer(...present: Tablet[]): void {
    for (const { mesh, id } of present)
      mesh.seeAtServer(present.map((other) => other.id).filter((other) => other !== id));
  }

  close(): void {
    for (const { mesh } of this.tablets) mesh.close();
  }
}

/** Two tablets show each other their codes. */
export async function shakeHands(a: Tablet, b: Tablet): Promise<void> {
  const answered = await b.read(await a.code());
  if (answered.kind !== 'answer') throw new Error(`no answer: ${JSON.stringify(answered)}`);
  await a.read(signalText(answered.signal));
}

/** Settles as soon as something is so; the test's own limit ends what never is. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

export const linked = (...tablets: Tablet[]): boolean =>
  tablets.every((a) => tablets.every((b) => a === b || a.stateOf(b) === 'linked'));
