import { connect } from 'node:net';
import fc from 'fast-check';
import { nastyText, WIRE_REQUESTS } from './corpus.ts';
import type { Failure } from './endpoints.ts';
import { Broken, isFault } from './laws.ts';

/** Milliseconds of silence after which a request that is not complete is given up: the server rightly waits for the rest. */
const PATIENCE = 250;
const LONG = 'l'.repeat(20_000);

/** Requests with something wrong about their form, each over a socket of its own. */
export async function fuzzWire(
  url: string,
  inputs: number,
  seed: number,
  count: (status: number) => void,
): Promise<Failure[]> {
  const input = fc.record({
    base: fc.constantFrom(...WIRE_REQUESTS),
    cut: fc.option(fc.nat(400), { freq: 4 }),
    insert: fc.option(fc.record({ at: fc.nat(200), text: nastyText }), { freq: 3 }),
  });
  const property = fc.asyncProperty(input, async ({ base, cut, insert }) => {
    let text = base
      .replaceAll('HOST', new URL(url).host)
      .replaceAll('LONG', LONG)
      .replaceAll('COOKIE', 'a=b');
    if (insert) text = text.slice(0, insert.at) + insert.text + text.slice(insert.at);
    if (cut !== null) text = text.slice(0, cut);
    const status = await sendRaw(url, Buffer.from(text, 'utf8'));
    count(status ?? 0);
    if (status !== null && isFault(status))
      throw new Broken(
        'never a 5xx',
        `${status}\n  printf '%b' ${JSON.stringify(text.slice(0, 2_000))} | nc ${new URL(url).host.replace(':', ' ')}`,
      );
  });
  const result = await fc.check(property, { seed, numRuns: inputs, endOnFailure: false });
  if (!result.failed) return [];
  const error = result.errorInstance;
  if (!(error instanceof Broken)) throw error;
  return [{ part: 'wire', law: error.law, message: error.message }];
}

/** @returns the highest status that was answered; null where the connection just ended, or nothing came */
function sendRaw(url: string, bytes: Buffer): Promise<number | null> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const end = () => {
      socket.destroy();
      const statuses = [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
      resolve(statuses.length > 0 ? Math.max(...statuses) : null);
    };
    socket.setTimeout(PATIENCE, end);
    socket.on('data', (part: Buffer) => (text += part.toString('latin1')));
    socket.on('error', end);
    socket.on('close', end);
    socket.end(bytes);
  });
}
