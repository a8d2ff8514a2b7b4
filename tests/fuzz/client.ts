import http from 'node:http';
import type { Plain } from './request.ts';

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Of a stream only what its head says. */
  text: string;
  /** Milliseconds until everything was there. */
  took: number;
}

/** The server gave no answer: it took too long, or it closed the connection without one. */
export class NoAnswer extends Error {
  readonly why: 'hang' | 'closed';
  constructor(why: 'hang' | 'closed', detail: string) {
    super(detail);
    this.why = why;
  }
}

/** Milliseconds after which a request counts as hanging, whatever else the machine does. */
const HANG = 20_000;

let sent = 0;

/** An address of its own for each request, as the proxy in front of the server says it: limits count by address. */
function nextAddress(): string {
  sent += 1;
  return `2a0${(sent >> 28) & 15}:${((sent >> 14) & 0x3fff).toString(16)}:${(sent & 0x3fff).toString(16)}::1`;
}

export class Client {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  /** How long every answered request took, in milliseconds. */
  readonly times: number[] = [];
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** @throws NoAnswer */
  async send(plain: Plain): Promise<Answer> {
    try {
      return await this.once(plain);
    } catch (error) {
      // A connection that was kept alive may have been closed in the moment in which it was used again.
      if (error instanceof NoAnswer && error.why === 'closed') return this.once(plain, new http.Agent());
      throw error;
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private once({ method, path, headers, body }: Plain, agent = this.agent): Promise<Answer> {
    const { hostname, port } = new URL(this.url);
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const request = http.request({
        agent,
        // An answer may lead somewhere with all that was asked for.
        maxHeaderSize: 262_144,
        hostname,
        port,
        method,
        path,
        headers: {
          'x-forwarded-for': nextAddress(),
          ...(body && !('transfer-encoding' in headers) && { 'content-length': String(body.length) }),
          ...headers,
        },
      });
      const timer = setTimeout(() => {
        reject(new NoAnswer('hang', `no answer within ${HANG / 1000} s`));
        request.destroy();
      }, HANG);
      const end = (answer: http.IncomingMessage, text: string) => {
        clearTimeout(timer);
        const took = performance.now() - started;
        this.times.push(took);
        resolve({ status: answer.statusCode!, headers: answer.headers, text, took });
      };
      request.on('response', (answer) => {
        if (answer.headers['content-type'] === 'text/event-stream') {
          end(answer, '');
          request.destroy();
          return;
        }
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => end(answer, Buffer.concat(parts).toString('utf8')));
        answer.on('error', (error) => {
          clearTimeout(timer);
          reject(new NoAnswer('closed', error.message));
        });
      });
      request.on('error', (error) => {
        clearTimeout(timer);
        reject(new NoAnswer('closed', error.message));
      });
      request.end(body ?? undefined);
    });
  }
}
