import { readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import type { GreyImage } from './grey-image.ts';
import { pictureOf } from './reader.ts';

/**
 * A moving picture stands large and upright before the camera, and another one comes at once: trying harder finds no
 * more of them, and takes longer.
 */
const OPTIONS: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: false,
  tryRotate: false,
  tryInvert: false,
  // A small message stands there in large squares, in which a dark camera's noise drowns the code: 0 of 20 are read
  // without this, and 20 with it.
  tryDownscale: true,
  maxNumberOfSymbols: 1,
};

/** So much of the code's size around it is looked at, too, because hands move. */
const MARGIN = 0.12;

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Reads the moving pictures of another tablet in successive frames: first where the last one was. */
export class PictureReader {
  private last: Box | null = null;

  /** @returns the bytes that the code holds, or null */
  async read(image: GreyImage): Promise<Uint8Array<ArrayBuffer> | null> {
    const box = this.last && clipped(this.last, image);
    const near = box && (await this.readIn(cut(image, box), box));
    if (near) return near;
    this.last = null;
    return this.readIn(image, { left: 0, top: 0, width: image.width, height: image.height });
  }

  private async readIn(image: GreyImage, { left, top }: Box): Promise<Uint8Array<ArrayBuffer> | null> {
    const [found] = await readBarcodes(pictureOf(image), OPTIONS);
    if (!found?.isValid) return null;
    const { topLeft, topRight, bottomRight, bottomLeft } = found.position;
    const corners = [topLeft, topRight, bottomRight, bottomLeft];
    const [xs, ys] = [corners.map(({ x }) => x + left), corners.map(({ y }) => y + top)];
    const [width, height] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
    this.last = {
      left: Math.floor(Math.min(...xs) - MARGIN * width),
      top: Math.floor(Math.min(...ys) - MARGIN * height),
      width: Math.ceil((1 + 2 * MARGIN) * width),
      height: Math.ceil((1 + 2 * MARGIN) * height),
    };
    return Uint8Array.from(found.bytes);
  }
}

function clipped(box: Box, image: GreyImage): Box {
  const [left, top] = [Math.max(0, box.left), Math.max(0, box.top)];
  return {
    left,
    top,
    width: Math.min(image.width, box.left + box.width) - left,
    height: Math.min(image.height, box.top + box.height) - top,
  };
}

function cut(image: GreyImage, { left, top, width, height }: Box): GreyImage {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const from = (top + y) * image.width + left;
    data.set(image.data.subarray(from, from + width), y * width);
  }
  return { width, height, data };
}
