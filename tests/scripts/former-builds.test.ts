import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formerBuilds } from '../../scripts/former-builds.mjs';

const DAY = 24 * 60 * 60_000;
let folder: string;
let server: Server | http.Server = createServer();
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'einlass-builds-'))));
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** A build of the app, with its hashed files. */
function build(name: string, files: Record<string, string>): string {
  const root = path.join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return root;
}

const at = (root: string, now: number) =>
  formerBuilds({ build: root, store: path.join(folder, 'store'), now: () => now });

async function ask(builds: ReturnType<typeof at>, address: string, headers: Record<string, string> = {}) {
  server = http.createServer((request, response) => {
    if (!builds.answer(request, response)) response.writeHead(404).end('not answered');
  });
  await new Promise<void>((resolve) => (server as http.Server).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}${address}`, { headers });
  const text = await answer.text();
  (server as http.Server).closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { status: answer.status, text, headers: answer.headers };
}

test('what a page of before the update asks for is still there, for a month', async () => {
  const start = Date.now();
  const before = build('before', { 'chunks/a.js': 'of before', 'chunks/a.js.br': 'packed' });
  const after = build('after', { 'chunks/b.js': 'of after' });
  at(before, start).keep();
  const updated = at(after, start);
  updated.keep();

  const answer = await ask(updated, '/_app/immutable/chunks/a.js', { 'accept-encoding': 'gzip' });
  expect(answer).toMatchObject({ status: 200, text: 'of before' });
  expect(answer.headers.get('cache-control')).toBe('public,max-age=31536000,immutable');
  expect(answer.headers.get('content-type')).toBe('text/javascript');
  // The build's own files are the app's matter.
  expect((await ask(updated, '/_app/immutable/chunks/b.js')).status).toBe(404);

  const aMonthLater = at(after, start + 31 * DAY);
  aMonthLater.keep();
  expect((await ask(aMonthLater, '/_app/immutable/chunks/a.js')).status).toBe(404);
});

test('one process finds what another of another version has put into the same store', async () => {
  const older = at(build('older', { 'a.js': 'older' }), Date.now());
  older.keep();
  at(build('newer', { 'n.js': 'newer' }), Date.now()).keep();
  expect((await ask(older, '/_app/immutable/n.js')).text).toBe('newer');
});

test.each(['../secret', '%2e%2e/secret', '..%2fsecret', 'chunks/../../secret', '/etc/passwd', '.hidden', ''])(
  'no address leads out of the store: %s',
  async (name) => {
    writeFileSync(path.join(folder, 'secret'), 'secret');
    const builds = at(build('only', { 'a.js': 'a' }), Date.now());
    builds.keep();
    const { status } = await ask(builds, `/_app/immutable/${name}`);
    expect(status).toBe(404);
  },
);
