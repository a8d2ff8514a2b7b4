import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startServer } from '../e2e/support.ts';
import { residentSize } from './processes.ts';
import { median, type Row } from './report.ts';
import { seedSite } from './seed.ts';
import { onBothStores } from './stores.ts';

interface Started {
  /** From the spawn to the first good answer, in milliseconds. */
  time: number;
  /** Of its memory, in kB. */
  memory: number;
}

/**
 * From the start of the server's process until it says that it is ready, beside the least that Node can serve. The files
 * are in the system's memory already: what a slow disk adds is left out.
 *
 * @param roster - how many are registered where it is not empty
 * @param runs - of which the median counts
 */
export async function benchStart(roster: number, runs: number): Promise<Row[]> {
  const bare = await repeat(runs, startBare);
  return onBothStores(async (store) => {
    // What is empty is made anew each time, tables and all.
    const empty = await repeat(runs, async () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'einlass-bench-'));
      const url = await store.create();
      try {
        return await startOnce({ EINLASS_DATA: folder, ...(url && { DATABASE_URL: url }) });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
    const site = await seedSite([roster], await store.create());
    try {
      const full = await repeat(runs, () => startOnce(site.environment));
      return [
        ...rowsOf(`a new installation, ${store.name}`, empty, bare),
        ...rowsOf(`${roster.toLocaleString('en')} registrations, ${store.name}`, full, bare),
      ];
    } finally {
      await site.close();
    }
  });
}

async function repeat(runs: number, start: () => Promise<Started>): Promise<Started> {
  const started: Started[] = [];
  for (let i = 0; i < runs; i += 1) started.push(await start());
  return {
    time: median(started.map(({ time }) => time)),
    memory: median(started.map(({ memory }) => memory)),
  };
}

async function startOnce(environment: Record<string, string>): Promise<Started> {
  const start = performance.now();
  const server = await startServer({ ...environment, EINLASS_LOG_LEVEL: 'silent' });
  try {
    await untilOk(`${server.url}/readyz`);
    return { time: performance.now() - start, memory: residentSize(server.process.pid!) };
  } finally {
    await server.stop();
  }
}

async function startBare(): Promise<Started> {
  const program =
    "const server = require('node:http').createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1', () => console.log(server.address().port))";
  const start = performance.now();
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    await untilOk(`http://127.0.0.1:${port.toString().trim()}`);
    return { time: performance.now() - start, memory: residentSize(child.pid!) };
  } finally {
    child.kill();
  }
}

async function untilOk(url: string): Promise<void> {
  while (!(await fetch(url)).ok) await new Promise((resolve) => setTimeout(resolve, 5));
}

function rowsOf(what: string, own: Started, bare: Started): Row[] {
  const beside = 'Node alone with a server that says “ok”';
  return [
    {
      part: 'start',
      name: `start of a process until it is ready, ${what}`,
      figure: own.time,
      unit: 'ms',
      beside: { what: beside, figure: bare.time },
    },
    {
      part: 'start',
      name: `memory after the start, ${what}`,
      figure: own.memory / 1_000,
      unit: 'MB',
      beside: { what: beside, figure: bare.memory / 1_000 },
    },
  ];
}
