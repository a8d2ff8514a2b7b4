import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { build } from 'vite';

/** A page of the bench's own, with parts of the product in it. */
export interface PageSite {
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

/**
 * Builds the page in a folder (its `index.html`) and serves it.
 *
 * @param answer - answers what is no file of the page, and says whether it did
 */
export async function servePage(
  root: string,
  answer: (address: string, response: ServerResponse) => boolean = () => false,
): Promise<PageSite> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'einlass-bench-page-'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0 },
  });
  const server = createServer((request, response) => {
    const address = request.url ?? '/';
    if (answer(address, response)) return;
    sendFile(response, path.join(folder, path.normalize(address === '/' ? '/index.html' : address)));
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

export function sendFile(response: ServerResponse, file: string | undefined): void {
  try {
    const body = readFileSync(file!);
    response.setHeader('content-type', TYPES[path.extname(file!)] ?? 'application/octet-stream');
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}
