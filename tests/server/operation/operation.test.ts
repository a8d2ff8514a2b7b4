import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, WorkgroupId } from '../../../src/lib/domain/ids.ts';
import { millis, type Millis } from '../../../src/lib/domain/time.ts';
import { readAccountReset } from '../../../src/lib/server/account-reset.ts';
import { createEvent } from '../../../src/lib/server/events.ts';
import { runCommand } from '../../../src/lib/server/operation/command-line.ts';
import { makeOrganiser } from '../../../src/lib/server/operation/organiser.ts';
import { rotateKeys } from '../../../src/lib/server/operation/rotate-keys.ts';
import { openSqliteStore } from '../../../src/lib/server/operation/store.ts';
import type { Finding } from '../../../src/lib/server/operation/verify/finding.ts';
import { verify } from '../../../src/lib/server/operation/verify/verify.ts';
import { registerByOffice } from '../../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../../support/events.ts';
import { testInstallation, type TestInstallation } from '../../support/installation.ts';
import { MERTENS, setUpBrowser } from '../../support/office-browser.ts';
import { Tablet } from '../../support/tablet.ts';

let now: Millis;
let world: TestInstallation;
let eventId: EventId;
beforeEach(async () => {
  now = dialogueEvening().startsAt;
  world = await testInstallation(() => now);
  eventId = await createEvent(world.installation, dialogueEvening());
});
afterEach(() => world.dispose());

async function register(): Promise<string> {
  const id = await registerByOffice(world.installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Gast',
    email: null,
    workgroupId: 'w5' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });
  const { text } = await world.installation.db
    .selectFrom('tickets')
    .select('text')
    .where('registration_id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  return text;
}

async function pairedTablet(name: string): Promise<Tablet> {
  const tablet = new Tablet(name, world.installation);
  await tablet.start();
  await tablet.pair(world.installation, eventId);
  await tablet.sync();
  return tablet;
}

async function word(tablet: Tablet, text: string): Promise<string> {
  const outcome = await tablet.scan(text, 'hall-door');
  return outcome.kind === 'shown' ? outcome.verdict.word : outcome.kind;
}

async function findings(): Promise<Finding[]> {
  const store = openSqliteStore(world.dataFolder)!;
  const outcome = await verify(store, world.installation.secrets, now);
  await store.close();
  if (outcome.kind !== 'verified') throw new Error(outcome.kind);
  return outcome.findings.filter(({ weight }) => weight === 'problem');
}

describe('verifying', () => {
  let texts: string[];
  beforeEach(async () => {
    texts = [await register(), await register(), await register()];
    const tablet = await pairedTablet('Saal');
    for (const text of texts) await tablet.scan(text, 'hall-door');
    await tablet.scan(texts[0]!, 'w5-door');
    const walkIn = await tablet.door.walkIn('Kommt dazu', 'w3' as WorkgroupId);
    await tablet.scan(walkIn!.ticketText, 'hall-door');
    await tablet.sync();
    const last = await tablet.door.lastScan();
    await tablet.door.undo(last!);
    await tablet.sync();
  });

  test('finds nothing where all is well', async () => {
    expect(await findings()).toEqual([]);
  });

  test.each([
    ['a scan that is gone', `delete from scans where device_seq = 2`, 'of its scans number 2 never came'],
    ['a number given twice', `update scans set change = (select max(change) from scans)`, 'the same number'],
    ['a number beyond the count', `update events set change = 3`, 'beyond number 3'],
    [
      'a ticket that nobody signed',
      `update tickets set text = upper(hex(randomblob(76)))`,
      'no door would believe',
    ],
    ['a ticket that is gone', `update tickets set revoked_at = 1`, 'without a valid ticket'],
    [
      'an act that was never done',
      `insert into acts values ('x', null, 1, null, null, 'nonsense', null, '{}')`,
      "acts that can't be read",
    ],
    [
      'a scan of nobody',
      `update scans set device_id = 'x' where device_seq = 1`,
      'a tablet that the event has not',
    ],
    ['a key of another secret', `update event_keys set sealed_seed = 'AAAA'`, 'does not open the key'],
    [
      'a door into nowhere',
      `update checkpoints set room_id = 'x' where id = 'w7-door'`,
      'in a room that is not there',
    ],
  ])('finds %s', async (_, statement, words) => {
    const { DatabaseSync } = await import('node:sqlite');
    const file = new DatabaseSync(join(world.dataFolder, 'einlass.sqlite'));
    file.exec(`pragma foreign_keys = off; ${statement}`);
    file.close();
    expect((await findings()).map(({ text }) => text).join('\n')).toContain(words);
  });
});

describe('dividing the scans', () => {
  const partition = async (...args: string[]) => {
    const lines: string[] = [];
    const environment = { EINLASS_DATA: world.dataFolder };
    const code = await runCommand(['partition', ...args], environment, (line) => void lines.push(line));
    return { code, printed: lines.join('\n') };
  };

  test('is nothing for SQLite, and says so', async () => {
    const { code, printed } = await partition('--into', '16');
    expect(code).toBe(2);
    expect(printed).toContain('Only a PostgreSQL can be divided');
  });

  test.each([[[]], [['--into', '1']], [['--into', 'many']], [['--into', '257']], [['--into', '2.5']]])(
    'wants a number of parts that makes sense: %j',
    async (args) => {
      const { code, printed } = await partition(...args);
      expect(code).toBe(2);
      expect(printed).toContain('from 2 to 256');
    },
  );
});

describe('a new key', () => {
  test('signs from now on, and tickets of before stay good at doors that know it', async () => {
    const before = await register();
    const knows = await pairedTablet('Saal');
    const late = await pairedTablet('Seite');
    now = millis(now + 1);
    await rotateKeys(world.installation, eventId, false);
    const after = await register();
    await knows.sync();
    expect(await word(knows, before)).toBe('admitted');
    expect(await word(knows, after)).toBe('admitted');
    // Whoever signed it, this tablet has never heard of the key.
    expect(await word(late, after)).toBe('invalid');
    await late.sync();
    const another = await register();
    expect(await word(late, another)).toBe('admitted');
    expect(await findings()).toEqual([]);
  });

  test('takes a stolen one out of use: no forged ticket opens a door, and whoever is registered gets a new one', async () => {
    const before = await register();
    const stolen = await register();
    // Signed with the event's key, and in no roster: what somebody makes who has the key.
    const { id } = await world.installation.db
      .selectFrom('tickets')
      .select('registration_id as id')
      .where('text', '=', stolen)
      .executeTakeFirstOrThrow();
    await world.installation.db.deleteFrom('tickets').where('registration_id', '=', id).execute();
    await world.installation.db.deleteFrom('registrations').where('id', '=', id).execute();
    const tablet = await pairedTablet('Saal');
    const { reissued } = await rotateKeys(world.installation, eventId, true);
    expect(reissued).toBe(1);
    await tablet.sync();
    expect(await word(tablet, stolen)).toBe('invalid');
    expect(await word(tablet, before)).toBe('revoked');
    const { text } = await world.installation.db
      .selectFrom('tickets')
      .select('text')
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow();
    expect(await word(tablet, text)).toBe('admitted');
    expect(await findings()).toEqual([]);
  });
});

describe('an organiser made from the server', () => {
  const tokenIn = (path: string) => path.split('/').at(-1)!;

  test('is the first one by a set-up link', async () => {
    expect(await makeOrganiser(world.installation, 'wer@stadt.example', false)).toMatchObject({
      kind: 'set_up',
    });
  });

  test('is another one with an account of their own, whose password they choose', async () => {
    await setUpBrowser(world.installation);
    const made = await makeOrganiser(world.installation, 'neu@stadt.example', false);
    if (made.kind !== 'made') throw new Error(made.kind);
    const { db } = world.installation;
    expect(await readAccountReset(world.installation, db, tokenIn(made.path))).toEqual({
      kind: 'usable',
      email: 'neu@stadt.example',
    });
    expect(await db.selectFrom('administrators').selectAll().execute()).toHaveLength(2);
    const acts = await db.selectFrom('acts').select('kind').execute();
    expect(acts.map(({ kind }) => kind)).toContain('administrator_made');
    expect(await makeOrganiser(world.installation, 'nobody', false)).toEqual({ kind: 'bad_email' });
  });

  test('gets in again who has lost everything', async () => {
    await setUpBrowser(world.installation);
    expect(await makeOrganiser(world.installation, MERTENS.email, false)).toEqual({
      kind: 'already_administrator',
    });
    const made = await makeOrganiser(world.installation, MERTENS.email.toUpperCase(), true);
    if (made.kind !== 'new_access') throw new Error(made.kind);
    const state = await readAccountReset(world.installation, world.installation.db, tokenIn(made.path));
    expect(state.kind).toBe('usable');
  });
});

describe('the command line', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'einlass-cli-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function einlass(args: string[], data = world.dataFolder) {
    const lines: string[] = [];
    const exit = await runCommand(args, { EINLASS_DATA: data }, (line) => lines.push(line));
    return { exit, text: lines.join('\n') };
  }

  test('says how it is used when it is not understood', async () => {
    for (const args of [[], ['nonsense'], ['backup'], ['verify', 'x'], ['status', '--revoke-old'], ['--x']]) {
      const { exit, text } = await einlass(args);
      expect(exit, args.join(' ')).toBe(2);
      expect(text).toContain('COMMAND');
    }
    expect(await einlass(['help'])).toMatchObject({ exit: 0 });
    expect(await einlass(['status'], join(folder, 'none'))).toMatchObject({ exit: 2 });
  });

  test('backs up, restores and verifies, and names nobody', async () => {
    await register();
    await setUpBrowser(world.installation);
    const file = join(folder, 'backup');
    const passphrase = join(folder, 'passphrase');
    writeFileSync(passphrase, 'correct horse battery\n');
    const sealed = ['--passphrase-file', passphrase];
    const answers = [
      await einlass(['backup', file, ...sealed]),
      await einlass(['restore', file, ...sealed], join(folder, 'new')),
      await einlass(['verify'], join(folder, 'new')),
      await einlass(['status'], join(folder, 'new')),
      await einlass(['rotate-keys', 'integration'], join(folder, 'new')),
    ];
    expect(answers.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0]);
    expect(answers[2]!.text).toContain('All is well.');
    for (const { text } of answers) expect(text).not.toMatch(/Gast|correct horse|@/);
    expect((await einlass(['restore', file], join(folder, 'other'))).exit).toBe(1);
    expect((await einlass(['backup', file])).exit).toBe(2);
  });
});
