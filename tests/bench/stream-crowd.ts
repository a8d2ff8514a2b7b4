import { fork, type ChildProcess } from 'node:child_process';
import { SECOND } from '../../src/lib/domain/time.ts';
import type { FromClients, ToClients } from './stream-clients.ts';

const PROCESSES = 2;
/** For so long a message is waited for; what has not come by then is counted as missing. */
const PATIENCE = 30 * SECOND;

export interface Arrivals {
  /** When each stream brought the mark, in milliseconds since 1970. */
  times: number[];
  ended: number;
}

/** Many open event streams, listened to by processes of their own. */
export class StreamCrowd {
  private readonly clients = Array.from({ length: PROCESSES }, () => fork('tests/bench/stream-clients.ts'));

  /**
   * Opens a stream for each request, and resolves when all are there.
   *
   * @throws when one of them was refused
   */
  async open(port: number, requests: string[]): Promise<void> {
    const refused = await Promise.all(
      this.clients.map(async (client, i) => {
        const own = requests.filter((_, n) => n % PROCESSES === i);
        const opened = answerOf(client, 'opened', null);
        client.send({ kind: 'open', order: { port, requests: own } } satisfies ToClients);
        return (await opened)!.refused;
      }),
    );
    const sum = refused.reduce((a, b) => a + b, 0);
    if (sum > 0) throw new Error(`${sum} of ${requests.length} streams were refused`);
  }

  /** Has `send` make the server tell everybody something with the mark, and waits until it is everywhere. */
  async await(mark: string, send: () => Promise<unknown>): Promise<Arrivals> {
    await Promise.all(
      this.clients.map((client) => {
        const awaiting = answerOf(client, 'awaiting', null);
        client.send({ kind: 'await', mark } satisfies ToClients);
        return awaiting;
      }),
    );
    const everywhere = this.clients.map((client) => answerOf(client, 'all', PATIENCE));
    await send();
    await Promise.all(everywhere);
    const collected = await Promise.all(
      this.clients.map(async (client) => {
        const answer = answerOf(client, 'collected', null);
        client.send({ kind: 'collect' } satisfies ToClients);
        return (await answer)!;
      }),
    );
    return {
      times: collected.flatMap(({ times }) => times),
      ended: collected.reduce((sum, { ended }) => sum + ended, 0),
    };
  }

  close(): void {
    for (const client of this.clients) client.kill();
  }
}

/** @returns the next answer of that kind, or null after so long */
function answerOf<Kind extends FromClients['kind']>(
  client: ChildProcess,
  kind: Kind,
  patience: number | null,
): Promise<Extract<FromClients, { kind: Kind }> | null> {
  return new Promise((resolve, reject) => {
    const end = (answer: Extract<FromClients, { kind: Kind }> | null) => {
      client.off('message', hear);
      client.off('exit', fail);
      clearTimeout(timer);
      resolve(answer);
    };
    const hear = (message: FromClients) => {
      if (message.kind === kind) end(message as Extract<FromClients, { kind: Kind }>);
    };
    const fail = () => reject(new Error('the process with the streams has ended'));
    const timer = patience === null ? undefined : setTimeout(() => end(null), patience);
    client.on('message', hear);
    client.on('exit', fail);
  });
}
