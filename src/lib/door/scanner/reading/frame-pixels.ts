import type { Frame } from '../decoder.ts';
import { greyOf, type GreyImage } from './grey-image.ts';

/** Formats of which the first plane is the brightness of each pixel. */
const BRIGHTNESS_FIRST: ReadonlySet<string | null> = new Set(['I420', 'I420A', 'I422', 'I444', 'NV12']);
const COLOURS: ReadonlySet<string | null> = new Set(['RGBA', 'RGBX', 'BGRA', 'BGRX']);

/** Takes the pixels out of frames, without a canvas where the browser can: that is many times faster. */
export class FramePixels {
  private readonly canvas = new OffscreenCanvas(1, 1);
  private readonly context = this.canvas.getContext('2d', { willReadFrequently: true });
  private bytes = new Uint8Array(0);

  /** The frame is let go at once, because the camera has few of them. What is returned holds until the next call. */
  async greyOf(frame: Frame): Promise<GreyImage> {
    try {
      return (isVideoFrame(frame) && (await this.copied(frame))) || this.drawn(frame);
    } finally {
      frame.close();
    }
  }

  private async copied(frame: VideoFrame): Promise<GreyImage | null> {
    const { format, visibleRect } = frame;
    if (!visibleRect || !(BRIGHTNESS_FIRST.has(format) || COLOURS.has(format))) return null;
    const { width, height } = visibleRect;
    const size = frame.allocationSize();
    if (this.bytes.length !== size) this.bytes = new Uint8Array(size);
    const [plane] = await frame.copyTo(this.bytes);
    if (!plane) return null;
    if (COLOURS.has(format)) {
      if (plane.stride !== 4 * width) return null;
      return greyOf({ width, height, data: this.bytes.subarray(plane.offset) });
    }
    if (plane.stride === width) {
      return { width, height, data: this.bytes.subarray(plane.offset, plane.offset + width * height) };
    }
    const data = new Uint8Array(width * height);
    for (let y = 0; y < height; y += 1) {
      const from = plane.offset + y * plane.stride;
      data.set(this.bytes.subarray(from, from + width), y * width);
    }
    return { width, height, data };
  }

  private drawn(frame: Frame): GreyImage {
    if (!this.context) throw new Error('no canvas in this worker');
    const width = isVideoFrame(frame) ? frame.displayWidth : frame.width;
    const height = isVideoFrame(frame) ? frame.displayHeight : frame.height;
    if (this.canvas.width !== width || this.canvas.height !== height)
      Object.assign(this.canvas, { width, height });
    // What is transparent in a picture is paper.
    this.context.fillStyle = '#fff';
    this.context.fillRect(0, 0, width, height);
    this.context.drawImage(frame, 0, 0, width, height);
    return greyOf(this.context.getImageData(0, 0, width, height));
  }
}

function isVideoFrame(frame: Frame): frame is VideoFrame {
  return 'copyTo' in frame;
}
