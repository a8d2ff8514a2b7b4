import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import type { DecoderReply, DecoderRequest, Frame } from './decoder.ts';

/** The reader in a worker: the page stays free while a frame is being read. */

const OPTIONS: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  maxNumberOfSymbols: 1,
  // As it was written: the default shows control characters as words.
  textMode: 'Plain',
};

const scope = self as unknown as DedicatedWorkerGlobalScope;
const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext('2d', { willReadFrequently: true });

function reply(message: DecoderReply): void {
  scope.postMessage(message);
}

/** The frame's pixels. The frame is let go at once, because the camera has few of them. */
function pixelsOf(frame: Frame): ImageData {
  if (!context) throw new Error('no canvas in this worker');
  canvas.width = 'displayWidth' in frame ? frame.displayWidth : frame.width;
  canvas.height = 'displayHeight' in frame ? frame.displayHeight : frame.height;
  context.drawImage(frame, 0, 0, canvas.width, canvas.height);
  frame.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function answer(request: DecoderRequest): Promise<DecoderReply> {
  if (request.kind === 'load') {
    const locateFile = () => request.wasmUrl;
    await prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
    return { kind: 'ready' };
  }
  const [found] = await readBarcodes(pixelsOf(request.frame), OPTIONS);
  return { kind: 'read', text: found?.isValid ? found.text : null };
}

scope.onmessage = (event: MessageEvent<DecoderRequest>) => {
  answer(event.data).then(reply, () => reply({ kind: 'failed' }));
};
