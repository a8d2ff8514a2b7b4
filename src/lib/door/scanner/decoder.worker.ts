import { prepareZXingModule } from 'zxing-wasm/reader';
import type { DecoderReply, DecoderRequest, Frame } from './decoder.ts';
import { Reader, readStill, readsSample } from './reading/reader.ts';

/** The reader in a worker: the page stays free while a frame is being read. */

const scope = self as unknown as DedicatedWorkerGlobalScope;
const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext('2d', { willReadFrequently: true });
const reader = new Reader();

function reply(message: DecoderReply): void {
  scope.postMessage(message);
}

/** The frame's pixels. The frame is let go at once, because the camera has few of them. */
function pixelsOf(frame: Frame): ImageData {
  if (!context) throw new Error('no canvas in this worker');
  const width = 'displayWidth' in frame ? frame.displayWidth : frame.width;
  const height = 'displayHeight' in frame ? frame.displayHeight : frame.height;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.drawImage(frame, 0, 0, width, height);
  frame.close();
  return context.getImageData(0, 0, width, height);
}

async function answer(request: DecoderRequest): Promise<DecoderReply> {
  switch (request.kind) {
    case 'load': {
      const locateFile = () => request.wasmUrl;
      await prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
      return { kind: (await readsSample()) ? 'ready' : 'failed' };
    }
    case 'read':
      return { kind: 'read', text: await reader.read(pixelsOf(request.frame)) };
    case 'still':
      return { kind: 'read', text: await readStill(pixelsOf(request.frame)) };
  }
}

scope.onmessage = (event: MessageEvent<DecoderRequest>) => {
  answer(event.data).then(reply, () => reply({ kind: 'failed' }));
};
