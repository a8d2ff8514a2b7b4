import { handInTokenOf } from '../domain/hand-in-token.ts';
import type { Millis } from '../domain/time.ts';
import { afterFailure, LAST_ATTEMPT, NO_ATTEMPTS, waitBefore } from './pin-attempts.ts';
import type { DoorStore } from './store.ts';
import { changePin, createVault, openVault, PIN_WORK } from './vault.ts';

export type UnlockOutcome =
  | { kind: 'unlocked' }
  /** `left`: how many more before the roster is forgotten; `wait`: until the next, in milliseconds. */
  | { kind: 'wrong'; left: number; wait: number }
  /** The next PIN may be tried in so many milliseconds. */
  | { kind: 'wait'; wait: number }
  /** Too many wrong ones, or nothing is there any more: the tablet must be paired anew. */
  | { kind: 'forgotten' };

/** How a tablet stands to its PIN. */
export type LockState =
  | 'not_paired'
  /** Paired, and no PIN chosen yet. */
  | 'pin_due'
  | 'locked'
  | 'open'
  /** The roster and its key are gone: expired, or too many wrong PINs. What waits is still handed in. */
  | 'forgotten';

export function lockState(store: DoorStore): LockState {
  if (!store.identity) return 'not_paired';
  if (store.isOpen) return 'open';
  if (store.hasLock) return 'locked';
  return store.identity.token === null ? 'forgotten' : 'pin_due';
}

/** The PIN that a shift's staff open the tablet with. */
export class TabletLock {
  private readonly store: DoorStore;
  /** How often a new PIN is hashed. */
  private readonly work: number;

  constructor(store: DoorStore, work = PIN_WORK) {
    this.store = store;
    this.work = work;
  }

  /** Chooses the first PIN of a tablet that has just been paired, and seals its token. */
  async choosePin(pin: string): Promise<void> {
    const { db, identity } = this.store;
    if (!identity?.token) throw new Error('no token to seal');
    const { token } = identity;
    // A tablet that was paired before there were PINs has none yet.
    const handInToken = await handInTokenOf(token);
    const { vault, lock } = await createVault(pin, this.work);
    const sealed = await vault.seal(token, 'token');
    await db.transaction('rw', db.facts, async () => {
      await db.setFact('lock', lock);
      await db.setFact('token', sealed);
      await db.setFact('identity', { ...identity, token: null, handInToken });
    });
    await this.store.openWith(vault, token);
  }

  async unlock(pin: string): Promise<UnlockOutcome> {
    const { db } = this.store;
    const [lock, sealed] = [await db.fact('lock'), await db.fact('token')];
    if (!lock || !sealed) return { kind: 'forgotten' };
    const wait = await this.wait();
    if (wait > 0) return { kind: 'wait', wait };
    const counted = await this.countAttempt();
    const vault = await openVault(lock, pin);
    if (!vault) {
      const left = LAST_ATTEMPT - counted.failed;
      if (left > 0) return { kind: 'wrong', left, wait: waitBefore(counted, this.store.deviceTime()) };
      await this.store.forgetRoster();
      return { kind: 'forgotten' };
    }
    await db.facts.delete('attempts');
    await this.store.openWith(vault, (await vault.open(sealed, 'token')) as string);
    return { kind: 'unlocked' };
  }

  /** @returns false when the old PIN is wrong, which counts as an attempt */
  async changePin(pin: string, newPin: string): Promise<boolean> {
    const { db } = this.store;
    const lock = await db.fact('lock');
    if (!lock || (await this.wait()) > 0) return false;
    const counted = await this.countAttempt();
    const changed = await changePin(lock, pin, newPin);
    if (!changed) {
      if (counted.failed >= LAST_ATTEMPT) await this.store.forgetRoster();
      return false;
    }
    await db.transaction('rw', db.facts, async () => {
      await db.setFact('lock', changed);
      await db.facts.delete('attempts');
    });
    return true;
  }

  /** How long until the next PIN may be tried, in milliseconds. */
  async wait(): Promise<number> {
    return waitBefore((await this.store.db.fact('attempts')) ?? NO_ATTEMPTS, this.store.deviceTime());
  }

  /** Forgets the roster when the event is long over. @returns whether it did */
  async expire(now: Millis): Promise<boolean> {
    const { expiresAt } = this.store;
    if (expiresAt === null || now < expiresAt) return false;
    await this.store.forgetRoster();
    return true;
  }

  /** Before the PIN is known to be right, so that pulling the plug does not make an attempt free. */
  private async countAttempt() {
    const { db } = this.store;
    const counted = afterFailure((await db.fact('attempts')) ?? NO_ATTEMPTS, this.store.deviceTime());
    await db.setFact('attempts', counted);
    return counted;
  }
}
