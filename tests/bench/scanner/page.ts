import { Html5QrcodeSupportedFormats } from 'html5-qrcode/es2015/core.js';
import { Html5QrcodeShim } from 'html5-qrcode/es2015/code-decoder.js';
import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { openCamera } from '../../../src/lib/door/scanner/camera.ts';
import { Decoder } from '../../../src/lib/door/scanner/decoder.ts';
import { HeldCodes } from '../../../src/lib/door/scanner/held-codes.ts';
import { readFrames } from '../../../src/lib/door/scanner/scanner.ts';
import { millis } from '../../../src/lib/domain/time.ts';

/** What one way of reading made of one frame or of one burst. */
export interface Reading {
  text: string | null;
  /** How long each attempt took, in milliseconds. */
  times: number[];
}

/** What was read of one held ticket, by every way. */
export interface SceneReadings {
  product: Reading;
  /** The product's own way, given the very same frame again and again. */
  still: Reading;
  zxing: Reading;
  html5: Reading;
  /** zxing-cpp called once for each frame of the burst; null where that was not asked for. */
  zxingBurst: Reading | null;
}

export interface PhotoReadings {
  product: Reading;
  zxing: Reading;
  html5: Reading;
  /** All that zxing-cpp finds: a picture may hold more than one code, and a reader may take any. */
  codes: string[];
}

/** What stands on the bench's page for the bench to call. */
export interface ScannerBench {
  /** @returns whether every reader works */
  start(): Promise<boolean>;
  readScene(scene: number, burst: number, withZxingBurst: boolean): Promise<SceneReadings>;
  readPhoto(url: string, attempts: number): Promise<PhotoReadings>;
  /** Scans as the door does for a while, in milliseconds. @returns the texts, each as often as it was told */
  watchCamera(duration: number): Promise<string[]>;
}

/** The best single call: what the README of the photographs calls a plain call. */
const SINGLE_CALL: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  maxNumberOfSymbols: 1,
  textMode: 'Plain',
};

const silent = { log: () => undefined, warn: () => undefined, logError: () => undefined };
const logger = { ...silent, logErrors: () => undefined };
const html5 = new Html5QrcodeShim([Html5QrcodeSupportedFormats.QR_CODE], true, false, logger);
let burstDecoder: Decoder;
let stillDecoder: Decoder;

async function start(): Promise<boolean> {
  await prepareZXingModule({ overrides: { locateFile: () => wasmUrl }, fireImmediately: true });
  burstDecoder = new Decoder();
  stillDecoder = new Decoder();
  return (await burstDecoder.works) && stillDecoder.works;
}

/** A frame of the generator. */
async function fetchFrame(scene: number, index: number): Promise<HTMLCanvasElement> {
  const answer = await fetch(`/frame/${scene}/${index}`);
  const grey = new Uint8Array(await answer.arrayBuffer());
  const [width, height] = answer.headers.get('frame-size')!.split(' ').map(Number);
  const image = new ImageData(width!, height!);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < grey.length; i += 1) pixels[i] = 0xff000000 | (grey[i]! * 0x010101);
  const canvas = newCanvas(width!, height!);
  canvas.getContext('2d', { willReadFrequently: true })!.putImageData(image, 0, 0);
  return canvas;
}

function newCanvas(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

async function readScene(scene: number, burst: number, withZxingBurst: boolean): Promise<SceneReadings> {
  const first = await fetchFrame(scene, 0);
  const [byHtml5, byZxing] = [await readByHtml5(first), await readByZxing([first])];
  const product: Reading = { text: null, times: [] };
  const frames = [first];
  for (let i = 0; i < burst && product.text === null; i += 1) {
    const frame = frames[i] ?? (await fetchFrame(scene, i));
    frames[i] = frame;
    await readByProduct(burstDecoder, frame, product);
  }
  const still: Reading = { text: null, times: [] };
  for (let i = 0; i < burst && still.text === null; i += 1) await readByProduct(stillDecoder, first, still);
  let zxingBurst: Reading | null = null;
  if (withZxingBurst) {
    if (byZxing.text === null)
      for (let i = frames.length; i < burst; i += 1) frames.push(await fetchFrame(scene, i));
    zxingBurst = byZxing.text === null ? await readByZxing(frames) : byZxing;
  }
  return { product, still, zxing: byZxing, html5: byHtml5, zxingBurst };
}

async function readByProduct(decoder: Decoder, canvas: HTMLCanvasElement, reading: Reading): Promise<void> {
  const frame = new VideoFrame(canvas, { timestamp: 0 });
  const begun = performance.now();
  reading.text = await decoder.read(frame);
  reading.times.push(performance.now() - begun);
}

async function readByZxing(canvases: HTMLCanvasElement[]): Promise<Reading> {
  const reading: Reading = { text: null, times: [] };
  for (const canvas of canvases) {
    const image = pixelsOf(canvas);
    const begun = performance.now();
    const [found] = await readBarcodes(image, SINGLE_CALL);
    reading.times.push(performance.now() - begun);
    if (found?.isValid) return { ...reading, text: found.text };
  }
  return reading;
}

/** As html5-qrcode does it by default: what it can't read it tries again, with the very same pixels. */
async function readByHtml5(canvas: HTMLCanvasElement): Promise<Reading> {
  const begun = performance.now();
  const attempt = () =>
    html5.decodeAsync(canvas).then(
      ({ text }) => text,
      () => null,
    );
  const text = (await attempt()) ?? (await attempt());
  return { text, times: [performance.now() - begun] };
}

function pixelsOf(canvas: HTMLCanvasElement): ImageData {
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function readPhoto(url: string, attempts: number): Promise<PhotoReadings> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = newCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  // What is transparent in a picture is paper.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0);
  const product: Reading = { text: null, times: [] };
  for (let i = 0; i < attempts && product.text === null; i += 1)
    await readByProduct(stillDecoder, canvas, product);
  const all = await readBarcodes(pixelsOf(canvas), { ...SINGLE_CALL, maxNumberOfSymbols: 255 });
  return {
    product,
    zxing: await readByZxing([canvas]),
    html5: await readByHtml5(canvas),
    codes: all.map((found) => found.text),
  };
}

async function watchCamera(duration: number): Promise<string[]> {
  const decoder = new Decoder();
  const outcome = await openCamera(document.querySelector<HTMLElement>('#picture')!);
  if (outcome.kind !== 'open' || !(await decoder.works)) throw new Error('the camera does not open');
  const texts: string[] = [];
  const clock = () => millis(performance.now());
  const end = AbortSignal.timeout(duration);
  await readFrames(outcome.camera, decoder, new HeldCodes(), clock, (text) => texts.push(text), end);
  await outcome.camera.close();
  decoder.close();
  return texts;
}

const bench: ScannerBench = { start, readScene, readPhoto, watchCamera };
Object.assign(window, { bench });
