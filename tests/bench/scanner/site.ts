import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { takePicture } from '../frames/camera.ts';
import { drawPage, type Page } from '../frames/page.ts';
import { drawMoment, drawScene, HEIGHT, WIDTH, type Scene } from '../frames/scene.ts';

/** The bench's page with the product's scanner in it, the generator's frames, and photographs. */
export interface BenchSite {
  url: string;
  close(): void;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

/** @param photos - the files to serve, each as `/photo/` and its number */
export async function serveBench(photos: string[]): Promise<BenchSite> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'einlass-bench-scanner-'));
  await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0 },
  });
  const server = createServer((request, response) => {
    const [, kind, name, index] = (request.url ?? '/').split('/');
    if (kind === 'frame') sendFrame(response, Number(name), Number(index));
    else if (kind === 'photo') sendFile(response, photos[Number(name)]);
    else
      sendFile(
        response,
        path.join(folder, path.normalize(request.url === '/' ? '/index.html' : request.url!)),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
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

function sendFile(response: ServerResponse, file: string | undefined): void {
  try {
    const body = readFileSync(file!);
    response.setHeader('content-type', TYPES[path.extname(file!)] ?? 'application/octet-stream');
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}
