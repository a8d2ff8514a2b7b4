/**
 * Asks the service worker that would start this page without network how many of the door's files it lacks.
 *
 * @returns null when there is none; never settles when it doesn't answer
 */
export async function countMissingFiles(): Promise<number | null> {
  const worker = 'serviceWorker' in navigator ? navigator.serviceWorker.controller : null;
  if (!worker) return null;
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<unknown>) => resolve(typeof data === 'number' ? data : null);
    worker.postMessage({ type: 'COUNT_MISSING' }, [port2]);
  });
}
