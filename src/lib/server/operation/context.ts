import { readFileSync } from 'node:fs';
import pino from 'pino';
import { millis, type Clock } from '../../domain/time.ts';
import type { Config } from '../config.ts';
import { openInstallation, type Installation } from '../installation.ts';
import { newestKnown } from './verify/verify.ts';
import { openPostgresStore, openSqliteStore, type Store } from './store.ts';
import { withSnapshot } from './snapshot.ts';

/** What a command works with. */
export interface Context {
  config: Config;
  print: (line: string) => void;
  values: {
    'passphrase-file'?: string | undefined;
    to?: string | undefined;
    into?: string | undefined;
    'new-access'?: boolean | undefined;
    'revoke-old'?: boolean | undefined;
    disable?: boolean | undefined;
    enable?: boolean | undefined;
    'drop-second-factor'?: boolean | undefined;
  };
}

/** The command can't be meant so; the message says why. */
export class WrongUse extends Error {}

export const clock: Clock = () => millis(Date.now());

const SHORTEST_PASSPHRASE = 12;

/** @returns null where none is wanted */
export function readPassphrase({ values }: Context): string | null {
  const file = values['passphrase-file'];
  if (file === undefined) return null;
  let passphrase;
  try {
    passphrase = readFileSync(file, 'utf8').trim();
  } catch {
    throw new WrongUse(`The passphrase's file can't be read: ${file}`);
  }
  if (passphrase.length < SHORTEST_PASSPHRASE)
    throw new WrongUse(`A passphrase needs at least ${SHORTEST_PASSPHRASE} characters.`);
  return passphrase;
}

/** Works with the installation's store, without bringing it up to date. @throws {WrongUse} when there is none */
export async function withStore<Result>(
  { config }: Context,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = config.database
    ? await openPostgresStore(config.database)
    : openSqliteStore(config.dataFolder);
  if (!store)
    throw new WrongUse(`There is no installation in ${config.dataFolder}. EINLASS_DATA says where it is.`);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/**
 * Nothing is brought up to date behind the back of a server that runs.
 *
 * @throws {WrongUse} when the installation is of another version than this
 */
export async function checkVersion(context: Context): Promise<void> {
  const migration = await withStore(context, (store) =>
    withSnapshot(store, (snapshot) => Promise.resolve(snapshot.migration)),
  );
  if (migration !== newestKnown())
    throw new WrongUse(
      'The installation is of another version than this. Start the server once, or update this.',
    );
}

/** Works with the installation beside a server that may be running. @throws {WrongUse} when it is of another version */
export async function withInstallation<Result>(
  context: Context,
  work: (installation: Installation) => Promise<Result>,
): Promise<Result> {
  const { config } = context;
  await checkVersion(context);
  const installation = await openInstallation({
    dataFolder: config.dataFolder,
    database: config.database,
    clock,
    log: pino({ level: 'silent' }),
    secret: config.secret,
    origin: config.origin,
  });
  try {
    return await work(installation);
  } finally {
    await installation.close();
  }
}
