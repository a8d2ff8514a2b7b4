import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a request on its way. */
export const MOODS = [
  'well',
  'nothing comes',
  'it breaks off',
  'half an answer',
  'garbage',
  '400',
  '401',
  '500',
  '500 after all was stored',
] as const;
export type Mood = (typeof MOODS)[number];

export interface UnreliableProxy {
  port: number;
  mood: Mood;
  /** The server has been updated: its service worker is another one. */
  updated: boolean;
  close(): Promise<void>;
}

/** Stands before a server, and does to the tablets' requests what networks and servers in trouble do. */
export async function startUnreliableProxy(port: number, target: () => URL): Promise<UnreliableProxy> {
  const proxy = { port, mood: 'well' as Mood, updated: false };
  const server = createServer((request, response) => {
    if (request.url === '/service-worker.js' && proxy.updated) {
      void sendOtherWorker(response, target());
      return;
    }
    const mood = request.url?.startsWith('/api/') ? proxy.mood : 'well';
    switch (mood) {
      case 'nothing comes':
        return;
      case 'it breaks off':
        request.socket.destroy();
        return;
      case 'garbage':
        response.setHeader('content-type', 'application/json').end('{"acknowledged":[7],"changes":"');
        return;
      case '400':
      case '401':
      case '500':
        response.statusCode = Number(mood);
        response.setHeader('content-type', 'application/json').end('{"code":"trouble","message":"Trouble"}');
        return;
      default:
        passOn(request, response, target(), mood);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return Object.assign(proxy, {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function sendOtherWorker(response: ServerResponse, target: URL): Promise<void> {
  const worker = await (await fetch(new URL('/service-worker.js', target))).text();
  response.setHeader('content-type', 'text/javascript').end(`${worker}\n// another version\n`);
}

function passOn(request: IncomingMessage, response: ServerResponse, target: URL, mood: Mood): void {
  const { method, headers, url } = request;
  const onward = forward(
    { host: target.hostname, port: target.port, path: url, method, headers },
    (answer) => {
      if (mood === 'well') {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
        return;
      }
      answer.resume();
      answer.on('end', () => {
        if (mood === 'half an answer') {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
          response.write('{"acknowledged":["');
          response.socket?.destroy();
        } else {
          response.writeHead(500, { 'content-type': 'application/json' });
          response.end('{"message":"Internal Error"}');
        }
      });
    },
  );
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
