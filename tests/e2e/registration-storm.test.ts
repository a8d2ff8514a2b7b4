import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkgroupId } from '../../src/lib/domain/ids.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { demoEvent } from '../../src/lib/server/demo-event.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { openInstallation } from '../../src/lib/server/installation.ts';
import { Mailbox } from '../support/mail.ts';
import { freePort, startServer, type RunningServer } from './support.ts';

const GUESTS = 500;
const PLACES = 30;
/** Requests that are under way at the same time. */
const AT_ONCE = 50;
/** Longer than the form believes that a machine needs. */
const FILLED_IN_AFTER = 3_500;

const data = mkdtempSync(path.join(tmpdir(), 'einlass-storm-'));
let port: string;
let mailbox: Mailbox;
/** The Message-IDs of what the mail server has taken. */
const arrived: string[] = [];
let server: RunningServer;
let db: DatabaseSync;

const serve = () =>
  startServer({
    PORT: port,
    ORIGIN: `http://127.0.0.1:${port}`,
    EINLASS_DATA: data,
    EINLASS_DEMO: '0',
    EINLASS_FORMS_PER_ADDRESS: '100000',
    EINLASS_FORMS_PER_NETWORK: '100000',
    EINLASS_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
    EINLASS_MAIL_FROM: 'Stadt Gütersloh <einlass@example.org>',
  });

beforeAll(async () => {
  port = String(await freePort());
  // So many are not parsed, only told apart.
  mailbox = await Mailbox.open({
    onData: (stream, _session, callback) => {
      let message = '';
      stream.on('data', (chunk: Buffer) => (message += chunk.toString('latin1')));
      stream.on('end', () => {
        arrived.push(/^Message-ID: (\S+)/im.exec(message)?.[1] ?? '');
        callback();
      });
    },
  });
  const installation = await openInstallation({
    dataFolder: data,
    clock: () => millis(Date.now()),
    log: pino({ level: 'silent' }),
    origin: `http://127.0.0.1:${port}`,
  });
  await createEvent(installation, demoEvent(installation.clock()));
  await installation.close();
  db = new DatabaseSync(path.join(data, 'einlass.sqlite'), { readOnly: true });
  server = await serve();
});
afterAll(async () => {
  await server?.stop();
  await mailbox?.close();
  db?.close();
  rmSync(data, { recursive: true, force: true });
});

/** What a browser would send back of a form: its hidden fields. */
function hiddenFields(html: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [input] of html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    const [, name] = /name="([^"]*)"/.exec(input) ?? [];
    const [, value = ''] = /value="([^"]*)"/.exec(input) ?? [];
    if (name) fields[name] = value;
  }
  return fields;
}

/** Sends a form as a browser does; a server that is away is asked again until it is back. */
async function send(where: string, fields: Record<string, string>): Promise<Response> {
  for (;;) {
    try {
      const response = await fetch(server.url + where, {
        method: 'POST',
        headers: { origin: `http://127.0.0.1:${port}`, accept: 'text/html' },
        body: new URLSearchParams(fields),
        redirect: 'manual',
      });
      // The body may break off, too.
      const body = await response.text();
      return new Response(body || null, { status: response.status, headers: response.headers });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Registers, and where the workgroup is full, waits. @returns the address of the ticket's page */
async function register(form: Record<string, string>, index: number): Promise<string> {
  const fields = {
    ...form,
    submission: crypto.randomUUID(),
    name: `Gast ${index}`,
    email: `gast${index}@example.org`,
    workgroup: 'w5',
    consent: 'yes',
  };
  let response = await send('/integration/register', fields);
  if (response.status === 409) {
    const asked = hiddenFields(await response.text());
    response = await send('/integration/register', { ...asked, ...fields, 'when-full': 'waiting_list' });
  }
  expect(response.status).toBe(303);
  return response.headers.get('location')!;
}

async function inTurn<T>(items: T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [index, item] of queue) await work(item, index);
    }),
  );
}

const confirmed = () =>
  db
    .prepare(
      `select workgroup_id as id, count(*) as taken from registrations where state = 'confirmed' group by 1`,
    )
    .all() as { id: WorkgroupId; taken: number }[];

interface Row {
  state: string;
  workgroup_id: string;
}

test(
  '500 guests register, change and cancel at once, while the server is killed in between',
  { timeout: 480_000 },
  async () => {
    let most = 0;
    const watch = setInterval(() => {
      for (const { taken } of confirmed()) most = Math.max(most, taken);
    }, 20);

    const form = hiddenFields(await (await fetch(`${server.url}/integration/register`)).text());
    await new Promise((resolve) => setTimeout(resolve, FILLED_IN_AFTER));

    const kill = async () => {
      const gone = new Promise((resolve) => server.process.once('exit', resolve));
      server.process.kill('SIGKILL');
      await gone;
      server = await serve();
    };
    const killing = new Promise<void>((resolve, reject) => {
      setTimeout(() => void kill().then(resolve, reject), 3_000);
    });

    // Every third comes and stays, every third cancels, every third moves to a workgroup beside.
    await inTurn(Array.from({ length: GUESTS }), async (_, index) => {
      const page = await register(form, index);
      if (index % 3 === 1) expect((await send(`${page}/cancel`, {})).status).toBe(303);
      if (index % 3 === 2) {
        const change = { name: `Gast ${index}`, email: `gast${index}@example.org`, workgroup: 'w6' };
        expect([303, 409]).toContain((await send(`${page}/change`, change)).status);
      }
    });
    await killing;
    clearInterval(watch);

    const rows = db.prepare('select state, workgroup_id from registrations').all() as unknown as Row[];
    expect(rows).toHaveLength(GUESTS);
    expect(most).toBeLessThanOrEqual(PLACES);
    for (const { taken } of confirmed()) expect(taken).toBeLessThanOrEqual(PLACES);
    // No place is free while somebody waits for it.
    for (const group of new Set(
      rows.filter(({ state }) => state === 'waitlisted').map((row) => row.workgroup_id),
    ))
      expect(confirmed().find(({ id }) => id === group)?.taken).toBe(PLACES);

    await everyMailSent();
    const mails = db
      .prepare('select id, registration_id, kind, reason, state from mails order by id')
      .all() as {
      id: string;
      registration_id: string;
      kind: string;
      reason: string;
      state: string;
    }[];
    expect(new Set(mails.map(({ reason }) => reason)).size).toBe(mails.length);
    const first = mails.filter(({ kind }) => kind === 'confirmation' || kind === 'waiting_list');
    expect(new Set(first.map((mail) => mail.registration_id)).size).toBe(GUESTS);
    expect(mails.filter(({ kind }) => kind === 'cancellation')).toHaveLength(
      rows.filter(({ state }) => state === 'cancelled').length,
    );

    // Each arrived, and only the one that was under way when the server died may have come again, as the same mail.
    expect(new Set(arrived)).toEqual(new Set(mails.map(({ id }) => `<${id}@127.0.0.1>`)));
    const again = arrived.length - new Set(arrived).size;
    expect(again).toBeLessThanOrEqual(1);
    console.log(
      `${mails.length} mails, ${again} sent again under the same Message-ID; most confirmed: ${most}`,
    );

    expect(promotedInOrder(mails)).toBe(true);
  },
);

async function everyMailSent(): Promise<void> {
  const waiting = db.prepare(`select count(*) as n from mails where state != 'sent'`);
  while ((waiting.get() as { n: number }).n > 0) await new Promise((resolve) => setTimeout(resolve, 250));
}

/** The first to join the waiting list was the first to get a place, and who still waits joined it later. */
function promotedInOrder(mails: { registration_id: string; kind: string; reason: string }[]): boolean {
  const rows = db.prepare(`select id, state from registrations where workgroup_id = 'w5'`).all() as {
    id: string;
    state: string;
  }[];
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  // The number of the change by which somebody was promoted is in the reason of the mail.
  const promotions = new Map(
    mails
      .filter(({ kind }) => kind === 'promotion')
      .map(({ registration_id, reason }) => [registration_id, Number(reason.split(':').at(-1))]),
  );
  const inOrder = mails
    .filter(
      ({ kind, registration_id }) => kind === 'waiting_list' && states.get(registration_id) !== 'cancelled',
    )
    .filter(({ registration_id }) => states.has(registration_id))
    .map(({ registration_id }) => promotions.get(registration_id) ?? Infinity);
  expect(inOrder.filter((change) => change < Infinity).length).toBeGreaterThan(0);
  return inOrder.every((change, index) => index === 0 || inOrder[index - 1]! <= change);
}
