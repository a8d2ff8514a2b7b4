import { parseArgs } from 'node:util';
import { MINUTE } from '../../src/lib/domain/time.ts';
import { connectionsCut, databaseKilled, diskFull, serverKilled, type Fault } from './fault-kinds.ts';
import { mountSmallDisk } from './full-disk.ts';
import { run, type RunResult } from './run.ts';
import { openPostgres } from './postgres-store.ts';
import { sqliteStore, type Store } from './stores.ts';
import { brokenPromises, headOf, rowOf, tellCounts } from './table.ts';

const KINDS = ['kill', 'database', 'disk', 'cut'] as const;
type Kind = (typeof KINDS)[number];

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', multiple: true },
  },
});

/** One line of the table that is to be. */
interface Plan {
  kind: Kind;
  store: string;
  run: () => Promise<RunResult | string>;
  fault: string;
}

const seed = Number(values.seed);
const duration = Number(values.minutes) * MINUTE;
const common = { seed, duration, waitsForMails: true };

const POSTGRES = 'PostgreSQL';
const POSTGRES_SHARED = 'PostgreSQL, 2 processes';

const plans: Plan[] = [
  plan('kill', serverKilled, 'SQLite', sqlite, 1),
  plan('kill', serverKilled, POSTGRES, openPostgres, 1),
  plan('kill', serverKilled, POSTGRES_SHARED, openPostgres, 2),
  plan('database', databaseKilled, POSTGRES, openPostgres, 1),
  plan('database', databaseKilled, POSTGRES_SHARED, openPostgres, 2),
  plan('cut', connectionsCut, 'SQLite', sqlite, 1),
  plan('cut', connectionsCut, POSTGRES_SHARED, openPostgres, 2),
  { kind: 'disk', store: 'SQLite', fault: diskFull.name, run: () => onSmallDisk(48, sqlite) },
  { kind: 'disk', store: POSTGRES, fault: diskFull.name, run: () => onSmallDisk(300, openPostgres) },
];

type Opening = (folder?: string) => Promise<Store>;

function plan(kind: Kind, fault: Fault, store: string, open: Opening, processes: number): Plan {
  return {
    kind,
    store,
    fault: fault.name,
    async run() {
      const opened = await open();
      try {
        return await run({ ...common, fault, store: opened, processes });
      } finally {
        await opened.close();
      }
    },
  };
}

function sqlite(folder?: string): Promise<Store> {
  return Promise.resolve(sqliteStore(folder));
}

async function onSmallDisk(megabytes: number, open: Opening): Promise<RunResult | string> {
  const disk = mountSmallDisk(megabytes);
  if (!disk) return 'not run: this machine does not let a small disk be mounted';
  try {
    const store = await open(disk.folder);
    try {
      return await run({ ...common, fault: diskFull, store, disk, processes: 1 });
    } finally {
      await store.close();
    }
  } finally {
    disk.unmount();
  }
}

const chosen = plans.filter(
  ({ kind, store }) =>
    (!values.only || values.only.includes(kind)) &&
    (!values.store || store.toLowerCase().startsWith(values.store)),
);
if (chosen.length === 0 || !(duration > 0) || !Number.isInteger(seed)) {
  console.error(
    `npm run faults -- [--store sqlite|postgres] [--minutes N] [--seed S] [--only ${KINDS.join('|')}]`,
  );
  process.exit(2);
}
console.log(`Seed ${seed}, ${values.minutes} min of faults each.\n`);
const lines = [...headOf()];
let violated = false;
for (const plan of chosen) {
  console.log(`… ${plan.fault}, ${plan.store}`);
  const result = await plan.run();
  if (typeof result === 'string') {
    console.log(`  ${result}`);
    continue;
  }
  lines.push(rowOf(plan, result));
  for (const line of tellCounts(result)) console.log(`  ${line}`);
  violated ||= brokenPromises(result).length > 0;
}
console.log(`\n${lines.join('\n')}`);
process.exitCode = violated ? 1 : 0;
