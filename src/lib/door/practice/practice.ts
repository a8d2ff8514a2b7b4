import { Dexie } from 'dexie';
import * as v from 'valibot';
import type { EventSetting } from '../../domain/setting.ts';
import type { Clock } from '../../domain/time.ts';
import { SyncResponseSchema, type SyncResponseWire } from '../../domain/wire.ts';
import { DoorDatabase, type Duty } from '../database.ts';
import { Door } from '../door.ts';
import { DoorStore } from '../store.ts';
import { TabletLock } from '../tablet-lock.ts';
import { PRACTICE_DEVICE, PRACTICE_EVENT, practiceEvent, type Sample } from './practice-event.ts';

/** The throwaway database: nothing in it is ever sent, and it is deleted before and after. */
export const PRACTICE_DATABASE = 'einlass-practice';

export interface Practice {
  store: DoorStore;
  door: Door;
  samples: Sample[];
  /** What the sample guest with access needs needs, in words. */
  needs: string;
  /** Leaves nothing behind. */
  end(): Promise<void>;
}

/** What practice needs of the browser; handed in, so that tests have a database of their own. */
export interface PracticeParts {
  open: () => DoorDatabase;
  drop: () => Promise<void>;
}

const BROWSER: PracticeParts = {
  open: () => new DoorDatabase(PRACTICE_DATABASE),
  drop: () => Dexie.delete(PRACTICE_DATABASE),
};

/**
 * A door for practice: the real code on a database of its own, with no way to any server.
 *
 * @param real - the event that is practised for
 * @param duty - where; it must be a door of the event
 * @param needs - what the guest with access needs needs, in words
 * @throws when the event has no such door, or no workgroup
 */
export async function openPractice(
  real: EventSetting,
  duty: Duty,
  needs: string,
  clock: Clock,
  { open, drop }: PracticeParts = BROWSER,
): Promise<Practice> {
  const checkpoint = real.checkpoints.find(({ id }) => id === duty.checkpointId);
  if (!checkpoint) throw new Error('practice at a door that there is not');
  const { keyId, privateKey, changes, samples } = await practiceEvent(real, checkpoint, needs, clock());
  await drop();
  const store = await DoorStore.open(open(), clock);
  const identity = {
    deviceId: PRACTICE_DEVICE,
    eventId: PRACTICE_EVENT,
    name: 'Tablet 1',
    // No server knows it, and there is nothing here that would send it.
    token: 'practice',
    handInToken: 'practice',
    keyId,
    privateKey,
  };
  await store.pair(identity, clock());
  // Nothing in it is worth a real PIN, and it is never opened a second time.
  await new TabletLock(store, 1).choosePin('practice');
  await store.setDuty(duty);
  const wire: SyncResponseWire = {
    acknowledged: [],
    changes,
    cursor: 'practice',
    more: false,
    serverTime: clock(),
  };
  const basis = { deviceId: PRACTICE_DEVICE, cursor: null };
  const bytes = new TextEncoder().encode(JSON.stringify(wire));
  await store.applySync(basis, v.parse(SyncResponseSchema, wire), bytes, 0);
  return {
    store,
    door: new Door(store),
    samples,
    needs,
    async end() {
      store.close();
      await drop();
    },
  };
}
