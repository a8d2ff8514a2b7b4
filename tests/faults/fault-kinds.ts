import type { SmallDisk } from './full-disk.ts';
import type { Ledger } from './ledger.ts';
import type { Prober } from './prober.ts';
import { pause, type Chance } from './random.ts';
import type { ServerProcess } from './server-process.ts';
import type { DatabaseEnd, Store } from './stores.ts';
import type { Switchboard } from './switchboard.ts';

/** What a fault can lay hands on. */
export interface Scene {
  servers: ServerProcess[];
  /** Stands before the servers. */
  board: Switchboard;
  url: string;
  store: Store;
  disk?: SmallDisk;
  prober: Prober;
  chance: Chance;
  ledger: Ledger;
}

export interface Fault {
  name: string;
  /** The longest time between two of them, in milliseconds. */
  lull: number;
  /** Lets one happen. @returns how many faults it was */
  strike(scene: Scene): Promise<number>;
}

/** A server process is killed without a word, and started again. */
export const serverKilled: Fault = {
  name: 'server killed',
  lull: 4_000,
  async strike({ servers, prober, chance }) {
    const server = chance.pick(servers);
    // Also one that is only just starting.
    if (chance.is(0.8)) await server.serving();
    prober.mark();
    server.kill();
    return 1;
  },
};

const ENDS: readonly DatabaseEnd[] = ['SIGKILL', 'immediate', 'connections'];

/** The database server is killed, shut down on the spot, or cuts all its connections; then it is there again. */
export const databaseKilled: Fault = {
  name: 'database killed',
  lull: 4_000,
  async strike({ store, prober, chance }) {
    prober.mark();
    await store.strike!(chance.pick(ENDS));
    await pause(chance.whole(0, 2_000));
    await store.revive!();
    return 1;
  },
};

/** Connections between clients and server, and where there is one between server and database, come to harm. */
export const connectionsCut: Fault = {
  name: 'connections cut',
  lull: 2_000,
  async strike({ board, store, prober, chance }) {
    const boards = [board, ...(store.board ? [store.board] : [])];
    const harmed = () => boards.reduce((sum, each) => sum + each.harmed, 0);
    const before = harmed();
    prober.mark();
    for (const each of boards) each.badWeather = true;
    await pause(chance.whole(1_000, 5_000));
    for (const each of boards) each.badWeather = false;
    return harmed() - before;
  },
};

/** For how long no byte is left, in milliseconds. */
const FULL_FOR = 4_000;

/** The disk of the database is full for some seconds; the outage is counted from when there is space again. */
export const diskFull: Fault = {
  name: 'disk full',
  lull: 4_000,
  async strike({ disk, url, store, prober, ledger }) {
    if (!disk) throw new Error('there is no disk that can be filled up');
    const honest = ledger.honest;
    disk.fill();
    await pause(FULL_FOR);
    if (ledger.honest === honest) ledger.violate('a full disk was not told to anybody');
    if (store.readsWhenFull && (await statusOf(url)) !== 200)
      ledger.violate('with a full disk nothing can be read');
    if ((await statusOf(`${url}/healthz`)) !== 200) ledger.violate('with a full disk the process seems dead');
    disk.free();
    prober.mark();
    await store.revive?.();
    await prober.served();
    if ((await statusOf(`${url}/readyz`)) !== 200) ledger.violate('the server serves, and is not ready');
    return 1;
  },
};

async function statusOf(url: string): Promise<number> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).status;
  } catch {
    return 0;
  }
}
