import { stampForm } from '../../src/lib/server/form-moment.ts';
import { Secrets } from '../../src/lib/server/secrets.ts';
import { millis, MINUTE } from '../../src/lib/domain/time.ts';
import { freePort } from '../e2e/support.ts';
import { honestFetch } from './asking.ts';
import type { Count } from './count.ts';
import type { Fault, Scene } from './fault-kinds.ts';
import type { SmallDisk } from './full-disk.ts';
import { layGround } from './ground.ts';
import { guestLoad, type GuestParts } from './guest-load.ts';
import { Ledger } from './ledger.ts';
import { officeLoad, signUp } from './office-load.ts';
import { openPostOffice } from './post-office.ts';
import { Prober } from './prober.ts';
import { Chance, pause } from './random.ts';
import { overbookedBy, reckon } from './reckoning.ts';
import { reckonHeadcount } from './scan-reckoning.ts';
import { ServerProcess } from './server-process.ts';
import { SECRET, type Store } from './stores.ts';
import { Switchboard } from './switchboard.ts';
import { LoadTablet } from './tablet-load.ts';

const TABLETS = 4;
/** How many registrants at the same time. */
const GUESTS = 5;
/** A dead process's claim on a mail must run out before another sends it; then some. */
const MAILS_WITHIN = 5 * MINUTE;

export interface RunOptions {
  fault: Fault;
  store: Store;
  /** How many server processes share the store. */
  processes: number;
  seed: number;
  /** Where the store lies on a disk that can be filled up. */
  disk?: SmallDisk;
  /** For how long faults happen, in milliseconds; or until there were so many. */
  duration: number;
  faults?: number;
  /** The longest time between two faults; by default the fault's own. */
  lull?: number;
  /** Whether the run waits until every mail has been sent. */
  waitsForMails: boolean;
}

export interface RunResult {
  faults: number;
  counts: Count[];
  honest: number;
  /** From a fault until the server served again, at the longest, in milliseconds. */
  outage: number;
  violations: Map<string, number>;
}

/** Load, faults, calm, and then everything that was promised is held against what is there. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { store, seed, disk } = options;
  const chance = new Chance(seed);
  const ledger = new Ledger();
  const installation = await store.open();
  const ground = await layGround(installation, TABLETS + 1);
  await installation.close();

  const mailbox = await openPostOffice(ledger);
  const ports: number[] = [];
  while (ports.length < options.processes) ports.push(await freePort());
  const board = await Switchboard.open(ports, chance.fork());
  const url = `http://127.0.0.1:${board.port}`;
  const servers = ports.map((port) => new ServerProcess(environment(store, port, url, mailbox.port), ledger));
  try {
    for (const server of servers) await server.start();
    const cookie = await signUp(url, ground);
    const fetcher = honestFetch(ledger);
    const tablets = ground.tablets.map(
      (identity, i) => new LoadTablet(identity, ground.tickets[i]!, chance.fork(), ledger, fetcher, url),
    );
    const prober = new Prober(tablets.pop()!);
    const scene: Scene = {
      servers,
      board,
      store,
      prober,
      chance: chance.fork(),
      ledger,
      url,
      ...(disk && { disk }),
    };

    let loaded = true;
    let probed = true;
    const goesOn = () => loaded;
    const guests: GuestParts = {
      ledger,
      fetcher,
      url,
      slug: ground.slug,
      workgroups: ground.workgroups,
      stamp,
    };
    const watching = watchPlaces(store, ledger, goesOn);
    const probing = prober.work(() => probed);
    const load = Promise.all([
      ...tablets.map((tablet) => tablet.work(goesOn)),
      ...Array.from({ length: GUESTS }, () => guestLoad(guests, chance.fork(), goesOn)),
      officeLoad({ ledger, fetcher, url }, ground, cookie, chance.fork(), goesOn),
    ]);
    const faults = await harm(options, scene);
    loaded = false;
    await load;
    await watching;
    probed = false;
    await probing;
    for (const tablet of [...tablets, ...tablets]) await tablet.finish();
    await prober.finish();
    if (options.waitsForMails) await everyMailSent(store, ledger);
    await reckonHeadcount(url, ground, ledger);
    for (const server of servers) await server.stop();
    const counts = await reckon(store, ground, ledger);
    return { faults, counts, honest: ledger.honest, outage: prober.longest, violations: ledger.violations };
  } finally {
    for (const server of servers) await server.stop();
    await board.close();
    await mailbox.close();
  }
}

function environment(store: Store, port: number, url: string, mailPort: number): Record<string, string> {
  return {
    ...store.environment,
    PORT: String(port),
    ORIGIN: url,
    EINLASS_SECRET: SECRET,
    EINLASS_DEMO: '0',
    EINLASS_LOG_LEVEL: process.env.FAULTS_SHOW ? 'warn' : 'silent',
    EINLASS_FORMS_PER_ADDRESS: '900000',
    EINLASS_FORMS_PER_NETWORK: '900000',
    EINLASS_SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
    EINLASS_MAIL_FROM: 'Stadt Gütersloh <einlass@example.org>',
  };
}

const secrets = Secrets.load(SECRET, '');
/** The stamp of a form that was opened a minute ago. */
const stamp = () => stampForm({ secrets }, millis(Date.now() - MINUTE));

/** Lets faults happen until it is time. @returns how many */
async function harm(
  { fault, duration, faults: most = Infinity, lull = fault.lull }: RunOptions,
  scene: Scene,
): Promise<number> {
  const until = performance.now() + duration;
  await scene.prober.served();
  let faults = 0;
  while (performance.now() < until && faults < most) {
    faults += await fault.strike(scene);
    await scene.prober.served();
    await pause(scene.chance.whole(200, lull));
  }
  for (const server of scene.servers) await server.serving();
  return faults;
}

async function watchPlaces(store: Store, ledger: Ledger, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    const beyond = await overbookedBy(store).catch(() => 0);
    ledger.overbooked = Math.max(ledger.overbooked, beyond);
    await pause(250);
  }
}

async function everyMailSent(store: Store, ledger: Ledger): Promise<void> {
  const until = performance.now() + MAILS_WITHIN;
  for (;;) {
    const [row] = await store.rows<{ n: number }>(`select count(*) as n from mails where state = 'waiting'`);
    if (Number(row!.n) === 0) return;
    if (performance.now() > until) return ledger.violate('a mail was not sent');
    await pause(250);
  }
}
