import { Random } from '../frames/random.ts';
import { HEIGHT, WIDTH } from '../frames/scene.ts';

/** What lies between a screen and a camera. */
export interface Air {
  /** Of a hundred pictures, how many the camera never gets to see. */
  lost: number;
  /** The optics' blur at least and at most, as a gaussian's standard deviation in pixels of the camera. */
  blur: [number, number];
  seed: number;
}

/** So much of the camera's height the other's screen takes. */
const SHARE = 0.92;
const DEGREE = Math.PI / 180;

/** Lets whoever watches the channel see a canvas, as it is now. */
export function shine(channel: BroadcastChannel, canvas: HTMLCanvasElement): void {
  channel.postMessage(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height));
}

/** A camera that looks at the screen on the other side of a channel: held by hand, blurred, noisy, and not always there. */
export function lensOf(channel: BroadcastChannel, { lost, blur, seed }: Air): MediaStream {
  const random = new Random(seed);
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext('2d')!;
  const noise = noiseOf(random);
  const screen = document.createElement('canvas');
  const optics = document.createElement('canvas');
  const see = (light: ImageData | null) => {
    context.globalAlpha = 1;
    context.fillStyle = '#777';
    context.fillRect(0, 0, WIDTH, HEIGHT);
    if (light && !random.happens(lost)) {
      const side = light.width;
      const scale = (SHARE * HEIGHT) / side;
      for (const one of [screen, optics]) if (one.width !== side) one.width = one.height = side;
      screen.getContext('2d')!.putImageData(light, 0, 0);
      const blurred = optics.getContext('2d')!;
      blurred.filter = `blur(${random.between(...blur) / scale}px)`;
      blurred.drawImage(screen, 0, 0);
      // White is dull and black is grey, as a camera sees a screen.
      context.globalAlpha = 0.7;
      context.translate(WIDTH / 2 + 4 * random.normal(), HEIGHT / 2 + 4 * random.normal());
      context.rotate((2 + random.normal()) * DEGREE);
      // Seen a little from the side.
      context.transform(scale * 0.97, 0.02 * scale, 0.01 * scale, scale, 0, 0);
      context.drawImage(optics, -side / 2, -side / 2);
    }
    context.globalAlpha = 1;
    context.resetTransform();
    context.drawImage(noise, -random.whole(100), -random.whole(100));
  };
  // A camera shows something also before anybody stands in front of it.
  const waiting = setInterval(() => see(null), 100);
  channel.onmessage = (event: MessageEvent<ImageData>) => {
    clearInterval(waiting);
    see(event.data);
  };
  return canvas.captureStream();
}

/** Grey grains that let most of what is under them through. */
function noiseOf(random: Random): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const [width, height] = [WIDTH + 100, HEIGHT + 100];
  Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  // Up to a tenth of black or white, at random.
  for (let i = 0; i < pixels.length; i += 1)
    pixels[i] = (random.whole(24) << 24) | (random.happens(0.5) ? 0xffffff : 0);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}
