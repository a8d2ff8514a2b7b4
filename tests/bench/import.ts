import { setTimeout } from 'node:timers/promises';
import pino from 'pino';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { openInstallation, type Installation } from '../../src/lib/server/installation.ts';
import { checkImport, runImport } from '../../src/lib/server/registration-import/import.ts';
import type { Row } from './report.ts';
import { nameOf, type Site } from './seed.ts';

/** How long the whole may take, in seconds. */
const AIM = 30;
/** How long the process may do nothing else, in milliseconds. */
const LONGEST_BLOCK = 200;
const ROWS = 50_000;

/** How long a table of fifty thousand takes to be taken in, and what others have to put up with meanwhile. */
export async function benchImport(site: Site): Promise<Row[]> {
  const event = site.events[0]!;
  const installation = await openInstallation({
    dataFolder: site.folder,
    clock: () => millis(Date.now()),
    log: pino({ level: 'silent' }),
    origin: 'http://localhost',
  });
  try {
    const file = Buffer.from(table());
    return [
      ...(await measure(installation, event.id, file, 'new rows')),
      ...(await measure(installation, event.id, file, 'rows again, which changes nothing')),
      ...(await measure(installation, event.id, Buffer.from(table('w2')), 'rows that change')),
    ];
  } finally {
    await installation.close();
  }
}

/** @param workgroup - for all; without one, a few hundred in each are spread over all */
function table(workgroup?: string): string {
  const lines = ['ID;Name;E-Mail;Arbeitsgruppe;Rollstuhl'];
  for (let i = 0; i < ROWS; i++)
    lines.push(
      [`A-${i}`, nameOf(i), `row${i}@example.org`, workgroup ?? `w${(i % 7) + 1}`, i % 40 ? '' : 'ja'].join(
        ';',
      ),
    );
  return lines.join('\r\n');
}

async function measure(
  installation: Installation,
  eventId: EventId,
  file: Uint8Array,
  what: string,
): Promise<Row[]> {
  const name = `${ROWS.toLocaleString('en')} ${what}`;
  const watch = new Watch(installation);
  let start = performance.now();
  const checked = await checkImport(installation, eventId, file);
  if (!('id' in checked) || !checked.id) throw new Error('the table was not understood');
  const checking = (performance.now() - start) / 1_000;
  start = performance.now();
  const outcome = await runImport(installation, eventId, checked.id, { mails: true, overbook: false });
  if (outcome.kind !== 'imported') throw new Error(`the table was not taken in: ${outcome.kind}`);
  const importing = (performance.now() - start) / 1_000;
  const { block, wait } = await watch.end();
  return [
    {
      part: 'import',
      name: `${name}: looked at and taken in`,
      figure: checking + importing,
      unit: 's',
      aim: AIM,
    },
    { part: 'import', name: `${name}: looked at`, figure: checking, unit: 's' },
    {
      part: 'import',
      name: `${name}: the longest that nothing else runs`,
      figure: block,
      unit: 'ms',
      aim: LONGEST_BLOCK,
    },
    {
      part: 'import',
      name: `${name}: the longest that another's query waits`,
      figure: wait / 1_000,
      unit: 's',
    },
  ];
}

/** Looks every few milliseconds how late it is, and asks the database one thing after the other. */
class Watch {
  private block = 0;
  private wait = 0;
  private ended = false;
  private readonly watching: Promise<unknown>;

  constructor(installation: Installation) {
    this.watching = Promise.all([this.watchLoop(), this.watchDatabase(installation)]);
  }

  async end(): Promise<{ block: number; wait: number }> {
    this.ended = true;
    await this.watching;
    return { block: this.block, wait: this.wait };
  }

  private async watchLoop(): Promise<void> {
    const tick = 2;
    while (!this.ended) {
      const start = performance.now();
      await setTimeout(tick);
      this.block = Math.max(this.block, performance.now() - start - tick);
    }
  }

  private async watchDatabase({ db }: Installation): Promise<void> {
    while (!this.ended) {
      const start = performance.now();
      await db.selectFrom('events').select('change').execute();
      this.wait = Math.max(this.wait, performance.now() - start);
      await setTimeout(5);
    }
  }
}
