import { drawTicketQr, QUIET_ZONE } from '../../../src/lib/ui/ticket-qr.ts';
import { Random } from './random.ts';
import type { Scene } from './scene.ts';

/** What the guest holds up, as a picture. */
export interface Page {
  width: number;
  height: number;
  /** Ink or light of each texel, 0 to 255. */
  texels: Uint8Array;
  /** The code's middle, in texels. */
  middle: { x: number; y: number };
}

/** Texels in a module. */
export const TEXELS = 8;

/** The page's size, in modules. */
const PAGE = { width: 62, height: 104 };
/** The phone's rim, in modules. */
const RIM = 3;

/** Draws the phone's screen or the paper with the ticket's code on it, as the product draws it. */
export function drawPage(scene: Scene): Page {
  const random = new Random(scene.seed + 7);
  const [width, height] = [PAGE.width * TEXELS, PAGE.height * TEXELS];
  const texels = new Uint8Array(width * height).fill(255);
  const page: Page = { width, height, texels, middle: { x: width / 2, y: height * 0.45 } };
  drawLines(page, random);
  drawCode(page, scene.text);
  if (scene.inverted) for (let i = 0; i < texels.length; i += 1) texels[i] = 255 - texels[i]!;
  if (scene.cracked) drawCracks(page, random);
  if (scene.surface === 'phone') drawRim(page);
  return page;
}

function fill(page: Page, left: number, top: number, width: number, height: number, value: number): void {
  const from = Math.max(0, Math.round(left));
  const to = Math.min(page.width, Math.round(left + width));
  const bottom = Math.min(page.height, Math.round(top + height));
  if (from >= to) return;
  for (let y = Math.max(0, Math.round(top)); y < bottom; y += 1)
    page.texels.fill(value, y * page.width + from, y * page.width + to);
}

/** Words above and below the code, as strokes. */
function drawLines(page: Page, random: Random): void {
  for (let y = 6 * TEXELS; y < page.height - 6 * TEXELS; y += 4 * TEXELS) {
    const end = random.between(0.4, 0.9) * page.width;
    for (let x = 6 * TEXELS; x < end; x += 1.5 * TEXELS)
      if (random.happens(0.8)) fill(page, x, y, TEXELS * 0.7, TEXELS * random.between(1, 2), 20);
  }
}

function drawCode(page: Page, text: string): void {
  const { size, path } = drawTicketQr(text);
  const left = page.middle.x - (size * TEXELS) / 2;
  const top = page.middle.y - (size * TEXELS) / 2;
  const free = QUIET_ZONE * TEXELS;
  fill(page, left - free, top - free, size * TEXELS + 2 * free, size * TEXELS + 2 * free, 255);
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    fill(page, left + Number(x) * TEXELS, top + Number(y) * TEXELS, Number(width) * TEXELS, TEXELS, 0);
}

/** Lines that run from one point of a broken screen, some bright and some dark. */
function drawCracks(page: Page, random: Random): void {
  const [fromX, fromY] = [random.between(0.1, 0.9) * page.width, random.between(0.1, 0.9) * page.height];
  for (let crack = 0; crack < 7; crack += 1) {
    let direction = random.between(0, 2 * Math.PI);
    let [x, y] = [fromX, fromY];
    const value = random.happens(0.5) ? 250 : 10;
    const width = random.between(0.25, 1) * TEXELS;
    for (let step = 0; step < 400; step += 1) {
      if (step % 40 === 0) direction += random.between(-0.4, 0.4);
      x += 2 * Math.cos(direction);
      y += 2 * Math.sin(direction);
      fill(page, x - width / 2, y - width / 2, width, width, value);
    }
  }
}

function drawRim(page: Page): void {
  const rim = RIM * TEXELS;
  fill(page, 0, 0, page.width, rim, 8);
  fill(page, 0, page.height - rim, page.width, rim, 8);
  fill(page, 0, 0, rim, page.height, 8);
  fill(page, page.width - rim, 0, rim, page.height, 8);
}
