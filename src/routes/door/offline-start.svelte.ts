import { dev } from '$app/environment';
import { millis, MINUTE, SECOND } from '$lib/domain/time';
import { IdleWatch } from '$lib/door/idle';
import { ownScript } from '$lib/ui/own-script';
import { Workbox } from 'workbox-window';

/** For how long nothing must have happened at a door before an update is taken by itself, in milliseconds. */
const UPDATE_AFTER = 10 * MINUTE;

/** What an update must not come between. */
export interface DoorWork {
  /** Something is being written to the disk. */
  readonly writing: boolean;
  /** Something is open on the screen that somebody is reading or filling in. */
  readonly occupied: boolean;
}

/**
 * The service worker that starts the door without network, and its updates. A new version waits for the staff's tap, or
 * until nothing has happened at the door for a good while; what waits in the outbox is on disk and stays there.
 */
class OfflineStart {
  /** Everything the door needs is on the tablet. */
  ready = $state(false);
  updateWaiting = $state(false);
  private workbox: Workbox | null = null;

  /** @param signal - ends the watching, not the service worker */
  register(work: DoorWork, signal: AbortSignal): void {
    if (!('serviceWorker' in navigator)) return;
    this.ready = navigator.serviceWorker.controller !== null;
    const type = dev ? 'module' : 'classic';
    const script = ownScript('/service-worker.js');
    const workbox = new Workbox(script, { scope: '/door', type, updateViaCache: 'none' });
    this.workbox = workbox;
    workbox.addEventListener('activated', () => (this.ready = true));
    workbox.addEventListener('waiting', () => (this.updateWaiting = true));
    workbox.addEventListener('controlling', (event) => {
      // `isUpdate` is false in a tab that is open since the first visit, however many versions come.
      if (event.isUpdate || this.updateWaiting) reloadAfterWrites(work);
    });
    // Without a server there is nothing to register from; the worker of the last visit does.
    workbox.register().catch(() => undefined);
    this.updateWhenIdle(work, signal);
  }

  update(): void {
    this.workbox?.messageSkipWaiting();
  }

  private updateWhenIdle(work: DoorWork, signal: AbortSignal): void {
    const watch = new IdleWatch(() => millis(Date.now()), UPDATE_AFTER);
    watch.listen(signal);
    const timer = setInterval(() => {
      // A verdict is open for a while after each scan, so scans count as well.
      if (watch.isIdle(work.occupied || work.writing) && this.updateWaiting) this.update();
    }, SECOND);
    signal.addEventListener('abort', () => clearInterval(timer));
  }
}

function reloadAfterWrites(work: DoorWork): void {
  if (work.writing) setTimeout(() => reloadAfterWrites(work), SECOND / 20);
  else location.reload();
}

export const offlineStart = new OfflineStart();
