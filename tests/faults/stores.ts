import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { millis } from '../../src/lib/domain/time.ts';
import { openInstallation, type Installation } from '../../src/lib/server/installation.ts';
import type { Switchboard } from './switchboard.ts';

/** What both stores' servers share, as several processes must. */
export const SECRET = 'the faults’ own secret, which is no secret at all';

/** How a database server, or a connection to it, comes to its end. */
export type DatabaseEnd = 'SIGKILL' | 'immediate' | 'connections';

/** Where an installation keeps its state, and how that is looked at from outside. */
export interface Store {
  /** What the server processes need to know of it. */
  environment: Record<string, string>;
  /** The folder that runs out of space when the disk is full. */
  folder: string;
  /** Whether what is there can still be read then. */
  readsWhenFull: boolean;
  /** Stands between servers and database, where there is a connection. */
  board?: Switchboard;
  /** Starts the database again where it has ended by itself. */
  revive?(): Promise<void>;
  /** Ends the database: by a signal to its first process, or every connection of the servers by its own command. */
  strike?(how: DatabaseEnd): Promise<void>;
  /** Opens an installation in this process, to lay the ground. */
  open(): Promise<Installation>;
  /** Reads straight from the database. */
  rows<Row>(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

export const seedOptions = {
  clock: () => millis(Date.now()),
  log: pino({ level: 'silent' }),
  secret: SECRET,
  origin: 'http://127.0.0.1',
};

/** @param at - the folder within which its data lies; by default a new one */
export function sqliteStore(at = mkdtempSync(path.join(tmpdir(), 'einlass-faults-'))): Store {
  const folder = path.join(at, 'data');
  mkdirSync(folder, { recursive: true });
  return {
    environment: { EINLASS_DATA: folder },
    folder,
    readsWhenFull: true,
    open: () => openInstallation({ ...seedOptions, dataFolder: folder }),
    rows<Row>(sql: string) {
      const file = new DatabaseSync(path.join(folder, 'einlass.sqlite'), { readOnly: true, timeout: 5_000 });
      try {
        return Promise.resolve(file.prepare(sql).all() as Row[]);
      } finally {
        file.close();
      }
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}
