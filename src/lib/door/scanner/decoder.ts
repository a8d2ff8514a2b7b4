import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';

/** One picture of the camera. */
export type Frame = VideoFrame | ImageBitmap;

/** What the page asks of the worker: one thing at a time. */
export type DecoderRequest =
  /** The page names the WebAssembly's address, so that the build lists it among the files to keep offline. */
  { kind: 'load'; wasmUrl: string } | { kind: 'read'; frame: Frame };

export type DecoderReply =
  | { kind: 'ready' }
  /** The text of the code in the frame, or null when there was none. */
  | { kind: 'read'; text: string | null }
  | { kind: 'failed' };

/** Reads QR codes from frames, in a worker of its own. */
export class Decoder {
  private readonly worker: Worker;
  private waiting: ((reply: DecoderReply) => void) | null = null;
  /** Settles once the reader has been loaded: whether it works. */
  readonly works: Promise<boolean>;
  /** Not where the browser has none, and no more once one could not be read. */
  takesVideoFrames = typeof VideoFrame === 'function';

  constructor() {
    this.worker = new Worker(new URL('./decoder.worker.ts', import.meta.url), { type: 'module' });
    this.worker.onmessage = (event: MessageEvent<DecoderReply>) => this.settle(event.data);
    this.worker.onerror = () => this.settle({ kind: 'failed' });
    this.works = this.ask({ kind: 'load', wasmUrl }, []).then((reply) => reply.kind === 'ready');
  }

  /** The frame belongs to the worker from then on. @returns the code's text, or null */
  async read(frame: Frame): Promise<string | null> {
    const reply = await this.ask({ kind: 'read', frame }, [frame]);
    if (reply.kind === 'failed') this.takesVideoFrames = false;
    return reply.kind === 'read' ? reply.text : null;
  }

  close(): void {
    this.worker.terminate();
    this.settle({ kind: 'failed' });
  }

  private ask(request: DecoderRequest, transfer: Transferable[]): Promise<DecoderReply> {
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.worker.postMessage(request, transfer);
    });
  }

  private settle(reply: DecoderReply): void {
    this.waiting?.(reply);
    this.waiting = null;
  }
}
