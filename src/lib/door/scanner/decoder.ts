import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { ownScript } from '../../ui/own-script.ts';
import workerUrl from './decoder.worker.ts?worker&url';

/** One picture of the camera. */
export type Frame = VideoFrame | ImageBitmap;

/** What the page asks of the worker: one thing at a time. */
export type DecoderRequest =
  /** The page names the WebAssembly's address, so that the build lists it among the files to keep offline. */
  | { kind: 'load'; wasmUrl: string }
  /** The next of the camera's frames. */
  | { kind: 'read'; frame: Frame }
  /** A photograph, to be read by all means, however long that takes. */
  | { kind: 'still'; frame: ImageBitmap }
  /** The next of the camera's frames, in which the moving picture of another tablet is looked for. */
  | { kind: 'picture'; frame: Frame };

export type DecoderReply =
  /** The reader is loaded and has read a sample. */
  | { kind: 'ready' }
  /** The text of the code in the frame, or null when there was none. */
  | { kind: 'read'; text: string | null }
  /** The bytes of the code in the frame, or null when there was none. */
  | { kind: 'picture'; bytes: Uint8Array<ArrayBuffer> | null }
  | { kind: 'failed' };

/** What is answered for a worker that can't answer any more. */
const NOTHING: DecoderReply = { kind: 'read', text: null };

/** A worker that has not answered for so long hangs, in milliseconds. The slowest tablet reads a photograph sooner. */
const PATIENCE = 20_000;

/** So many frames must have been read since the worker was started for it to be started again. */
const PROVEN = 50;

/** A worker that fails on so many frames one after the other reads nothing any more. */
const MOST_FAILURES = 20;

/**
 * Reads QR codes from frames, in a worker of its own. A worker that dies is replaced; one that dies again at once is
 * broken.
 */
export class Decoder {
  private worker!: Worker;
  private settle: (reply: DecoderReply) => void = () => undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private readSinceStart = 0;
  private failures = 0;
  private state: 'running' | 'broken' | 'closed' = 'running';
  private readonly onBroken: () => void;
  /** Settles once the reader has been loaded: whether it has read its sample. */
  readonly works: Promise<boolean>;
  /** Not where the browser has none, and no more once one could not be read. */
  takesVideoFrames = typeof VideoFrame === 'function';

  /** @param onBroken - told once when a reader that worked can't be brought back */
  constructor(onBroken: () => void = () => undefined) {
    this.onBroken = onBroken;
    this.start();
    this.works = this.load();
  }

  /** The frame belongs to the worker from then on. @returns the code's text, or null */
  async read(frame: Frame): Promise<string | null> {
    const reply = await this.askOften({ kind: 'read', frame }, [frame]);
    return reply.kind === 'read' ? reply.text : null;
  }

  /** The frame belongs to the worker from then on. @returns what the code holds, or null */
  async readPicture(frame: Frame): Promise<Uint8Array<ArrayBuffer> | null> {
    const reply = await this.askOften({ kind: 'picture', frame }, [frame]);
    return reply.kind === 'picture' ? reply.bytes : null;
  }

  /** Reads a photograph. It belongs to the worker from then on. @returns the code's text, or null */
  async readStill(picture: ImageBitmap): Promise<string | null> {
    const reply = await this.ask({ kind: 'still', frame: picture }, [picture]);
    return reply.kind === 'read' ? reply.text : null;
  }

  close(): void {
    this.state = 'closed';
    this.worker.terminate();
    this.settle(NOTHING);
  }

  private start(): void {
    this.readSinceStart = 0;
    this.worker = new Worker(ownScript(workerUrl), { type: 'module' });
    this.worker.onmessage = (event: MessageEvent<DecoderReply>) => this.settle(event.data);
    this.worker.onerror = () => this.replace();
  }

  private async load(): Promise<boolean> {
    return (await this.ask({ kind: 'load', wasmUrl }, [])).kind === 'ready';
  }

  /** The worker lives, but could not get at a frame's pixels: perhaps it can with the other kind of frame. */
  private failedToRead(): void {
    this.takesVideoFrames = false;
    this.failures += 1;
    if (this.failures >= MOST_FAILURES) this.break();
  }

  /** The worker has died or hangs. */
  private replace(): void {
    if (this.state !== 'running') return;
    this.worker.terminate();
    const proven = this.readSinceStart >= PROVEN;
    this.settle(NOTHING);
    if (proven) {
      this.start();
      void this.load().then((loaded) => !loaded && this.break());
    } else this.break();
  }

  private break(): void {
    if (this.state !== 'running') return;
    this.state = 'broken';
    this.worker.terminate();
    this.settle(NOTHING);
    this.onBroken();
  }

  private async askOften(request: DecoderRequest, transfer: Transferable[]): Promise<DecoderReply> {
    const reply = await this.ask(request, transfer);
    this.readSinceStart += 1;
    if (reply.kind === 'failed') this.failedToRead();
    else this.failures = 0;
    return reply;
  }

  /** Waits for its turn: a photograph may come while a frame is being read. */
  private ask(request: DecoderRequest, transfer: Transferable[]): Promise<DecoderReply> {
    const reply = this.turn.then(() => this.send(request, transfer));
    this.turn = reply;
    return reply;
  }

  private send(request: DecoderRequest, transfer: Transferable[]): Promise<DecoderReply> {
    if (this.state !== 'running') return Promise.resolve(NOTHING);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.replace(), PATIENCE);
      this.settle = (reply) => {
        clearTimeout(timer);
        resolve(reply);
      };
      this.worker.postMessage(request, transfer);
    });
  }
}
