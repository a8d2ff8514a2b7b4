import QRCode from 'qrcode';
import { encodeBase45 } from '../../../src/lib/domain/base45.ts';
import type { GreyImage } from '../../../src/lib/door/scanner/reading/grey-image.ts';
import { SIZE } from '../../../src/lib/door/scanner/reading/ticket-symbol.ts';
import { takePicture } from '../../bench/frames/camera.ts';
import { drawPage } from '../../bench/frames/page.ts';
import { Random } from '../../bench/frames/random.ts';
import { drawMoment, drawScene, HEIGHT, WIDTH, type Scene } from '../../bench/frames/scene.ts';

/** A text of a ticket's form and length. */
export function ticketText(seed: number): string {
  const random = new Random(seed);
  return `EL:${encodeBase45(Uint8Array.from({ length: 100 }, () => random.whole(256)))}`;
}

/** The modules of a text's code, as they are when nothing disturbs them: 1 dark, -1 light. */
export function modulesOf(text: string): Float32Array {
  const { modules } = QRCode.create([{ data: text, mode: 'alphanumeric' }], { errorCorrectionLevel: 'M' });
  return Float32Array.from({ length: SIZE * SIZE }, (_, i) =>
    modules.get(Math.floor(i / SIZE), i % SIZE) ? 1 : -1,
  );
}

export function withNoise(modules: Float32Array, deviation: number, seed: number): Float32Array {
  const random = new Random(seed);
  return modules.map((value) => value + deviation * random.normal());
}

/** A ticket that is held well before the camera, but for what the test changes. */
export function heldTicket(seed: number, changes: Partial<Scene>): Scene {
  const good: Partial<Scene> = {
    surface: 'phone',
    inverted: false,
    cracked: false,
    module: 4,
    rotation: 0.2,
    tilt: 0.2,
    contrast: 0.7,
    level: 128,
    blur: 0.8,
    speed: 0,
    noise: 2,
    glare: null,
    moire: null,
  };
  return { ...drawScene(seed), ...good, ...changes };
}

/** The `index`th frame of a held ticket. */
export function frameOf(scene: Scene, index = 0): GreyImage {
  return {
    width: WIDTH,
    height: HEIGHT,
    data: takePicture(scene, drawMoment(scene, index), drawPage(scene)),
  };
}
