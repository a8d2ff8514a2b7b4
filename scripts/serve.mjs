// The server process, around the request handler that the build makes.
import { createServer } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { responseHeaders } from './response-headers.mjs';
import { fileURLToPath } from 'node:url';
import { formerBuilds } from './former-builds.mjs';

const { env } = process;
const behindProxy = Boolean(env.EINLASS_BEHIND_PROXY);
const isHttps = (env.ORIGIN ?? '').startsWith('https:');

// The app must know the scheme of its own address: forms are refused when a browser's Origin differs from
// it. Without a proxy that is plain http, whatever a client claims; behind one, it is what the proxy says.
const statesScheme = !env.ORIGIN && !env.PROTOCOL_HEADER;
if (statesScheme) env.PROTOCOL_HEADER = 'x-forwarded-proto';
if (behindProxy) env.ADDRESS_HEADER ??= 'x-forwarded-for';
// A table of fifty thousand registrations comes in one body; every other route takes less (src/lib/server/body-limit.ts).
env.BODY_SIZE_LIMIT ??= '20M';

// How long a load balancer may take to notice that this process is about to end.
const drainSeconds = Number(env.EINLASS_DRAIN_SECONDS ?? 0);
if (!(drainSeconds >= 0 && drainSeconds <= 60)) {
  console.error('EINLASS_DRAIN_SECONDS: needs a number of seconds from 0 to 60');
  process.exit(1);
}

const builds = formerBuilds({
  build: fileURLToPath(new URL('../build/client/_app/immutable', import.meta.url)),
  store: env.EINLASS_FORMER_BUILDS ?? path.join(env.EINLASS_DATA ?? 'data', 'former-builds'),
});

const { handler } = await import('../build/handler.js').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('The app is not built yet: npm run build');
  process.exit(1);
});

const server = createServer((request, response) => {
  const { headers, socket } = request;
  if (statesScheme && !(behindProxy && headers['x-forwarded-proto'])) headers['x-forwarded-proto'] = 'http';
  if (behindProxy) headers['x-forwarded-for'] ??= socket.remoteAddress;
  for (const [name, value] of Object.entries(responseHeaders(pathOf(request), isHttps)))
    response.setHeader(name, value);
  leavePolicyOf304(response);
  // What begins otherwise is no path of ours, but a host to whoever reads it as an address.
  if (!/^\/(?![/\\])/.test(request.url)) {
    response.writeHead(400).end();
    return;
  }
  // Whole files only: they are small, and a part that ends before it begins would end the process.
  delete headers.range;
  if (builds.answer(request, response)) return;
  handler(request, response, () => response.writeHead(404).end());
});

/**
 * "Not modified" renews the headers of the copy that a browser has, and SvelteKit says nothing of a page's policy then:
 * the one that every answer begins with must not take its place.
 */
function leavePolicyOf304(response) {
  const { writeHead } = response;
  response.writeHead = (status, ...rest) => {
    if (status === 304) response.removeHeader('content-security-policy');
    return writeHead.call(response, status, ...rest);
  };
}

/** The path that is asked for, without its query; what is no address has none. */
function pathOf({ url = '' }) {
  const [path = ''] = url.split('?', 1);
  return path;
}

const host = env.HOST ?? '0.0.0.0';
const port = Number(env.PORT ?? 3000);

server.on('error', (error) => {
  console.error(
    error.code === 'EADDRINUSE'
      ? `Port ${port} is taken. Choose another: PORT=${port + 1} npm start`
      : `The server cannot listen on ${host}:${port}: ${error.message}`,
  );
  process.exit(1);
});
server.listen(port, host, () => {
  const address = { host, port: server.address().port };
  if (!env.EINLASS_WELCOME) console.log(`Listening on http://${address.host}:${address.port}`);
  process.emit('einlass:listening', address);
  try {
    builds.keep();
  } catch (error) {
    console.error(`The files of this build are not kept for pages of after an update: ${error.message}`);
  }
});

const secondsToClose = 5;
let closing = false;
let endDrain = () => undefined;

function drain(resolve) {
  endDrain = resolve;
  setTimeout(resolve, drainSeconds * 1000);
}

/**
 * First a load balancer is given time to notice (`/readyz` says 503); a second signal cuts that short. Then streams end,
 * then connections, then what the app holds open (`Symbol.for('einlass.close')`).
 */
async function close(signal) {
  if (closing) return endDrain();
  closing = true;
  process.emit('einlass:draining', signal);
  if (drainSeconds > 0) await new Promise(drain);
  setTimeout(() => {
    console.error(`Not everything was closed within ${secondsToClose} s.`);
    process.exit(1);
  }, secondsToClose * 1000).unref();

  const closed = new Promise((resolve) => server.close(resolve));
  process.emit('einlass:shutdown', signal);
  // A connection whose last answer has just ended would otherwise be kept alive.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  setTimeout(() => server.closeAllConnections(), (secondsToClose - 2) * 1000).unref();
  await closed;
  clearInterval(sweep);
  await globalThis[Symbol.for('einlass.close')]?.();
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    close(signal).catch((error) => {
      console.error(error);
      process.exit(1);
    });
  });
}
