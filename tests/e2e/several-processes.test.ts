import { sql } from 'kysely';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { LiveView } from '../../src/lib/domain/live-view.ts';
import { millis } from '../../src/lib/domain/time.ts';
import type { PairResponse } from '../../src/lib/domain/wire.ts';
import { CHANNEL_APPLICATION } from '../../src/lib/server/database/postgres-channel.ts';
import { openDatabase, type Database } from '../../src/lib/server/database/open.ts';
import { Secrets } from '../../src/lib/server/secrets.ts';
import { Mailbox } from '../support/mail.ts';
import { minuteOldStamp } from '../support/forms.ts';
import { startPostgres, type PostgresServer } from '../support/postgres-server.ts';
import { freePort, startServer, type RunningServer } from './support.ts';

const MAILS = 200;
const ORIGIN = 'http://einlass.example.org';
const SECRET = 'the same long secret at both processes';

let postgres: PostgresServer;
let mailbox: Mailbox;
let db: Database;
let a: RunningServer;
let b: RunningServer;
let eventId: EventId;
let tablet: PairResponse;
let cookie: string;
let seq = 0;

beforeAll(async () => {
  [postgres, mailbox] = await Promise.all([startPostgres(), Mailbox.open()]);
  const environment = {
    DATABASE_URL: postgres.url,
    EINLASS_SECRET: SECRET,
    EINLASS_WELCOME: '1',
    EINLASS_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
    EINLASS_MAIL_FROM: 'Stadt <einlass@example.org>',
    EINLASS_FORMS_PER_ADDRESS: '1000',
    EINLASS_FORMS_PER_NETWORK: '1000',
    ORIGIN,
  };
  const start = async () => {
    const port = String(await freePort());
    const server = await startServer({ ...environment, PORT: port });
    return { ...server, url: `http://127.0.0.1:${port}` };
  };
  // Both at once, on an empty database.
  [a, b] = await Promise.all([start(), start()]);
  db = await openDatabase({ url: postgres.url, connections: 2 }, () => millis(Date.now()));
  const event = await db.selectFrom('events').select('id').executeTakeFirstOrThrow();
  eventId = event.id;
});

afterAll(async () => {
  await db?.destroy();
  await Promise.all([a?.stop(), b?.stop()]);
  await mailbox?.close();
  await postgres?.stop();
});

const setupLink = (server: RunningServer) => /setup\/(\S+)/.exec(server.output())?.[1];

function postForm(server: RunningServer, path: string, form: Record<string, string>, cookies = '') {
  return fetch(server.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: ORIGIN, cookie: cookies, accept: 'text/html' },
    body: new URLSearchParams(form),
  });
}

const cookiesOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');

function scan() {
  seq += 1;
  return {
    id: v7(),
    deviceId: tablet.deviceId,
    deviceSeq: seq,
    ticketId: crypto.randomUUID(),
    payloadHash: null,
    checkpointId: 'hall-door',
    direction: 'entry',
    deviceTime: Date.now(),
    clockOffset: 0,
    rosterCursor: null,
    verdictShown: 'admitted',
    override: null,
    byHand: null,
    undoes: null,
  };
}

async function sync(server: RunningServer, scans: unknown[], walkIns: unknown[] = []) {
  const answer = await fetch(`${server.url}/api/door/v1/sync`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tablet.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      cursor: null,
      scans,
      walkIns,
      status: { waiting: scans.length, clockOffset: 0, version: 'test', battery: null },
    }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { acknowledged: string[] };
}

/** Fills in the public form, a minute after it was opened. */
function register(server: RunningServer, workgroup: string): Promise<Response> {
  const secrets = Secrets.load(SECRET, '');
  return postForm(server, '/integration/register', {
    submission: crypto.randomUUID(),
    stamp: minuteOldStamp({ secrets, clock: () => millis(Date.now()) }),
    name: 'Gast',
    email: 'gast@example.org',
    workgroup,
    consent: 'yes',
  });
}

/** A live page of the office, and its latest view. */
class LivePage {
  view: LiveView | null = null;
  ended = false;
  private readonly waiting = new Set<() => void>();
  private readonly closing = new AbortController();

  static async open(server: RunningServer): Promise<LivePage> {
    const page = new LivePage();
    const answer = await fetch(`${server.url}/api/office/v1/events/${eventId}/live`, {
      headers: { accept: 'text/event-stream', cookie },
      signal: page.closing.signal,
    });
    expect(answer.status).toBe(200);
    void page.read(answer.body!.pipeThrough(new TextDecoderStream()));
    await page.until(() => page.view !== null);
    return page;
  }

  private async read(stream: ReadableStream<string>): Promise<void> {
    let text = '';
    try {
      for await (const chunk of stream) {
        text += chunk;
        const messages = text.split('\n\n');
        text = messages.pop()!;
        for (const message of messages)
          if (message.startsWith('data: ')) this.view = JSON.parse(message.slice(6)) as LiveView;
        for (const look of this.waiting) look();
      }
    } catch {
      // Closed by the test.
    }
    this.ended = true;
    for (const look of this.waiting) look();
  }

  /** @returns after how many milliseconds */
  until(holds: () => boolean, within = 10_000): Promise<number> {
    const since = performance.now();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the live page did not show it')), within);
      const look = () => {
        if (!holds()) return;
        clearTimeout(late);
        this.waiting.delete(look);
        resolve(performance.now() - since);
      };
      this.waiting.add(look);
      look();
    });
  }

  get total(): number {
    return this.view?.total ?? -1;
  }

  close(): void {
    this.closing.abort();
  }
}

describe('two server processes on one PostgreSQL', () => {
  test('that start at once on an empty database make one demo event and one setup link', async () => {
    expect(await db.selectFrom('events').select('slug').execute()).toEqual([{ slug: 'integration' }]);
    expect(await db.selectFrom('setup_links').select('token_hash').execute()).toHaveLength(1);
    expect(setupLink(a)).toBe(setupLink(b));
  });

  test('let the organiser in at either, whichever has made the session', async () => {
    const person = { name: 'Frank Mertens', email: 'frank@example.org', password: 'vier lange Worte hier' };
    const made = await postForm(a, `/office/setup/${setupLink(b)}`, person);
    expect(made.status).toBe(303);
    cookie = cookiesOf(made);
    const page = await fetch(`${b.url}/office`, { headers: { cookie }, redirect: 'manual' });
    expect(page.headers.get('location') ?? '').not.toContain('sign-in');
  });

  test('show a scan that was handed in at the one on a live page of the other within a second', async () => {
    const code = /type the code (\S+)/.exec(a.output())![1]!;
    const { publicKey } = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign']);
    const raw = Buffer.from(await crypto.subtle.exportKey('raw', publicKey)).toString('base64url');
    const paired = await fetch(`${b.url}/api/door/v1/pair`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, name: 'Eingang', publicKey: raw }),
    });
    expect(paired.status).toBe(200);
    tablet = (await paired.json()) as PairResponse;
    const page = await LivePage.open(b);
    await page.until(() => page.total === 0);
    await sync(a, [scan()]);
    expect(await page.until(() => page.total === 1)).toBeLessThan(1_000);
    page.close();
  });

  test('show what came while the line between them was cut', async () => {
    const page = await LivePage.open(b);
    const before = page.total;
    const cut = await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = ${CHANNEL_APPLICATION}`.execute(db);
    expect(cut.rows).toHaveLength(2);
    await sync(a, [scan()]);
    expect(await page.until(() => page.total === before + 1)).toBeLessThan(3_000);
    await sync(a, [scan()]);
    await page.until(() => page.total === before + 2);
    page.close();
  });

  test('store a batch once that comes to both at the same time, and confirm it at both', async () => {
    const scans = Array.from({ length: 50 }, () => scan());
    const malformed = { id: v7(), nonsense: true };
    const answers = await Promise.all([a, b, a, b].map((server) => sync(server, [...scans, malformed])));
    for (const { acknowledged } of answers)
      expect(acknowledged).toEqual([...scans.map(({ id }) => id), malformed.id]);
    const ids = scans.map(({ id }) => id);
    const stored = await db
      .selectFrom('scans')
      .select('id')
      .where('id', 'in', ids as never[])
      .execute();
    expect(stored).toHaveLength(50);
    expect(await db.selectFrom('anomalies').select('reason').execute()).toEqual([{ reason: 'malformed' }]);
  });

  test('count attempts together', async () => {
    const wrong = { email: 'somebody@example.org', password: 'not the right one' };
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1)
      statuses.push((await postForm(i % 2 ? a : b, '/office/sign-in', wrong)).status);
    expect(statuses.slice(0, 10).every((status) => status === 400)).toBe(true);
    expect(statuses.slice(10)).toEqual([429, 429]);
  });

  test('give the last place away once', async () => {
    await db
      .updateTable('workgroups')
      .set({ places: 1 })
      .where('id', '=', 'w1' as WorkgroupId)
      .execute();
    const first = await register(a, 'w1');
    expect(first.status).toBe(303);
    expect((await register(b, 'w1')).status).toBe(409);
    expect(await (await fetch(b.url + first.headers.get('location')!)).text()).toContain('Gast');
    await db
      .updateTable('workgroups')
      .set({ places: 2 })
      .where('id', '=', 'w1' as WorkgroupId)
      .execute();
    const both = await Promise.all([register(a, 'w1'), register(b, 'w1')]);
    expect(both.map(({ status }) => status).sort()).toEqual([303, 409]);
  });

  test('send each of 200 mails once', async () => {
    await mailbox.waitFor(2);
    await db
      .updateTable('workgroups')
      .set({ places: MAILS })
      .where('id', '=', 'w2' as WorkgroupId)
      .execute();
    for (let i = 2; i < MAILS; i += 20)
      await Promise.all(
        Array.from({ length: Math.min(20, MAILS - i) }, (_, j) => register(j % 2 ? a : b, 'w2')),
      );
    const received = await mailbox.waitFor(MAILS);
    await vi.waitFor(async () => {
      const waiting = await db.selectFrom('mails').select('id').where('state', '!=', 'sent').execute();
      expect(waiting).toEqual([]);
    });
    expect(new Set(received.map(({ messageId }) => messageId)).size).toBe(MAILS);
    expect(received).toHaveLength(MAILS);
    const { attempts } = await db
      .selectFrom('mails')
      .select((eb) => eb.fn.max('attempts').as('attempts'))
      .executeTakeFirstOrThrow();
    expect(Number(attempts)).toBe(1);
  });

  test('end a session at both', async () => {
    const page = await LivePage.open(b);
    const out = await postForm(a, '/office/sign-out', {}, cookie);
    expect(out.status).toBe(303);
    const live = await fetch(`${b.url}/api/office/v1/events/${eventId}/live`, { headers: { cookie } });
    expect(live.status).toBe(401);
    // The stream is asked with its next message.
    await page.until(() => page.ended, 15_000);
  });
});
