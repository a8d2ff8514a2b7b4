import { FEWEST_PARTITIONS, MOST_PARTITIONS, partitionScans } from '../database/partitions.ts';
import { findEvent } from '../events.ts';
import { backUp } from './backup.ts';
import {
  checkVersion,
  clock,
  readPassphrase,
  withInstallation,
  withStore,
  WrongUse,
  type Context,
} from './context.ts';
import { presentSecrets } from './data-files.ts';
import { move } from './move.ts';
import { changeAccount, makeOrganiser, type AccountChange } from './organiser.ts';
import { restore, type RestoreOutcome } from './restore.ts';
import { rotateKeys } from './rotate-keys.ts';
import { readStatus } from './status.ts';
import { openPostgresStore, openSqliteStore } from './store.ts';
import type { TableFigures } from './archive.ts';
import { verify } from './verify/verify.ts';

type Exit = 0 | 1;

export interface Command {
  /** How many words must follow its name. */
  operands: 0 | 1;
  options: string[];
  run(context: Context, operand: string): Promise<Exit>;
}

const total = (tables: TableFigures[]) =>
  `${tables.reduce((sum, { rows }) => sum + rows, 0)} rows in ${tables.length} tables`;

const when = (at: number) => new Date(at).toISOString().replace('T', ' ').slice(0, 16) + ' UTC';

async function runBackup(context: Context, file: string): Promise<Exit> {
  const { config, print } = context;
  const passphrase = readPassphrase(context);
  const outcome = await withStore(context, (store) =>
    backUp({ store, dataFolder: config.dataFolder, secret: config.secret, file, passphrase, now: clock() }),
  );
  if (outcome.kind === 'file_exists')
    throw new WrongUse(`${file} is there already; nothing was overwritten.`);
  if (outcome.kind === 'no_secret')
    throw new WrongUse(
      'The installation has no secret: EINLASS_SECRET is not set, and there is no file with it.',
    );
  print(`Written: ${file}, ${outcome.bytes} bytes, ${total(outcome.tables)}.`);
  print(
    passphrase === null
      ? 'It holds names, addresses and keys, and is not encrypted: keep it like the server itself.'
      : 'It is encrypted. Without the passphrase nobody can restore it.',
  );
  if (!outcome.holdsSecret)
    print(
      'The secret comes from EINLASS_SECRET and is not in it. Keep it as well: without it the backup is useless.',
    );
  return 0;
}

const REFUSED: Record<Exclude<RestoreOutcome['kind'], 'restored' | 'damaged'>, string> = {
  no_file: 'There is no such file.',
  not_empty:
    'There is an installation already, and nothing was changed. Move its folder (EINLASS_DATA) away, or name another; a PostgreSQL must be empty.',
  needs_passphrase: 'The backup is encrypted: name the passphrase with --passphrase-file.',
  not_sealed: 'The backup is not encrypted: leave out --passphrase-file.',
  newer: 'The backup was made by a newer version of Einlass: update this one first.',
  no_secret:
    'The backup does not hold the secret: set EINLASS_SECRET to that of the installation it was made of.',
  other_secret: 'The secret that is set here is another than that of the backup. Set the right one, or none.',
};

async function runRestore(context: Context, file: string): Promise<Exit> {
  const { config, print } = context;
  const postgres = config.database ? await openPostgresStore(config.database) : null;
  try {
    const { dataFolder, secret } = config;
    const passphrase = readPassphrase(context);
    const outcome = await restore({ file, passphrase, dataFolder, postgres, secret, clock });
    if (outcome.kind === 'damaged') {
      print(`The backup can't be used, and nothing was changed: ${outcome.why}.`);
      return 1;
    }
    if (outcome.kind !== 'restored') {
      print(REFUSED[outcome.kind]);
      return 1;
    }
    print(
      `Restored, and compared with the backup: ${total(outcome.tables)}, as of ${when(outcome.takenAt)}.`,
    );
    print('Start the server. Every tablet that was paired before then hands in all of its scans again.');
    print(
      'Done after the backup, and now undone: look again at tablets, tokens and members that were revoked,',
    );
    print(
      'at erasures that somebody asked for, and at registrations. Tablets paired since must be paired anew.',
    );
    return 0;
  } finally {
    await postgres?.close();
  }
}

async function runVerify(context: Context): Promise<Exit> {
  const { config, print } = context;
  const secrets = presentSecrets(config.dataFolder, config.secret);
  if (!secrets) throw new WrongUse('The installation has no secret: is EINLASS_DATA right?');
  const outcome = await withStore(context, (store) => verify(store, secrets, clock()));
  if (outcome.kind === 'other_version') {
    print(
      `The tables are those of another version (${outcome.migration}): start the server once, then verify.`,
    );
    return 1;
  }
  const { findings, events, registrations, scans } = outcome;
  for (const { weight, event, text } of findings)
    print(`${weight === 'problem' ? 'PROBLEM' : 'note   '}  ${event === null ? '' : `${event}: `}${text}`);
  const problems = findings.filter(({ weight }) => weight === 'problem').length;
  print(`Checked ${events} events, ${registrations} registrations, ${scans} scans.`);
  print(problems === 0 ? 'All is well.' : `${problems} problems.`);
  return problems === 0 ? 0 : 1;
}

async function runMove({ config, print, values }: Context): Promise<Exit> {
  const { to } = values;
  if (!to || !/^postgres(ql)?:\/\//.test(to)) throw new WrongUse('Say where to: --to postgres://…');
  const source = openSqliteStore(config.dataFolder);
  if (!source) throw new WrongUse(`There is no SQLite installation in ${config.dataFolder}.`);
  const secrets = presentSecrets(config.dataFolder, config.secret);
  if (!secrets) throw new WrongUse('The installation has no secret: is EINLASS_DATA right?');
  try {
    const target = await openPostgresStore({ url: to, connections: 4 });
    try {
      const outcome = await move(source, target);
      if (outcome.kind === 'not_empty') {
        print('There is something in that PostgreSQL already, and nothing was changed.');
        return 1;
      }
      if (outcome.kind === 'other_version') {
        print('The installation was last used by a newer version of Einlass: update this one first.');
        return 1;
      }
      print(`Copied, and every table compared: ${total(outcome.tables)}. The SQLite file is as it was.`);
      const verified = await verify(target, secrets, clock());
      const problems =
        verified.kind === 'verified' ? verified.findings.filter(({ weight }) => weight === 'problem') : [];
      for (const { event, text } of problems) print(`PROBLEM  ${event === null ? '' : `${event}: `}${text}`);
      print('What a running server took in since it began is not there: it must have been stopped before.');
      print(
        'Set DATABASE_URL to that address, keep the data folder (it holds the secret), and start the server.',
      );
      return problems.length === 0 ? 0 : 1;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function runPartition(context: Context): Promise<Exit> {
  const { config, print, values } = context;
  const into = Number(values.into);
  if (!Number.isInteger(into) || into < FEWEST_PARTITIONS || into > MOST_PARTITIONS)
    throw new WrongUse(
      `Say into how many parts, from ${FEWEST_PARTITIONS} to ${MOST_PARTITIONS}: --into 16.`,
    );
  if (!config.database)
    throw new WrongUse(
      'Only a PostgreSQL can be divided, and DATABASE_URL is not set; SQLite needs none of that.',
    );
  await checkVersion(context);
  const outcome = await withStore(context, ({ db }) => partitionScans(db, into));
  switch (outcome.kind) {
    case 'partitioned':
      print(`The scans are in ${outcome.partitions} parts now, and compared: ${outcome.rows} rows.`);
      return 0;
    case 'already':
      print(`The scans are in ${outcome.partitions} parts already, and nothing was changed.`);
      return 1;
    case 'busy':
      print('Somebody works with the scans, such as a backup, and nothing was changed. Try again.');
      return 1;
  }
}

async function runOrganiser(context: Context, email: string): Promise<Exit> {
  const { print, config, values } = context;
  const outcome = await withInstallation(context, (installation) =>
    makeOrganiser(installation, email, values['new-access'] ?? false),
  );
  switch (outcome.kind) {
    case 'set_up':
      print('Nobody has an account yet. Whoever opens this link first makes one and administers everything:');
      print(config.origin + outcome.path);
      return 0;
    case 'made':
      print(
        'There is a new account, which administers everything. By this link its owner chooses a password (24 hours):',
      );
      print(config.origin + outcome.path);
      return 0;
    case 'new_access':
      print('By this link the account gets a new password; a second factor stays (once, within 24 hours):');
      print(config.origin + outcome.path);
      return 0;
    case 'made_administrator':
      print('The account administers everything now.');
      return 0;
    case 'already_administrator':
      print('The account administers everything already. Is access lost? Then add --new-access.');
      return 0;
    case 'disabled':
      throw new WrongUse('The account is disabled. Let it in again first: account E-MAIL --enable');
    case 'bad_email':
      throw new WrongUse('That is no e-mail address.');
  }
}

const ACCOUNT_DONE = {
  disable: 'The account is disabled, and signed out everywhere. Its live pages close within seconds.',
  enable: 'The account is enabled.',
  'drop-second-factor':
    'The second factor is gone, and the account is signed out everywhere. Its owner is told.',
} satisfies Record<AccountChange, string>;

async function runAccount(context: Context, email: string): Promise<Exit> {
  const changes = (Object.keys(ACCOUNT_DONE) as AccountChange[]).filter((name) => context.values[name]);
  const [change] = changes;
  if (!change || changes.length > 1)
    throw new WrongUse('Say what: --disable, --enable or --drop-second-factor.');
  const outcome = await withInstallation(context, (installation) =>
    changeAccount(installation, email, change),
  );
  switch (outcome) {
    case 'unknown':
      throw new WrongUse('There is no account with this address.');
    case 'last_administrator':
      throw new WrongUse('It is the last account that administers everything: make another one first.');
    case 'no_second_factor':
      throw new WrongUse('The account has no second factor.');
    case 'done':
      context.print(ACCOUNT_DONE[change]);
      return 0;
  }
}

async function runRotateKeys(context: Context, slug: string): Promise<Exit> {
  const { print, values } = context;
  const revokeOld = values['revoke-old'] ?? false;
  const outcome = await withInstallation(context, async (installation) => {
    const event = await findEvent(installation.db, { slug });
    return event && rotateKeys(installation, event.id, revokeOld);
  });
  if (!outcome) throw new WrongUse('There is no event with this address.');
  print(
    `Tickets are signed with a new key from now on (${outcome.keyId}). Tablets get it with their next sync;`,
  );
  print('until then a tablet calls a ticket that is newer than its last sync invalid.');
  print(
    revokeOld
      ? `The former key is no longer believed. ${outcome.reissued} tickets were replaced, and their mails wait.`
      : 'Tickets that were issued before stay valid.',
  );
  return 0;
}

async function runStatus(context: Context): Promise<Exit> {
  const { print } = context;
  const status = await withStore(context, readStatus);
  print(`Store: ${status.kind === 'sqlite' ? 'SQLite' : 'PostgreSQL'}, tables as of ${status.migration}`);
  for (const event of status.events) {
    print(`${event.slug}: ${event.registrations} registrations, ${event.scans} scans`);
    if (event.waitingMails + event.failedMails > 0)
      print(`  mails: ${event.waitingMails} waiting, ${event.failedMails} failed`);
    for (const { name, lastContactAt, waiting } of event.tablets)
      print(
        `  tablet "${name}": ${lastContactAt === null ? 'never heard' : `last heard ${when(lastContactAt)}`}${waiting > 0 ? `, holds ${waiting}` : ''}`,
      );
  }
  return 0;
}

export const COMMANDS = new Map<string, Command>([
  ['backup', { operands: 1, options: ['passphrase-file'], run: runBackup }],
  ['restore', { operands: 1, options: ['passphrase-file'], run: runRestore }],
  ['verify', { operands: 0, options: [], run: runVerify }],
  ['move', { operands: 0, options: ['to'], run: runMove }],
  ['partition', { operands: 0, options: ['into'], run: runPartition }],
  ['organiser', { operands: 1, options: ['new-access'], run: runOrganiser }],
  ['account', { operands: 1, options: ['disable', 'enable', 'drop-second-factor'], run: runAccount }],
  ['rotate-keys', { operands: 1, options: ['revoke-old'], run: runRotateKeys }],
  ['status', { operands: 0, options: [], run: runStatus }],
]);
