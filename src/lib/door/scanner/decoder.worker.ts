import { prepareZXingModule } from 'zxing-wasm/reader';
import type { DecoderReply, DecoderRequest } from './decoder.ts';
import { FramePixels } from './reading/frame-pixels.ts';
import { PictureReader } from './reading/picture-reader.ts';
import { Reader, readStill, readsSample } from './reading/reader.ts';

/** The reader in a worker: the page stays free while a frame is being read. */

const scope = self as unknown as DedicatedWorkerGlobalScope;
const pixels = new FramePixels();
const reader = new Reader();
const pictures = new PictureReader();

function reply(message: DecoderReply): void {
  scope.postMessage(message);
}

async function answer(request: DecoderRequest): Promise<DecoderReply> {
  switch (request.kind) {
    case 'load': {
      const locateFile = () => request.wasmUrl;
      await prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
      return { kind: (await readsSample()) ? 'ready' : 'failed' };
    }
    case 'read':
      return { kind: 'read', text: await reader.read(await pixels.greyOf(request.frame)) };
    case 'picture':
      return { kind: 'picture', bytes: await pictures.read(await pixels.greyOf(request.frame)) };
    case 'still':
      return { kind: 'read', text: await readStill(await pixels.greyOf(request.frame)) };
  }
}

scope.onmessage = (event: MessageEvent<DecoderRequest>) => {
  answer(event.data).then(reply, () => reply({ kind: 'failed' }));
};
