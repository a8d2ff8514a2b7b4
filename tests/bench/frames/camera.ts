import { blur, smear } from './blur.ts';
import { TEXELS, type Page } from './page.ts';
import { Random } from './random.ts';
import { HEIGHT, WIDTH, type Moment, type Scene } from './scene.ts';

/** From the camera to the ticket, in the ticket's modules. */
const DISTANCE = 150;
/** How far the blur reaches, in pixels. */
const MARGIN = 10;

const OFFSETS = [-1 / 3, 0, 1 / 3];

/** Takes one picture of a held page. @returns grey, WIDTH × HEIGHT */
export function takePicture(scene: Scene, moment: Moment, page: Page): Uint8Array {
  const light = new Float32Array(WIDTH * HEIGHT);
  paintBackground(light, scene);
  // What lies behind is out of focus anyway.
  const box = pageBox(scene, moment, page);
  paintPage(light, scene, moment, page, box);
  blurBox(light, box, moment);
  return develop(light, scene, moment);
}

/** A foyer out of focus: soft patches of light. */
function paintBackground(light: Float32Array, scene: Scene): void {
  const random = new Random(scene.seed + 13);
  const step = 80;
  const columns = WIDTH / step + 2;
  const patches = Float32Array.from({ length: columns * (HEIGHT / step + 2) }, () => random.between(20, 200));
  for (let y = 0; y < HEIGHT; y += 1) {
    const row = Math.floor(y / step);
    const down = y / step - row;
    for (let x = 0; x < WIDTH; x += 1) {
      const column = Math.floor(x / step);
      const along = x / step - column;
      const at = row * columns + column;
      const above = patches[at]! * (1 - along) + patches[at + 1]! * along;
      const below = patches[at + columns]! * (1 - along) + patches[at + columns + 1]! * along;
      light[y * WIDTH + x] = above * (1 - down) + below * down;
    }
  }
}

/** Nine numbers, row by row: from the page's modules to the picture's pixels. */
function projection(scene: Scene, moment: Moment): number[] {
  const tilt = scene.tilt + moment.tilt;
  const turn = scene.rotation + moment.rotation;
  const [c, s] = [Math.cos(scene.tiltDirection), Math.sin(scene.tiltDirection)];
  // Tilted about an axis within the page, then turned within the picture.
  const k = Math.cos(tilt) - 1;
  const tilted = [1 + k * c * c, k * c * s, k * c * s, 1 + k * s * s] as const;
  const [depthX, depthY] = [Math.sin(tilt) * c, Math.sin(tilt) * s];
  const [ct, st] = [Math.cos(turn), Math.sin(turn)];
  const scale = scene.module * moment.zoom;
  const centreX = scene.centre.x + moment.shift.x;
  const centreY = scene.centre.y + moment.shift.y;
  const [gx, gy] = [depthX / DISTANCE, depthY / DISTANCE];
  return [
    scale * (ct * tilted[0] - st * tilted[2]) + centreX * gx,
    scale * (ct * tilted[1] - st * tilted[3]) + centreX * gy,
    centreX,
    scale * (st * tilted[0] + ct * tilted[2]) + centreY * gx,
    scale * (st * tilted[1] + ct * tilted[3]) + centreY * gy,
    centreY,
    gx,
    gy,
    1,
  ];
}

function inverse([a, b, c, d, e, f, g, h, i]: number[]): Float64Array {
  return Float64Array.of(
    e! * i! - f! * h!,
    c! * h! - b! * i!,
    b! * f! - c! * e!,
    f! * g! - d! * i!,
    a! * i! - c! * g!,
    c! * d! - a! * f!,
    d! * h! - e! * g!,
    b! * g! - a! * h!,
    a! * e! - b! * d!,
  );
}

/** Each pixel is the mean of nine places in it. */
function paintPage(light: Float32Array, scene: Scene, moment: Moment, page: Page, box: Box): void {
  const back = inverse(projection(scene, moment));
  const span = scene.contrast * 255;
  const black = scene.level - span / 2;
  const { texels, width, height, middle } = page;
  for (let y = box.top; y < box.bottom; y += 1) {
    for (let x = box.left; x < box.right; x += 1) {
      let sum = 0;
      let hit = 0;
      for (const dy of OFFSETS) {
        for (const dx of OFFSETS) {
          const [px, py] = [x + dx, y + dy];
          const w = back[6]! * px + back[7]! * py + back[8]!;
          const u = ((back[0]! * px + back[1]! * py + back[2]!) / w) * TEXELS + middle.x;
          const v = ((back[3]! * px + back[4]! * py + back[5]!) / w) * TEXELS + middle.y;
          if (u < 0 || v < 0 || u >= width || v >= height) continue;
          sum += texels[Math.floor(v) * width + Math.floor(u)]!;
          hit += 1;
        }
      }
      if (hit === 0) continue;
      const at = y * WIDTH + x;
      const seen = black + (sum / hit / 255) * span;
      light[at] = seen * (hit / 9) + light[at]! * (1 - hit / 9);
    }
  }
}

/** The blur of the optics, then that of the hand. */
function blurBox(light: Float32Array, { left, top, right, bottom }: Box, moment: Moment): void {
  const [width, height] = [right - left, bottom - top];
  const part = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const from = (top + y) * WIDTH + left;
    part.set(light.subarray(from, from + width), y * width);
  }
  const blurred = blur(part, width, height, moment.blur);
  smear(blurred, width, height, moment.motion.length, moment.motion.direction);
  for (let y = 0; y < height; y += 1)
    light.set(blurred.subarray(y * width, (y + 1) * width), (top + y) * WIDTH + left);
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The part of the picture that the page can be in, and a little around it. */
function pageBox(scene: Scene, moment: Moment, page: Page): Box {
  const forth = projection(scene, moment);
  const corners = [
    [-page.middle.x, -page.middle.y],
    [page.width - page.middle.x, -page.middle.y],
    [-page.middle.x, page.height - page.middle.y],
    [page.width - page.middle.x, page.height - page.middle.y],
  ].map(([tx, ty]) => {
    const [u, v] = [tx! / TEXELS, ty! / TEXELS];
    const w = forth[6]! * u + forth[7]! * v + forth[8]!;
    return {
      x: (forth[0]! * u + forth[1]! * v + forth[2]!) / w,
      y: (forth[3]! * u + forth[4]! * v + forth[5]!) / w,
    };
  });
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  return {
    left: Math.max(0, Math.floor(Math.min(...xs)) - MARGIN),
    right: Math.min(WIDTH, Math.ceil(Math.max(...xs)) + MARGIN),
    top: Math.max(0, Math.floor(Math.min(...ys)) - MARGIN),
    bottom: Math.min(HEIGHT, Math.ceil(Math.max(...ys)) + MARGIN),
  };
}

/** Reflected light, the screen's own pattern against the sensor's, and the sensor's noise. */
function develop(light: Float32Array, scene: Scene, moment: Moment): Uint8Array {
  const random = new Random(moment.seed + 101);
  const grey = new Uint8Array(WIDTH * HEIGHT);
  const noise = Float32Array.from({ length: 8_191 }, () => random.normal() * scene.noise);
  const { glare, moire } = scene;
  const glareX = glare ? scene.centre.x + (glare.at.x + moment.glareShift.x) * scene.module : 0;
  const glareY = glare ? scene.centre.y + (glare.at.y + moment.glareShift.y) * scene.module : 0;
  const glareSize = glare ? 1 / (glare.size * scene.module) ** 2 : 0;
  const waveX = moire ? 2 * Math.PI * moire.frequency * Math.cos(moire.direction) : 0;
  const waveY = moire ? 2 * Math.PI * moire.frequency * Math.sin(moire.direction) : 0;
  const wave = moire ? moire.strength * scene.contrast * 128 : 0;
  for (let y = 0; y < HEIGHT; y += 1) {
    // A row starts anywhere in the noise, so that no pattern runs down the picture.
    let grain = random.whole(8_191);
    for (let x = 0; x < WIDTH; x += 1) {
      const at = y * WIDTH + x;
      let value = light[at]!;
      if (moire) value += wave * Math.sin(waveX * x + waveY * y + moment.moirePhase);
      if (glare) {
        const distance = ((x - glareX) / glare.stretch) ** 2 + (y - glareY) ** 2;
        if (distance * glareSize < 6) value += glare.strength * Math.exp(-distance * glareSize);
      }
      grain = grain === 8_190 ? 0 : grain + 1;
      value += noise[grain]!;
      grey[at] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return grey;
}
