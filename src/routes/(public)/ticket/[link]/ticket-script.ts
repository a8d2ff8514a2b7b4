import { ownScript } from '$lib/ui/own-script';

/**
 * What a ticket can do besides where there is JavaScript: it stores itself on the device, keeps the screen awake and
 * shows its code large. No framework, no text of its own; the page works without it.
 */

const byId = (id: string): HTMLElement | null => document.getElementById(id);

/** Asks the service worker to store this page with its parts, and says so once that is done. */
async function keepOnDevice(): Promise<void> {
  // The pages of all tickets in this language; the worker of another language has its own.
  const scope = location.pathname.replace(/[^/]*$/, '');
  const type = import.meta.env.DEV ? 'module' : 'classic';
  const worker = ownScript('/service-worker.js');
  await navigator.serviceWorker.register(worker, { scope, type, updateViaCache: 'none' });
  const { active } = await navigator.serviceWorker.ready;
  await document.fonts.ready;
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
  const parts = loaded.filter(
    ({ origin, pathname }) => origin === location.origin && pathname.startsWith('/_app/immutable/'),
  );
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => byId('kept')?.removeAttribute('hidden');
  active?.postMessage({ type: 'KEEP_TICKET', parts: parts.map(({ pathname }) => pathname) }, [port2]);
}

/** The system takes the lock away whenever the page is hidden, and some browsers give none before the first touch. */
function keepAwake(): void {
  let lock: WakeLockSentinel | null = null;
  const ask = async () => {
    if (document.visibilityState !== 'visible' || (lock && !lock.released)) return;
    lock = await navigator.wakeLock.request('screen').catch(() => null);
  };
  document.addEventListener('visibilitychange', () => void ask());
  document.addEventListener('pointerdown', () => void ask());
  void ask();
}

function showLarge(): void {
  const dialog = byId('large') as HTMLDialogElement;
  const code = byId('code')!;
  const button = byId('enlarge')!;
  const place = dialog.querySelector('.place')!;
  const open = () => {
    if (!place.firstChild) place.append(code.querySelector('svg')!.cloneNode(true));
    dialog.showModal();
  };
  button.hidden = false;
  button.addEventListener('click', open);
  code.addEventListener('click', open);
  dialog.addEventListener('click', () => dialog.close());
}

if ('wakeLock' in navigator) keepAwake();
if ('showModal' in HTMLDialogElement.prototype) showLarge();
// Without network there is nothing to register from, and this page is the copy already.
if ('serviceWorker' in navigator) addEventListener('load', () => void keepOnDevice().catch(() => undefined));
