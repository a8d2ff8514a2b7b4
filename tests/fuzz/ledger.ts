import { createHash } from 'node:crypto';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What changes by itself, or because somebody has asked at all: counts of attempts, messages on their way. */
const RESTLESS: Record<string, readonly string[] | 'all'> = {
  attempts: 'all',
  webhook_deliveries: 'all',
  watched_events: 'all',
  watched_registrations: 'all',
  verifications: 'all',
  turns: 'all',
  // A number in the feed that was taken and not used is none that anybody misses.
  events: ['change'],
  api_tokens: ['last_used_at'],
  // How the last message to an address that does not answer has fared.
  webhooks: ['failures', 'resume_at'],
  sessions: ['updated_at', 'expires_at'],
};

/** Tells whether a request has changed what is stored; reads SQLite's file beside the server. */
export class Ledger {
  private readonly file: DatabaseSync;
  private version = -1;
  private prints = new Map<string, string>();

  constructor(dataFolder: string) {
    this.file = new DatabaseSync(path.join(dataFolder, 'einlass.sqlite'), { readOnly: true });
  }

  /** @returns the names of the tables in which something has changed since it was last asked */
  changes(): string[] {
    const { data_version: version } = this.file.prepare('pragma data_version').get() as {
      data_version: number;
    };
    if (version === this.version) return [];
    this.version = version;
    const before = this.prints;
    this.prints = this.read();
    return [...this.prints].filter(([table, print]) => before.get(table) !== print).map(([table]) => table);
  }

  /** What SQLite finds wrong with its own file; `ok` where that is nothing. */
  integrity(): string {
    const rows = this.file.prepare('pragma integrity_check').all() as { integrity_check: string }[];
    return rows.map(({ integrity_check }) => integrity_check).join('; ');
  }

  close(): void {
    this.file.close();
  }

  private read(): Map<string, string> {
    const prints = new Map<string, string>();
    const tables = this.file.prepare(`select name from sqlite_master where type = 'table'`).all() as {
      name: string;
    }[];
    for (const { name } of tables) {
      const restless = Object.hasOwn(RESTLESS, name) ? RESTLESS[name]! : [];
      if (restless === 'all' || name.startsWith('sqlite_')) continue;
      const hash = createHash('sha256');
      for (const row of this.file.prepare(`select * from "${name}"`).iterate() as Iterable<
        Record<string, unknown>
      >) {
        for (const column of restless) delete row[column];
        for (const value of Object.values(row))
          hash.update(value instanceof Uint8Array ? value : `${String(value)}\0`);
      }
      prints.set(name, hash.digest('hex'));
    }
    return prints;
  }
}
