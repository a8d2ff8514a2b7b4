import { pairTablet, type PairingResult } from '$lib/door/pairing';
import type { DoorStore } from '$lib/door/store';
import { lockState, TabletLock, type LockState, type UnlockOutcome } from '$lib/door/tablet-lock';
import type { Transport } from '$lib/door/transport';

interface Reactions {
  /** The roster is at hand. */
  onOpen: () => void;
  /** The roster is out of memory, or not there yet. */
  onShut: () => void;
}

/** Who gets at this tablet: its pairing and its PIN. */
export class TabletAccess {
  private readonly store: DoorStore;
  private readonly transport: Transport;
  private readonly lock: TabletLock;
  private readonly reactions: Reactions;

  constructor(store: DoorStore, transport: Transport, reactions: Reactions) {
    this.store = store;
    this.transport = transport;
    this.lock = new TabletLock(store);
    this.reactions = reactions;
  }

  get state(): LockState {
    return lockState(this.store);
  }

  async pair(code: string, name: string): Promise<PairingResult> {
    const result = await pairTablet(this.store, this.transport, code, name);
    if (result === 'paired') this.reactions.onShut();
    return result;
  }

  async choosePin(pin: string): Promise<void> {
    await this.lock.choosePin(pin);
    this.reactions.onOpen();
  }

  async unlock(pin: string): Promise<UnlockOutcome> {
    const outcome = await this.lock.unlock(pin);
    if (outcome.kind === 'unlocked') this.reactions.onOpen();
    else if (outcome.kind === 'forgotten') this.reactions.onShut();
    return outcome;
  }

  /** @returns false when the old PIN is wrong, or must wait */
  async changePin(pin: string, newPin: string): Promise<boolean> {
    const changed = await this.lock.changePin(pin, newPin);
    // Too many wrong ones have taken the roster.
    if (this.state !== 'open') this.reactions.onShut();
    return changed;
  }

  /** How long until a PIN may be tried, in milliseconds. */
  wait(): Promise<number> {
    return this.lock.wait();
  }

  /** Lets go of the roster until somebody brings the PIN. */
  lockNow(): void {
    if (this.state !== 'open') return;
    this.store.lock();
    this.reactions.onShut();
  }

  /** Forgets the roster when the event is long over. */
  async expire(): Promise<void> {
    if (await this.lock.expire(this.store.now())) this.reactions.onShut();
  }
}
