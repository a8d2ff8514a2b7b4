import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { startServer } from '../e2e/support.ts';
import { forgetPeak, peakSize, residentSize } from './processes.ts';
import type { Row } from './report.ts';
import { seedSite, type Site } from './seed.ts';
import { SimulatedTablet } from './simulated-tablet.ts';
import { onBothStores } from './stores.ts';

/** What is read at once, as the feed reads it. */
const PAGE = 2_000;

/**
 * The server's side of a tablet's first sync: every page of a long roster, packed, beside reading the same rows by the
 * driver alone.
 *
 * @param roster - how many are registered
 */
export function benchFeed(roster: number): Promise<Row[]> {
  return onBothStores(async (store) => {
    const site = await seedSite([roster], await store.create());
    const server = await startServer({ ...site.environment, EINLASS_LOG_LEVEL: 'silent' });
    try {
      const pid = server.process.pid!;
      const tablet = await SimulatedTablet.pair(site, site.events[0]!, server.url);
      const before = residentSize(pid);
      forgetPeak(pid);
      const raw = await rawRead(site);
      const start = performance.now();
      await tablet.catchUp();
      const seconds = (performance.now() - start) / 1_000;
      const peak = peakSize(pid);
      tablet.close();
      const name = `first sync of ${roster.toLocaleString('en')}, ${store.name}`;
      const rows: Row[] = [
        { part: 'feed', name: `${name}: share of the raw read’s speed`, figure: raw / seconds, unit: '×' },
        {
          part: 'feed',
          name,
          figure: seconds,
          unit: 's',
          beside: { what: 'reading the same rows raw', figure: raw },
        },
        { part: 'feed', name: `${name}: on the wire`, figure: tablet.received / 1e6, unit: 'MB' },
      ];
      if (peak !== null)
        rows.push({
          part: 'feed',
          name: `${name}: the server’s memory at its peak`,
          figure: peak / 1_000,
          unit: 'MB',
          beside: { what: 'before', figure: before / 1_000 },
        });
      return rows;
    } finally {
      await server.stop();
      await site.close();
    }
  });
}

/** @returns seconds */
async function rawRead(site: Site): Promise<number> {
  const { DATABASE_URL: url } = site.environment;
  const eventId = site.events[0]!.id;
  const reader = url ? await readByPg(url) : readByNode(site.database);
  const start = performance.now();
  for (let after = 0, more = true; more;) {
    const registrations = await reader.read<{ id: string; change: number | string }>(
      (place) =>
        `select * from registrations where event_id = ${place(1)} and change > ${place(2)} order by change limit ${PAGE}`,
      [eventId, after],
    );
    if (registrations.length > 0)
      await reader.read(
        (place) =>
          `select id, registration_id, revoked_at from tickets where registration_id in (${registrations.map((_, i) => place(i + 1)).join(', ')})`,
        registrations.map(({ id }) => id),
      );
    after = Number(registrations.at(-1)?.change ?? after);
    more = registrations.length === PAGE;
  }
  const seconds = (performance.now() - start) / 1_000;
  await reader.close();
  return seconds;
}

interface Reader {
  /** @param sql - its text, made with what stands for the n-th value */
  read<Found>(sql: (place: (n: number) => string) => string, values: (string | number)[]): Promise<Found[]>;
  close(): Promise<void>;
}

function readByNode(database: string): Reader {
  const file = new DatabaseSync(database, { readOnly: true });
  return {
    read: <Found>(sql: (place: (n: number) => string) => string, values: (string | number)[]) =>
      Promise.resolve(file.prepare(sql(() => '?')).all(...values) as Found[]),
    close: () => Promise.resolve(file.close()),
  };
}

async function readByPg(url: string): Promise<Reader> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    read: async <Found>(sql: (place: (n: number) => string) => string, values: (string | number)[]) =>
      (
        await client.query(
          sql((n) => `$${n}`),
          values,
        )
      ).rows as Found[],
    close: () => client.end(),
  };
}
