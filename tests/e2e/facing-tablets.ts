import type { BrowserContext, Page } from 'playwright-core';

/** Lets one tablet's camera see another tablet's screen, as if they were held face to face. */

const WIDTH = 1280;
const HEIGHT = 720;

declare const window: { testCamera: { show(jpeg: string): Promise<void> } };

/**
 * Gives the pages of a context a camera that a test can point at something. A browser's own fake camera plays a film that
 * must be there before the browser starts.
 */
export async function giveCamera(context: BrowserContext): Promise<void> {
  await context.addInitScript(
    ({ width, height }) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const lens = canvas.getContext('2d', { alpha: false })!;
      const see = (screen: ImageBitmap | null) => {
        lens.fillStyle = '#777';
        lens.fillRect(0, 0, width, height);
        if (!screen) return;
        const scale = 0.96 * Math.min(width / screen.width, height / screen.height);
        lens.setTransform(scale, 0, 0, scale, width / 2, height / 2);
        // Nobody holds a tablet quite straight, or quite still.
        lens.rotate(0.02 + 0.01 * Math.random());
        lens.drawImage(screen, -screen.width / 2, -screen.height / 2);
        lens.resetTransform();
      };
      let last: ImageBitmap | null = null;
      // A camera goes on giving pictures also of what does not move.
      setInterval(() => see(last), 100);

      if (navigator.mediaDevices)
        navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream());
      Object.assign(window, {
        testCamera: {
          async show(jpeg: string) {
            const bytes = Uint8Array.from(atob(jpeg), (char) => char.charCodeAt(0));
            last = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
            see(last);
          },
        },
      });
    },
    { width: WIDTH, height: HEIGHT },
  );
}

/**
 * From now on a page's camera sees the whole screen of another page, as it is painted.
 *
 * @param watcher - of a context with such a camera
 * @returns ends it
 */
export async function lookAt(watcher: Page, shown: Page): Promise<() => Promise<void>> {
  const screen = await shown.context().newCDPSession(shown);
  screen.on('Page.screencastFrame', ({ data, sessionId }) => {
    void watcher
      .evaluate((jpeg) => window.testCamera.show(jpeg), data)
      .then(() => screen.send('Page.screencastFrameAck', { sessionId }))
      // Whoever has closed their page is looked at no more.
      .catch(() => undefined);
  });
  await screen.send('Page.startScreencast', { format: 'jpeg', quality: 80 });
  return () => screen.detach();
}

/** The server links no tablets of a context, as if it could not be reached for that. */
export async function linkByNoServer(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const reach = globalThis.fetch;
    globalThis.fetch = (input, init) =>
      (input as string).endsWith('/api/door/v1/nearby')
        ? Promise.reject(new TypeError('not this way'))
        : reach(input, init);
  });
}
