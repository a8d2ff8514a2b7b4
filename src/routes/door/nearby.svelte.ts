import type { DeviceId } from '$lib/domain/ids';
import { readSignalText, signalText } from '$lib/domain/nearby/signal';
import type { EventSetting } from '$lib/domain/setting';
import { neighbourMemory } from '$lib/door/nearby/memory';
import { Mesh } from '$lib/door/nearby/mesh';
import type { PictureOutcome } from '$lib/door/nearby/mesh-parts';
import type { Neighbour } from '$lib/door/nearby/neighbour';
import { canLink, openConnector } from '$lib/door/nearby/rtc';
import { ServerPost } from '$lib/door/nearby/server-post';
import type { DoorStore } from '$lib/door/store';
import type { NearbyTransport } from '$lib/door/transport';
import type { StoreRecordBook } from '$lib/door/store-record-book';
import { recordBookOf } from './record-book-of';

export type NearbyState =
  | 'off'
  /** The event's key has not come yet: it does with the next sync. */
  | 'no_key'
  /** This browser links up with nobody. */
  | 'unsupported'
  | 'on';

/** What this tablet shows for another one's camera. */
export interface ShownCode {
  text: string;
  /** Null: to whoever comes; else the tablet whose code was read, which must read this one now. */
  answers: DeviceId | null;
}

type Refusal = Extract<PictureOutcome, { kind: 'refused' }>['why'];

interface Surroundings {
  store: DoorStore;
  transport: NearbyTransport;
}

/** The tablet's links in the local network while it is open, for the screen. */
export class NearbyTablets {
  state = $state<NearbyState>('off');
  neighbours = $state.raw<Neighbour[]>([]);
  code = $state.raw<ShownCode | null>(null);
  refusal = $state<Refusal | null>(null);
  private book: StoreRecordBook | null = null;
  private surroundings: Surroundings | null = null;
  private setting: EventSetting | null = null;
  private key: CryptoKey | null = null;
  private mesh: Mesh | null = null;
  private post: ServerPost | null = null;
  private turn: Promise<void> = Promise.resolve();

  get linked(): number {
    return this.neighbours.filter(({ state }) => state === 'linked').length;
  }

  /** What a tablet is called; null for one that this one has never heard of. */
  nameOf(id: DeviceId): string | null {
    return this.book?.nameOf(id) ?? null;
  }

  start(surroundings: Surroundings): void {
    this.stop();
    this.surroundings = surroundings;
    this.book = recordBookOf(surroundings.store);
    this.renew();
  }

  stop(): void {
    this.surroundings = null;
    this.book = null;
    this.renew();
  }

  /** Takes the event's key when it has come, and another when that was changed. */
  renew(): void {
    const setting = this.surroundings?.store.state?.venue.setting ?? null;
    if (setting !== this.setting) this.mesh?.askAgain();
    this.setting = setting;
    this.turn = this.turn.then(() => this.fit()).catch(() => this.leave('unsupported'));
  }

  /** Shows a code to whoever comes, unless an answer is being shown. */
  async invite(): Promise<void> {
    const { mesh } = this;
    if (!mesh || this.code?.answers) return;
    try {
      const text = signalText(await mesh.invitation());
      if (this.mesh === mesh && !this.code?.answers && this.code?.text !== text)
        this.code = { text, answers: null };
    } catch {
      this.leave('unsupported');
    }
  }

  /** Takes no more part in a hand-shake: nothing is shown any more. */
  hide(): void {
    this.code = null;
    this.refusal = null;
  }

  /** Takes what the camera has read; what is no tablet's code is told apart, too. */
  async read(text: string): Promise<void> {
    const sealed = readSignalText(text);
    const outcome = sealed === null ? null : await this.mesh?.readPicture(sealed);
    if (outcome?.kind === 'answer') this.code = { text: signalText(outcome.signal), answers: outcome.with };
    this.refusal = !outcome ? 'unreadable' : outcome.kind === 'refused' ? outcome.why : null;
  }

  private async fit(): Promise<void> {
    const { surroundings, book } = this;
    if (!surroundings || !book) return this.leave('off');
    if (!canLink()) return this.leave('unsupported');
    const key = await book.exchangeKey();
    if (!key) return this.leave('no_key');
    if (key === this.key) return;
    this.leave('off');
    await this.join(surroundings, book, key);
  }

  private async join(
    { store, transport }: Surroundings,
    book: StoreRecordBook,
    key: CryptoKey,
  ): Promise<void> {
    const { identity, db } = store;
    if (!identity) return;
    const kept = await db.fact('certificate').catch(() => null);
    const connector = await openConnector(kept, (certificate) => db.setFact('certificate', certificate));
    if (this.surroundings?.store !== store) return;
    const mesh = new Mesh({
      self: identity.deviceId,
      eventId: identity.eventId,
      key,
      book,
      connector,
      clock: () => store.deviceTime(),
      memory: neighbourMemory(db),
      schedule,
      random: Math.random,
      post: (to, signal) => post.send(to, signal),
      onChange: () => this.look(),
    });
    const post = new ServerPost({
      ask(request) {
        const token = store.identity?.token;
        return token ? transport.nearby(token, request) : null;
      },
      onSignal: (signal) => void mesh.receive(signal, (to, answer) => post.send(to, answer)),
      onPresent: (present) => mesh.seeAtServer(present),
      schedule,
    });
    this.key = key;
    this.mesh = mesh;
    this.post = post;
    this.state = 'on';
    await mesh.start();
    if (this.mesh === mesh) post.start();
  }

  private leave(state: NearbyState): void {
    this.post?.close();
    this.mesh?.close();
    this.post = this.mesh = this.key = null;
    this.neighbours = [];
    this.hide();
    this.state = state;
  }

  private look(): void {
    this.neighbours = this.mesh?.neighbours() ?? [];
    const answers = this.code?.answers;
    const answered = answers && this.neighbours.find(({ deviceId }) => deviceId === answers);
    // The other has read it, or could not be reached: the next one may come.
    if (answered && answered.state !== 'connecting') this.code = null;
  }
}

function schedule(callback: () => void, delay: number): () => void {
  const timer = setTimeout(callback, delay);
  return () => clearTimeout(timer);
}
