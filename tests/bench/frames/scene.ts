import { encodeBase45 } from '../../../src/lib/domain/base45.ts';
import { Random } from './random.ts';

/** A guest who holds up a ticket: all that stays the same while it is held. */
export interface Scene {
  seed: number;
  /** The ticket's text, as long as a real one. */
  text: string;
  surface: 'phone' | 'paper';
  /** Light modules on a dark screen. */
  inverted: boolean;
  cracked: boolean;
  /** One module's width where the ticket isn't tilted, in pixels. */
  module: number;
  /** In radians: turned in the picture's plane, tilted out of it, and the direction that it is tilted to. */
  rotation: number;
  tilt: number;
  tiltDirection: number;
  centre: Point;
  /** Between white and black, as a share of all that the camera can tell apart. */
  contrast: number;
  /** The middle between white and black, 0 to 255. */
  level: number;
  /** The optics' blur, as a gaussian's standard deviation in pixels. */
  blur: number;
  /** The trembling hand's speed, in pixels during one exposure. */
  speed: number;
  /** The noise's standard deviation, in grey levels. */
  noise: number;
  glare: Glare | null;
  moire: Moire | null;
}

export interface Point {
  x: number;
  y: number;
}

interface Glare {
  /** In modules from the code's middle. */
  at: Point;
  size: number;
  stretch: number;
  strength: number;
}

interface Moire {
  /** Waves in a pixel. */
  frequency: number;
  direction: number;
  /** As a share of the contrast. */
  strength: number;
}

/** What changes from one frame of a held ticket to the next, because no hand holds still. */
export interface Moment {
  seed: number;
  shift: Point;
  rotation: number;
  tilt: number;
  zoom: number;
  blur: number;
  motion: { length: number; direction: number };
  glareShift: Point;
  moirePhase: number;
}

export const WIDTH = 1280;
export const HEIGHT = 720;

const DEGREE = Math.PI / 180;

/** Draws the scene of a number: tilt to 40°, rotation to 45°, modules of 2 to 6 px, contrast down to 0.12. */
export function drawScene(seed: number): Scene {
  const random = new Random(seed);
  const bytes = Uint8Array.from({ length: 100 }, () => random.whole(256));
  bytes[0] = 1;
  const surface = random.happens(0.8) ? 'phone' : 'paper';
  const contrast = random.between(0.12, 0.9);
  const span = contrast * 255;
  return {
    seed,
    text: `EL:${encodeBase45(bytes)}`,
    surface,
    inverted: surface === 'phone' && random.happens(0.2),
    cracked: surface === 'phone' && random.happens(0.15),
    module: random.between(2, 6),
    rotation: random.between(-45, 45) * DEGREE,
    tilt: random.between(0, 40) * DEGREE,
    tiltDirection: random.between(0, 360) * DEGREE,
    centre: { x: random.between(0.42, 0.58) * WIDTH, y: random.between(0.42, 0.58) * HEIGHT },
    contrast,
    level: random.between(span / 2 + 5, 250 - span / 2),
    blur: random.between(0.4, 2),
    speed: random.happens(0.3) ? random.between(1, 6) : 0,
    noise: random.between(1.5, 7),
    glare: random.happens(0.3)
      ? {
          at: { x: random.between(-20, 20), y: random.between(-20, 20) },
          size: random.between(4, 14),
          stretch: random.between(1, 3),
          strength: random.between(40, 220),
        }
      : null,
    moire:
      surface === 'phone' && random.happens(0.3)
        ? {
            frequency: random.between(0.03, 0.35),
            direction: random.between(0, 180) * DEGREE,
            strength: random.between(0.08, 0.35),
          }
        : null,
  };
}

/** @param index - the how manyth frame of the held ticket; the first is as the scene says */
export function drawMoment(scene: Scene, index: number): Moment {
  const random = new Random(scene.seed * 1_009 + index + 1);
  const moves = index === 0 ? 0 : 1;
  return {
    seed: scene.seed * 1_009 + index,
    // A hand trembles by about a millimetre; the ticket is some 4 cm wide.
    shift: {
      x: moves * 1.5 * scene.module * random.normal(),
      y: moves * 1.5 * scene.module * random.normal(),
    },
    rotation: moves * 0.6 * DEGREE * random.normal(),
    tilt: moves * 1 * DEGREE * random.normal(),
    zoom: 1 + moves * 0.008 * random.normal(),
    blur: scene.blur * (1 + moves * random.between(-0.15, 0.15)),
    motion: {
      length: scene.speed * (moves ? random.between(0.3, 1.3) : 1),
      direction: random.between(0, 180) * DEGREE,
    },
    glareShift: { x: moves * random.normal(), y: moves * random.normal() },
    moirePhase: random.between(0, 2 * Math.PI),
  };
}
