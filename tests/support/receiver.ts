import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  message: { type: string; timestamp: string; data: Record<string, string | null> };
}

/** A real receiver of webhooks on a free port that keeps what it is sent. */
export class Receiver {
  readonly received: Received[] = [];
  private readonly server: Server;
  private readonly listeners = new Set<() => void>();

  private constructor(answer: (received: Received, response: ServerResponse) => void) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const received = {
          headers: request.headers,
          body,
          message: JSON.parse(body) as Received['message'],
        };
        this.received.push(received);
        answer(received, response);
        for (const listener of this.listeners) listener();
      });
    });
  }

  /** @param answer - by default 204; a status; or what it likes */
  static async open(
    answer: number | ((received: Received, response: ServerResponse) => void) = 204,
    port = 0,
  ): Promise<Receiver> {
    const receiver = new Receiver(
      typeof answer === 'number'
        ? (_received, response) => void response.writeHead(answer, { location: '/elsewhere' }).end('{}')
        : answer,
    );
    await new Promise<void>((resolve) => receiver.server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}/hook`);
  }

  get types(): string[] {
    return this.received.map(({ message }) => message.type);
  }

  /** Waits until so many messages have come. @throws after ten seconds */
  async waitFor(count: number): Promise<Received[]> {
    if (this.received.length >= count) return this.received;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${this.received.length} of ${count} messages came`)),
        10_000,
      );
      this.listeners.add(() => {
        if (this.received.length < count) return;
        clearTimeout(late);
        resolve();
      });
    });
    return this.received;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/**
 * Whether a message is signed by who knows the secret, as the Standard Webhooks specification has it; on the browser's
 * cryptography, so that nothing of what has signed it is used again.
 */
export async function isSigned({ headers, body }: Pick<Received, 'headers' | 'body'>, secret: string) {
  const bytes = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey(
    'raw',
    bytes(secret.replace(/^whsec_/, '')),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  );
  const signed = new TextEncoder().encode(
    [headers['webhook-id'], headers['webhook-timestamp'], body].join('.'),
  );
  const signatures = String(headers['webhook-signature']).split(' ');
  for (const signature of signatures) {
    const [version, value = ''] = signature.split(',');
    if (version === 'v1' && (await crypto.subtle.verify('HMAC', key, bytes(value), signed))) return true;
  }
  return false;
}
