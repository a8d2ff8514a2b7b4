import type { ServerResponse } from 'node:http';
import { takePicture } from '../frames/camera.ts';
import { drawPage, type Page } from '../frames/page.ts';
import { drawMoment, drawScene, HEIGHT, WIDTH, type Scene } from '../frames/scene.ts';
import { sendFile, servePage, type PageSite } from '../page-site.ts';

/**
 * The bench's page with the product's scanner in it, the generator's frames, and photographs.
 *
 * @param photos - the files to serve, each as `/photo/` and its number
 */
export function serveBench(photos: string[]): Promise<PageSite> {
  return servePage(import.meta.dirname, (address, response) => {
    const [, kind, name, index] = address.split('/');
    if (kind === 'frame') sendFrame(response, Number(name), Number(index));
    else if (kind === 'photo') sendFile(response, photos[Number(name)]);
    else return false;
    return true;
  });
}

/** The frames of one burst show the same page. */
let last: { scene: Scene; page: Page } | null = null;

/** The `index`th frame of a held ticket. */
export function makeFrame(seed: number, index: number): Uint8Array {
  if (last?.scene.seed !== seed) {
    const scene = drawScene(seed);
    last = { scene, page: drawPage(scene) };
  }
  return takePicture(last.scene, drawMoment(last.scene, index), last.page);
}

function sendFrame(response: ServerResponse, seed: number, index: number): void {
  response.setHeader('frame-size', `${WIDTH} ${HEIGHT}`);
  response.end(makeFrame(seed, index));
}
