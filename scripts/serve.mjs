// The server process, around the request handler that the build makes.
import { createServer } from 'node:http';
import process from 'node:process';
import { responseHeaders } from './response-headers.mjs';

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
});

const secondsToClose = 5;
let closing = false;

/** Streams end first, then connections, then what the app holds open (`Symbol.for('einlass.close')`). */
async function close(signal) {
  if (closing) return;
  closing = true;
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
