import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, RegistrationId, WorkgroupId } from '../../../src/lib/domain/ids.ts';
import { MINUTE, millis, type Millis } from '../../../src/lib/domain/time.ts';
import { createEvent } from '../../../src/lib/server/events.ts';
import { openInstallation, type Installation } from '../../../src/lib/server/installation.ts';
import { backUp, type BackupOptions } from '../../../src/lib/server/operation/backup.ts';
import { restore, type RestoreOptions } from '../../../src/lib/server/operation/restore.ts';
import { openSqliteStore } from '../../../src/lib/server/operation/store.ts';
import { registerByOffice } from '../../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../../support/events.ts';
import { testInstallation, type TestInstallation } from '../../support/installation.ts';
import { setUpBrowser } from '../../support/office-browser.ts';
import { Tablet } from '../../support/tablet.ts';

let now: Millis;
let world: TestInstallation;
let eventId: EventId;
let folder: string;
let file: string;
const opened: Installation[] = [];

beforeEach(async () => {
  now = dialogueEvening().startsAt;
  world = await testInstallation(() => now);
  eventId = await createEvent(world.installation, dialogueEvening());
  folder = mkdtempSync(join(tmpdir(), 'einlass-backup-'));
  file = join(folder, 'evening.backup');
});
afterEach(async () => {
  for (const installation of opened.splice(0)) await installation.close();
  await world.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function backUpNow(more: Partial<BackupOptions> = {}) {
  const store = openSqliteStore(world.dataFolder)!;
  try {
    const { dataFolder } = world;
    return await backUp({ store, dataFolder, secret: undefined, file, passphrase: null, now, ...more });
  } finally {
    await store.close();
  }
}

const restoreInto = (name: string, more: Partial<RestoreOptions> = {}) =>
  restore({
    file,
    passphrase: null,
    dataFolder: join(folder, name),
    secret: undefined,
    clock: () => now,
    ...more,
  });

async function openRestored(name: string): Promise<Installation> {
  const installation = await openInstallation({
    dataFolder: join(folder, name),
    clock: () => now,
    log: pino({ level: 'silent' }),
    origin: 'http://localhost:3000',
  });
  opened.push(installation);
  return installation;
}

const register = (installation: Installation, name: string): Promise<RegistrationId> =>
  registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name,
    email: null,
    workgroupId: 'w5' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });

async function ticketTexts(installation: Installation): Promise<string[]> {
  const rows = await installation.db.selectFrom('tickets').select('text').orderBy('id').execute();
  return rows.map(({ text }) => text);
}

async function logOf(installation: Installation): Promise<string[]> {
  const rows = await installation.db.selectFrom('scans').select('id').orderBy('id').execute();
  return rows.map(({ id }) => id);
}

/** The same tablet, after the city has put another server in the place of the first. */
function atAnotherServer(tablet: Tablet, installation: Installation): void {
  const other = new Tablet(tablet.name, installation);
  Object.assign(tablet, { transport: other.transport });
}

async function pairedTablet(name: string): Promise<Tablet> {
  const tablet = new Tablet(name, world.installation);
  await tablet.start();
  await tablet.pair(world.installation, eventId);
  await tablet.sync();
  return tablet;
}

describe('a server that is lost and restored from a backup', () => {
  test('gets every scan again that tablets had handed in since, each once, and all count the same', async () => {
    for (let i = 0; i < 40; i++) await register(world.installation, `Gast ${i}`);
    const texts = await ticketTexts(world.installation);
    const hall = await pairedTablet('Saal');
    const side = await pairedTablet('Seiteneingang');
    for (const text of texts.slice(0, 10)) await hall.scan(text, 'hall-door');
    await hall.sync();
    await side.sync();

    expect(await backUpNow()).toMatchObject({ kind: 'written' });
    now = millis(now + 10 * MINUTE);
    const since: string[] = [];
    for (const text of texts.slice(10, 30)) {
      const shown = await (since.length % 2 === 0 ? hall : side).scan(text, 'hall-door');
      if (shown.kind === 'shown') since.push(shown.scan.id);
    }
    const walkIn = await side.door.walkIn('Kommt dazu', 'w3' as WorkgroupId);
    await side.scan(walkIn!.ticketText, 'hall-door');
    expect(await hall.sync()).toEqual({ kind: 'done' });
    expect(await side.sync()).toEqual({ kind: 'done' });
    expect(since).toHaveLength(20);
    expect(hall.store.waiting + side.store.waiting).toBe(0);
    const lost = await logOf(world.installation);
    expect(lost).toHaveLength(31);

    expect(await restoreInto('new')).toMatchObject({ kind: 'restored' });
    const restored = await openRestored('new');
    expect(await logOf(restored)).toHaveLength(10);
    // Its own numbers have passed by then what the tablets knew of the lost one.
    for (let i = 0; i < 60; i++) await register(restored, `Neu ${i}`);
    for (const tablet of [hall, side]) {
      atAnotherServer(tablet, restored);
      expect(await tablet.sync()).toEqual({ kind: 'done' });
    }
    for (const tablet of [hall, side, hall]) expect(await tablet.sync()).toEqual({ kind: 'done' });

    expect(await logOf(restored)).toEqual(lost);
    const state = await restored.states.read(eventId);
    expect(state.venueTotal()).toBe(31);
    expect([...state.registrations.values()].filter(({ name }) => name === 'Kommt dazu')).toHaveLength(1);
    for (const { store } of [hall, side]) {
      expect(store.state!.venueTotal()).toBe(31);
      expect(store.state!.registrations.size).toBe(101);
    }
  });

  test('gets them also when the answer that says so is lost on the way', async () => {
    await register(world.installation, 'Gast');
    const [text] = await ticketTexts(world.installation);
    const tablet = await pairedTablet('Saal');
    await backUpNow();
    await tablet.scan(text!, 'hall-door');
    await tablet.sync();
    await restoreInto('new');
    const restored = await openRestored('new');
    atAnotherServer(tablet, restored);
    const lost = new Tablet('Saal', restored);
    lost.network = async (deliver) => {
      await deliver();
      throw new TypeError('cut off');
    };
    Object.assign(tablet, { transport: lost.transport });
    expect(await tablet.sync()).toEqual({ kind: 'no_network' });
    await tablet.crash();
    lost.network = (deliver) => deliver();
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(await logOf(restored)).toHaveLength(1);
  });
});

describe('a backup', () => {
  test('holds everything, and only its owner may read it', async () => {
    await setUpBrowser(world.installation);
    const person = await register(world.installation, 'Zoë „Ö“ \u2028 Lang');
    writeFileSync(join(world.dataFolder, 'operator.json'), '{}');
    const outcome = await backUpNow();
    expect(outcome).toMatchObject({ kind: 'written', holdsSecret: true });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['evening.backup']);
    await restoreInto('new');
    const restored = await openRestored('new');
    expect(readFileSync(join(folder, 'new', 'secret'), 'utf8')).toBe(
      readFileSync(join(world.dataFolder, 'secret'), 'utf8'),
    );
    expect(existsSync(join(folder, 'new', 'operator.json'))).toBe(true);
    expect(statSync(join(folder, 'new', 'einlass.sqlite')).mode & 0o777).toBe(0o600);
    const { name } = await restored.db
      .selectFrom('registrations')
      .select('name')
      .where('id', '=', person)
      .executeTakeFirstOrThrow();
    expect(name).toBe('Zoë „Ö“ \u2028 Lang');
    for (const table of ['events', 'rooms', 'event_keys', 'tickets', 'users', 'user_accounts'] as const)
      expect(await restored.db.selectFrom(table).selectAll().execute()).toEqual(
        await world.installation.db.selectFrom(table).selectAll().execute(),
      );
    // Whoever was signed in signs in again.
    expect(await restored.db.selectFrom('sessions').select('id').execute()).toEqual([]);
    const acts = await restored.db.selectFrom('acts').select('kind').orderBy('id').execute();
    expect(acts.at(-1)?.kind).toBe('backup_restored');
  });

  test('is of one moment, although the server goes on writing', async () => {
    for (let i = 0; i < 1500; i++) await register(world.installation, `Gast ${i}`);
    let going = true;
    let written = 0;
    const writer = (async () => {
      while (going) {
        await register(world.installation, `Später ${written++}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await expect.poll(() => written).toBeGreaterThan(3);
    const before = written;
    const outcome = await backUpNow();
    const meanwhile = written - before;
    going = false;
    await writer;
    expect(outcome.kind).toBe('written');
    expect(meanwhile).toBeGreaterThan(10);
    await restoreInto('new');
    const restored = await openRestored('new');
    const { change } = await restored.db.selectFrom('events').select('change').executeTakeFirstOrThrow();
    const registrations = await restored.db
      .selectFrom('registrations')
      .select(['id', 'change'])
      .orderBy('change')
      .execute();
    expect(registrations.at(-1)!.change).toBe(change);
    const tickets = await restored.db.selectFrom('tickets').select('registration_id').execute();
    expect(new Set(tickets.map((ticket) => ticket.registration_id))).toEqual(
      new Set(registrations.map(({ id }) => id)),
    );
  });

  test('does not overwrite what is there', async () => {
    writeFileSync(file, 'mine');
    expect(await backUpNow()).toEqual({ kind: 'file_exists' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('leaves nothing behind when the disk refuses', async () => {
    await expect(backUpNow({ file: join(folder, 'no', 'such', 'folder') })).rejects.toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('with a passphrase says nothing without it', async () => {
    await register(world.installation, 'Gast');
    await backUpNow({ passphrase: 'correct horse battery' });
    expect(await restoreInto('new')).toEqual({ kind: 'needs_passphrase' });
    expect(await restoreInto('new', { passphrase: 'another one' })).toMatchObject({ kind: 'damaged' });
    expect(existsSync(join(folder, 'new'))).toBe(false);
    expect(await restoreInto('new', { passphrase: 'correct horse battery' })).toMatchObject({
      kind: 'restored',
    });
  });

  test('leaves out a secret that the environment has, and asks for it again', async () => {
    const secret = 'x'.repeat(40);
    expect(await backUpNow({ secret })).toMatchObject({ kind: 'written', holdsSecret: false });
    expect(await restoreInto('new')).toEqual({ kind: 'no_secret' });
    expect(await restoreInto('new', { secret: 'y'.repeat(40) })).toEqual({ kind: 'other_secret' });
    expect(existsSync(join(folder, 'new'))).toBe(false);
    expect(await restoreInto('new', { secret })).toMatchObject({ kind: 'restored' });
    expect(existsSync(join(folder, 'new', 'secret'))).toBe(false);
  });
});

describe('what is restored', () => {
  test('goes into an empty folder only', async () => {
    await backUpNow();
    expect(await restoreInto('../' + world.dataFolder.split('/').at(-1)!, {})).toMatchObject({
      kind: 'not_empty',
    });
  });

  test('is refused when a single byte is another, or the end is missing', async () => {
    for (let i = 0; i < 20; i++) await register(world.installation, `Gast ${i}`);
    await backUpNow();
    const whole = readFileSync(file);
    const places = [0, 20, Math.floor(whole.length / 2), whole.length - 20, whole.length - 1];
    for (const place of places) {
      const altered = Buffer.from(whole);
      altered[place]! ^= 0x10;
      writeFileSync(file, altered);
      expect(await restoreInto('new'), `byte ${place} of ${whole.length}`).toMatchObject({ kind: 'damaged' });
    }
    for (const length of [0, 10, Math.floor(whole.length / 2), whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      expect(await restoreInto('new'), `cut off at ${length}`).toMatchObject({ kind: 'damaged' });
    }
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  test('is refused when it comes from a newer version', async () => {
    await world.installation.db
      .insertInto('kysely_migration' as never)
      .values({ name: '9999-of-the-future', timestamp: '' })
      .execute();
    await backUpNow();
    expect(await restoreInto('new')).toEqual({ kind: 'newer' });
  });
});
