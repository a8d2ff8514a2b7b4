import { MARK } from './corpus.ts';
import { EndpointFuzzer, type Coverage, type Failure } from './endpoints.ts';
import { Ledger } from './ledger.ts';
import { median, memoryOf, MORE_MEMORY, SLOWER_THAN_OTHERS } from './laws.ts';
import { findEndpoints, type Endpoint } from './route-list.ts';
import { startServerUnderTest } from './server-under-test.ts';
import { isKnown } from './valid-requests.ts';
import { fuzzWire } from './wire.ts';

export interface ServerRun {
  /** How many inputs go to which part. */
  endpoints: number;
  /** Of these one after the other, each watched for what it changes. */
  watched: number;
  wire: number;
  seed: number;
  /** Only endpoints whose id contains it. */
  only: string | null;
  say: (line: string) => void;
}

export interface ServerReport {
  coverage: Coverage[];
  wire: Record<number, number>;
  failures: Failure[];
  /** Milliseconds. */
  median: number;
  slowest: number;
  /** Megabytes of the server process after a quarter of the inputs, and at the end. */
  memory: { warm: number; end: number } | null;
}

/** Requests at once: what two cores can answer. */
const AT_ONCE = 8;

/** What takes the server long by design (hashing passwords, drawing pages of paper) gets fewer inputs. */
const COSTLY = /\.pdf|sign-in$|sign_up|\/reset|\/setup\/\[token\]|password|second-factor|print/;
/** What machines send, and what anybody can send, gets more. */
const EXPOSED = /^POST \/(api|\[event\]|ticket)|import|^GET \/\(unknown\)/;

const weightOf = ({ id }: Endpoint): number => (COSTLY.test(id) ? 0.2 : EXPOSED.test(id) ? 3 : 1);

/** Addresses that no route has, and what is served from files. */
const ELSEWHERE: Endpoint[] = [
  '/(unknown)',
  '/robots.txt',
  '/service-worker.js',
  '/_app/version.json',
  '/door',
].map((route) => ({
  id: `GET ${route}`,
  route: route.replace('(unknown)', 'no/such/thing'),
  kind: 'page',
  method: 'GET',
  action: null,
  queryNames: [],
  fieldNames: [],
}));

/** All that is asked of the server. @throws when there is a route that the fuzzer can't make requests for */
export function endpointsToFuzz(): Endpoint[] {
  const found = findEndpoints();
  const unknown = found.filter((endpoint) => !isKnown(endpoint)).map(({ id }) => id);
  if (unknown.length > 0)
    throw new Error(
      `The fuzzer has no requests for: ${unknown.join(', ')}. Add them to tests/fuzz/valid-requests.ts`,
    );
  return [...found, ...ELSEWHERE.filter(({ id }) => !found.some((other) => other.id === id))];
}

/** Fuzzes the built server over HTTP, and looks afterwards at its log, its memory and its database. */
export async function fuzzServer({
  endpoints,
  watched,
  wire,
  seed,
  only,
  say,
}: ServerRun): Promise<ServerReport> {
  const all = endpointsToFuzz().filter(({ id }) => only === null || id.includes(only));
  const { server, client, administrator } = await startServerUnderTest();
  let exited = false;
  server.process.once('exit', () => (exited = true));
  const fuzzer = new EndpointFuzzer(client, administrator);
  await fuzzer.prepare();
  const ledger = process.env.DATABASE_URL ? null : new Ledger(server.dataFolder);
  const failures = fuzzer.failures;

  const acting = all.filter(({ kind, method }) => kind === 'action' || method !== 'GET');
  if (ledger && watched > 0 && acting.length > 0) {
    say(`${watched} inputs one by one, each watched for what it changes …`);
    const shares = shareOut(watched, acting);
    for (const endpoint of acting) await fuzzer.fuzz(endpoint, shares.get(endpoint)!, seed, ledger);
  }

  // The ledger reads SQLite's file; beside another store, what it would have watched is asked unwatched.
  const together = ledger ? endpoints : endpoints + watched;
  say(`${together} inputs to ${all.length} endpoints, ${AT_ONCE} at once …`);
  const shares = shareOut(together, all);
  const rounds = Math.max(1, Math.min(8, Math.floor(together / all.length / 12)));
  let warm: number | null = null;
  for (let round = 0; round < rounds && !exited; round++) {
    const waiting = all.filter(({ id }) => !failures.some(({ part }) => part === id));
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.shift(); next && !exited; next = waiting.shift())
          await fuzzer.fuzz(next, Math.ceil(shares.get(next)! / rounds), seed + round + 1);
      }),
    );
    if (round === Math.floor(rounds / 4)) warm = memoryOf(server.process.pid!);
    const done = [...fuzzer.coverage.values()].reduce((sum, { inputs }) => sum + inputs, 0);
    say(`  ${done} inputs, ${failures.length} faults, ${Math.round(memoryOf(server.process.pid!) ?? 0)} MB`);
  }

  const statuses: Record<number, number> = {};
  if (only === null || only === 'wire') {
    const count = (status: number) => (statuses[status] = (statuses[status] ?? 0) + 1);
    failures.push(...(await fuzzWire(client.url, wire, seed, count)));
  }

  const middle = median(client.times);
  const slowest = client.times.reduce((most, time) => Math.max(most, time), 0);
  for (const suspect of fuzzer.suspects
    .filter(({ took }) => took > SLOWER_THAN_OTHERS * middle)
    .slice(0, 50)) {
    if (await fuzzer.takesLongAlone(suspect))
      failures.push({
        part: suspect.part,
        law: 'never more than 1 s',
        message: `${Math.round(suspect.took)} ms, and long again alone: ${suspect.plain.method} ${suspect.plain.path.slice(0, 500)}`,
      });
  }

  const end = memoryOf(server.process.pid!);
  if (warm !== null && end !== null && end > warm * 1.5 + MORE_MEMORY)
    failures.push({
      part: 'memory',
      law: 'memory bounded',
      message: `${Math.round(warm)} MB after the warm-up, ${Math.round(end)} MB now`,
    });
  if (exited)
    failures.push({ part: 'process', law: 'the server stays', message: server.output().slice(-3_000) });
  failures.push(...faultsInLog(server.output()));
  if (ledger) {
    const integrity = ledger.integrity();
    if (integrity !== 'ok')
      failures.push({ part: 'database', law: 'the database stays whole', message: integrity });
    ledger.close();
  }
  client.close();
  await server.stop();
  return {
    coverage: [...fuzzer.coverage.values()],
    wire: statuses,
    failures,
    median: middle,
    slowest,
    memory: warm !== null && end !== null ? { warm, end } : null,
  };
}

/** Divides inputs among endpoints by their weights, so that each gets some. */
function shareOut(inputs: number, endpoints: Endpoint[]): Map<Endpoint, number> {
  const sum = endpoints.reduce((total, endpoint) => total + weightOf(endpoint), 0);
  return new Map(
    endpoints.map((endpoint) => [endpoint, Math.max(1, Math.ceil((inputs * weightOf(endpoint)) / sum))]),
  );
}

function faultsInLog(log: string): Failure[] {
  const lines = log.split('\n');
  const secret = /einlass_[\w-]{20}|Bearer [\w-]{20}/;
  const marked = lines.filter((line) => line.toLowerCase().includes(MARK) || secret.test(line));
  const faults = lines.filter(
    (line) => line.includes('"unexpected error"') || /unhandled|Uncaught/i.test(line),
  );
  return [
    ...[...new Set(marked)]
      .slice(0, 5)
      .map((line) => ({ part: 'log', law: 'no personal data in the log', message: line })),
    ...[...new Set(faults.map((line) => line.replace(/"(time|reference)":"[^"]*",?/g, '')))]
      .slice(0, 20)
      .map((line) => ({ part: 'log', law: 'no unexpected error in the log', message: line })),
  ];
}
