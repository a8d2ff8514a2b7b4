// The files of former builds: a page that was opened before an update still asks for them, and while processes are
// updated one after the other, one is asked for the other's. Their names hold a hash of what is in them, so those of
// all builds lie in one folder; a list for each build says which are its own, and when it last ran.
import { copyFileSync, createReadStream, existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';

const DAY = 24 * 60 * 60_000;
/** How long the files of a build are kept after it last ran. */
export const KEPT_DAYS = 30;
const HOUR = DAY / 24;

const PREFIX = '/_app/immutable/';
/** What a build calls its files, without anything that leads out of the folder. */
const NAME = /^(?!.*\.\.)[\w@~+-][\w.@~+-]*(\/[\w@~+-][\w.@~+-]*)*$/;
const TYPES = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
};

/**
 * @param {object} parts
 * @param {string} parts.build - the folder of the running build's hashed files
 * @param {string} parts.store - where those of all builds are kept; several processes may share it
 * @param {() => number} [parts.now] - in epoch milliseconds
 * @param {number} [parts.days] - how long they are kept
 */
export function formerBuilds({ build, store, now = Date.now, days = KEPT_DAYS }) {
  const files = path.join(store, 'files');
  const lists = path.join(store, 'builds');

  /** Keeps the running build's files for those who ask after the next update, and lets go of the old ones'. */
  function keep() {
    const names = filesUnder(build);
    for (const name of names) place(path.join(build, name), path.join(files, name));
    mkdirSync(lists, { recursive: true });
    const list = path.join(lists, `${createHash('sha256').update(names.join('\n')).digest('hex')}.json`);
    if (!existsSync(list)) writeWhole(list, JSON.stringify(names));
    stillRuns(list);
    sweep();
    setInterval(() => stillRuns(list), HOUR).unref();
  }

  function stillRuns(list) {
    const seconds = now() / 1000;
    try {
      utimesSync(list, seconds, seconds);
    } catch {
      // The store is gone or full: pages of now are served all the same.
    }
  }

  function sweep() {
    const needed = new Set();
    for (const name of readdirSync(lists)) {
      const list = path.join(lists, name);
      if (statSync(list).mtimeMs < now() - days * DAY) rmSync(list, { force: true });
      else for (const file of readNames(list)) needed.add(file);
    }
    for (const name of filesUnder(files)) {
      const file = path.join(files, name);
      // What another process is just placing is on no list yet.
      const isNew = (statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0) > now() - HOUR;
      if (!needed.has(name) && !isNew) rmSync(file, { force: true });
    }
  }

  /**
   * Answers with a file that only a former (or a newer) build has.
   *
   * @returns {boolean} whether it has answered
   */
  function answer(request, response) {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const [address] = (request.url ?? '').split('?', 1);
    if (!address.startsWith(PREFIX)) return false;
    const name = address.slice(PREFIX.length);
    if (!NAME.test(name) || existsSync(path.join(build, name))) return false;
    const plain = path.join(files, name);
    const size = sizeOf(plain);
    if (size === null) return false;
    const encoded = /\bbr\b/.test(request.headers['accept-encoding'] ?? '') ? sizeOf(`${plain}.br`) : null;
    response.writeHead(200, {
      'cache-control': 'public,max-age=31536000,immutable',
      'content-type': TYPES[path.extname(name)] ?? 'application/octet-stream',
      'content-length': encoded ?? size,
      vary: 'accept-encoding',
      ...(encoded !== null && { 'content-encoding': 'br' }),
    });
    if (request.method === 'HEAD') response.end();
    else
      createReadStream(encoded === null ? plain : `${plain}.br`)
        .on('error', () => response.destroy())
        .pipe(response);
    return true;
  }

  return { keep, answer };
}

function sizeOf(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : null;
}

/** Whole or not at all, because another process may be reading. A link costs no room where one disk holds both. */
function place(from, to) {
  if (existsSync(to)) return;
  mkdirSync(path.dirname(to), { recursive: true });
  const part = `${to}.${randomUUID()}.part`;
  try {
    linkSync(from, part);
  } catch {
    copyFileSync(from, part);
  }
  renameSync(part, to);
}

function writeWhole(file, text) {
  const part = `${file}.${randomUUID()}.part`;
  writeFileSync(part, text);
  renameSync(part, file);
}

function readNames(list) {
  try {
    return JSON.parse(readFileSync(list, 'utf8'));
  } catch {
    return [];
  }
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}
