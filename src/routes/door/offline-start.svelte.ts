import { dev } from '$app/environment';
import { Workbox } from 'workbox-window';

/** The service worker that starts the door without network, and its updates, which wait for the staff's tap. */
class OfflineStart {
  /** Everything the door needs is on the tablet. */
  ready = $state(false);
  updateWaiting = $state(false);
  private workbox: Workbox | null = null;

  register(): void {
    if (!('serviceWorker' in navigator)) return;
    this.ready = navigator.serviceWorker.controller !== null;
    const type = dev ? 'module' : 'classic';
    const workbox = new Workbox('/service-worker.js', { scope: '/door', type, updateViaCache: 'none' });
    this.workbox = workbox;
    workbox.addEventListener('activated', () => (this.ready = true));
    workbox.addEventListener('waiting', () => (this.updateWaiting = true));
    workbox.addEventListener('controlling', (event) => {
      if (event.isUpdate) location.reload();
    });
    // Without a server there is nothing to register from; the worker of the last visit does.
    workbox.register().catch(() => undefined);
  }

  update(): void {
    this.workbox?.messageSkipWaiting();
  }
}

export const offlineStart = new OfflineStart();
