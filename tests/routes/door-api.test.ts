import fc from 'fast-check';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { RegistrationSchema } from '../../src/lib/domain/registration.ts';
import { MAX_CLOCK_OFFSET } from '../../src/lib/domain/scan.ts';
import { createKeyPair, keyIdOf } from '../../src/lib/domain/signing.ts';
import { issueTicketText } from '../../src/lib/domain/ticket.ts';
import { addMillis, DAY, HOUR, MINUTE, SECOND, type Millis } from '../../src/lib/domain/time.ts';
import {
  ProblemSchema,
  SyncResponseSchema,
  type PairResponse,
  type SyncResponseWire,
} from '../../src/lib/domain/wire.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import { createPairingCode, PAIRING_CODE_LIFETIME, revokeDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { FEED_PAGE } from '../../src/lib/server/feed.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { reissueTicket } from '../../src/lib/server/reissue.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { endpointFetch } from '../support/tablet.ts';

/** Bad input gets a clear answer and loses nothing; nothing answers 500, and no stack trace reaches a client. */

const SYNC = '/api/door/v1/sync';
const PAIR = '/api/door/v1/pair';
const START = berlinTime(2022, 11, 18, 15, 40);

let world: TestInstallation;
let now: Millis = START;
let call: typeof fetch;
/** Where requests come from; attempts to pair are counted by it. */
let address: string;
let addresses = 0;
const moveOn = () => (address = `address-${(addresses += 1)}`);
beforeAll(async () => {
  world = await testInstallation(() => now);
  call = endpointFetch(world.installation, undefined, () => address);
});
afterAll(() => world.dispose());

type Keys = Awaited<ReturnType<typeof createKeyPair>>;
interface Device extends PairResponse {
  keys: Keys;
}

let events = 0;
let eventId: EventId;
let device: Device;
beforeEach(async () => {
  now = START;
  moveOn();
  eventId = await createEvent(world.installation, dialogueEvening(`event-${(events += 1)}`));
  device = await pairedDevice();
});

interface Reply {
  status: number;
  body: unknown;
  text: string;
}

/** Sends a body as it is. Whatever comes back is JSON, and tells nothing of what happened inside. */
async function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Reply> {
  const response = await call(path, { method: 'POST', body, headers });
  const text = await response.text();
  expect(response.status).toBeLessThan(500);
  if (response.status >= 400) {
    expect(v.is(ProblemSchema, JSON.parse(text))).toBe(true);
    expect(text).not.toMatch(/node_modules|\.ts|\.js|Error|SQL|\n/);
    expect(response.headers.get('cache-control')).toBe('no-store');
  }
  return { status: response.status, body: JSON.parse(text), text };
}

const bearer = ({ token }: Pick<Device, 'token'>) => ({ authorization: `Bearer ${token}` });

async function pairedDevice(): Promise<Device> {
  const keys = await createKeyPair();
  const code = await createPairingCode(world.installation, eventId);
  const { body } = await pairWith({ code, publicKey: bytesToBase64url(keys.publicKey) });
  return { ...(body as PairResponse), keys };
}

const pairWith = (values: object) =>
  post(PAIR, JSON.stringify({ code: 'AAAA-BBBB-CCCC', name: 'Tür', publicKey: 'A'.repeat(43), ...values }));

const envelope = (values: object = {}) => ({
  cursor: null,
  scans: [],
  walkIns: [],
  status: { waiting: 0, clockOffset: 0, version: 'test', battery: null },
  ...values,
});

async function sync(values: object = {}, by: Device = device): Promise<SyncResponseWire> {
  const { status, body } = await post(SYNC, JSON.stringify(envelope(values)), bearer(by));
  expect(status).toBe(200);
  expect(v.is(SyncResponseSchema, body)).toBe(true);
  return body as SyncResponseWire;
}

let scansMade = 0;

/** A scan as the tablet makes it: an entry at the hall's door, a moment ago. */
function aScan(values: object = {}, by: Device = device) {
  scansMade += 1;
  return {
    id: crypto.randomUUID(),
    deviceId: by.deviceId,
    deviceSeq: scansMade,
    ticketId: crypto.randomUUID(),
    payloadHash: null,
    checkpointId: 'hall-door',
    direction: 'entry',
    deviceTime: now - SECOND,
    clockOffset: 0,
    rosterCursor: null,
    verdictShown: 'admitted',
    override: null,
    byHand: null,
    undoes: null,
    ...values,
  };
}

/** A walk-in as the tablet makes it. */
async function aWalkIn(values: object = {}, by: Device = device) {
  const ticketId = crypto.randomUUID();
  const ticket = {
    keyId: await keyIdOf(by.keys.publicKey),
    eventId,
    ticketId,
    workgroupNumber: 3,
    validFrom: addMillis(START, -HOUR),
    validUntil: addMillis(START, HOUR),
  };
  return {
    registrationId: crypto.randomUUID(),
    ticketId,
    name: 'Ayşe Yılmaz',
    workgroupId: 'w3',
    ticketText: await issueTicketText(ticket as never, by.keys.privateKey),
    deviceTime: now,
    clockOffset: 0,
    ...values,
  };
}

async function register(values: object = {}): Promise<RegistrationId> {
  return registerByOffice(world.installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Gast',
    email: 'guest@example.org',
    workgroupId: 'w5' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
    ...values,
  });
}

/** The ids of the event's scans, in the order in which they came. */
async function log(): Promise<string[]> {
  const { db } = world.installation;
  const rows = db.selectFrom('scans').select('id').where('event_id', '=', eventId).orderBy('change');
  return (await rows.execute()).map(({ id }) => id);
}

async function anomalies(): Promise<{ reason: string; record: unknown }[]> {
  const { db } = world.installation;
  const rows = db.selectFrom('anomalies').select(['reason', 'record']).where('event_id', '=', eventId);
  return (await rows.execute()).map(({ reason, record }) => ({
    reason,
    record: JSON.parse(record) as unknown,
  }));
}

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('who may sync', () => {
  const malformedToken = (token: string) => token.slice(1);
  test.each<[string, (token: string) => string | null]>([
    ['without a token', () => null],
    ['with an empty one', () => ''],
    ['with one that is none', () => 'Bearer x'],
    ["with one that is nobody's", () => `Bearer ${'A'.repeat(43)}`],
    ['with one that lacks a character', (token) => `Bearer ${malformedToken(token)}`],
    ['with one that goes on', (token) => `Bearer ${token}A`],
    ['with another scheme', (token) => `Basic ${token}`],
    ['with the token alone', (token) => token],
  ])('nobody %s', async (_, header) => {
    const authorization = header(device.token);
    const headers: Record<string, string> = authorization === null ? {} : { authorization };
    const { status, body } = await post(SYNC, JSON.stringify(envelope({ scans: [aScan()] })), headers);
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'not_paired' });
    expect(await log()).toEqual([]);
  });

  test('nobody, whatever the body: it is not read', async () => {
    expect((await post(SYNC, 'garbage')).status).toBe(401);
  });
});

describe.each([
  [SYNC, 1_048_576],
  [PAIR, 4_096],
])('a body for %s', (path, limit) => {
  const send = (body: string, headers: Record<string, string> = {}) =>
    post(path, body, { ...bearer(device), ...headers });

  test.each<[string, number, string, string]>([
    ['that is empty', 400, 'not_json', ''],
    ['that is not JSON', 400, 'not_json', '{"cursor": nu'],
    ['that is a page', 400, 'not_json', '<!doctype html>'],
    ['that is a form', 400, 'not_json', 'code=AAAA'],
    ['that is nested without end', 400, 'too_deep', nested(2_000)],
    ['that is nothing', 400, 'malformed', 'null'],
    ['that is a number', 400, 'malformed', '1e999'],
    ['that is a text', 400, 'malformed', '"scans"'],
    ['that is a list', 400, 'malformed', '[]'],
    ['that says nothing', 400, 'malformed', '{}'],
    [
      'whose fields are of a prototype',
      400,
      'malformed',
      '{"__proto__": {"cursor": null}, "constructor": 1}',
    ],
  ])('%s is answered %i %s', async (_, status, code, body) => {
    expect(await send(body)).toMatchObject({ status, body: { code } });
  });

  test('that is too large is answered 413, whether its length is told or not', async () => {
    const large = `"${'x'.repeat(limit)}"`;
    const told = { 'content-length': String(large.length) };
    for (const headers of [{}, told]) {
      expect(await send(large, headers)).toMatchObject({ status: 413, body: { code: 'too_large' } });
    }
  });

  test('that is as large as it may be is read', async () => {
    expect(await send(`"${'x'.repeat(limit - 2)}"`)).toMatchObject({
      status: 400,
      body: { code: 'malformed' },
    });
  });
});

describe('a sync', () => {
  test.each<[string, object]>([
    ['a cursor that is a number', { cursor: 7 }],
    ['a cursor without end', { cursor: 'x'.repeat(101) }],
    ['no scans', { scans: undefined }],
    ['scans that are no list', { scans: {} }],
    ['501 scans', { scans: Array.from({ length: 501 }, () => 0) }],
    ['501 walk-ins', { walkIns: Array.from({ length: 501 }, () => 0) }],
  ])('with %s is answered 400, and nothing of it is stored', async (_, values) => {
    const scan = aScan();
    const body = JSON.stringify(envelope({ scans: [scan], ...values }));
    expect(await post(SYNC, body, bearer(device))).toMatchObject({
      status: 400,
      body: { code: 'malformed' },
    });
    expect([await log(), await anomalies()]).toEqual([[], []]);
    // The tablet has kept it, and hands it in again.
    await sync({ scans: [scan] });
    expect(await log()).toEqual([scan.id]);
  });

  test.each<[string, object]>([
    ['no status', { status: undefined }],
    ['a status that is none', { status: { waiting: -1 } }],
    ['a battery that is too full', { status: { waiting: 0, clockOffset: 0, version: '', battery: 2 } }],
  ])('with %s is taken all the same: a scan matters more than how the tablet is doing', async (_, values) => {
    const scan = aScan();
    expect((await sync({ scans: [scan], ...values })).acknowledged).toEqual([scan.id]);
    expect([await log(), await anomalies()]).toEqual([[scan.id], []]);
  });

  test('with fields that we do not know is as good as without', async () => {
    const scan = aScan();
    const status = { waiting: 1, clockOffset: 0, version: 'test', battery: 0.5, mood: 'tired' };
    const answer = await sync({ scans: [scan], status, mesh: ['tab2'], __proto__: null });
    expect(answer.acknowledged).toEqual([scan.id]);
    expect([await log(), await anomalies()]).toEqual([[scan.id], []]);
  });

  test('with 500 scans is taken', async () => {
    const scans = Array.from({ length: 500 }, () => aScan());
    expect((await sync({ scans })).acknowledged).toEqual(scans.map(({ id }) => id));
    expect(await log()).toEqual(scans.map(({ id }) => id));
  });

  test('that is sent twice is stored once, and acknowledged twice', async () => {
    const handedIn = { scans: [aScan(), aScan()], walkIns: [await aWalkIn()] };
    const ids = [handedIn.walkIns[0]!.registrationId, ...handedIn.scans.map(({ id }) => id)];
    expect((await sync(handedIn)).acknowledged).toEqual(ids);
    expect((await sync(handedIn)).acknowledged).toEqual(ids);
    expect(await log()).toEqual(ids.slice(1));
    expect(await anomalies()).toEqual([]);
  });

  test('that tells how the tablet is doing is remembered', async () => {
    now = addMillis(START, MINUTE);
    const status = { waiting: 9, clockOffset: -1_500, version: '1.2.3', battery: 0.4 };
    await sync({ scans: [aScan()], status });
    const row = await world.installation.db
      .selectFrom('devices')
      .selectAll()
      .where('id', '=', device.deviceId)
      .executeTakeFirst();
    expect(row).toMatchObject({
      last_contact_at: now,
      waiting: 8,
      clock_offset: -1_500,
      version: '1.2.3',
      battery: 0.4,
    });
  });
});

describe('a scan that cannot be right is kept aside, acknowledged, and not counted', () => {
  test.each<[string, string, () => object]>([
    ['malformed', 'without a ticket', () => ({ ticketId: null })],
    ['malformed', 'of a ticket and of something else at once', () => ({ payloadHash: 'a'.repeat(64) })],
    ['malformed', 'without a time', () => ({ deviceTime: undefined })],
    ['malformed', 'at half a millisecond', () => ({ deviceTime: now + 0.5 })],
    ['malformed', 'with a number below 1', () => ({ deviceSeq: 0 })],
    ['malformed', 'with a verdict that nobody knows', () => ({ verdictShown: 'perhaps' })],
    ['malformed', 'through a window', () => ({ checkpointId: 'Fenster!' })],
    ['malformed', 'with an endless reason', () => ({ override: { by: 'Kim', why: 'x'.repeat(201) } })],
    ['malformed', 'with an id that is none', () => ({ id: 'scan 1' })],
    ['foreign_device', "by another tablet's name", () => ({ deviceId: crypto.randomUUID() })],
    ['impossible_time', 'from 1970', () => ({ deviceTime: 0 })],
    ['impossible_time', 'from next year', () => ({ deviceTime: now + 365 * DAY })],
    ['impossible_time', 'from the day after tomorrow', () => ({ deviceTime: now + DAY + 1 })],
    ['impossible_time', 'from two days before the pairing', () => ({ deviceTime: now - DAY - 1 })],
    [
      'malformed',
      'whose words have a character that no text has',
      () => ({ override: { by: 'Kim', why: 'knows\0them' } }),
    ],
    [
      'impossible_time',
      'from 1970, with a correction to today that nobody believes',
      () => ({ deviceTime: 0, clockOffset: now }),
    ],
  ])('%s: %s', async (reason, _, values) => {
    const before = aScan();
    const wrong = aScan(values());
    const after = aScan();
    const scans = [before, wrong, after];
    expect((await sync({ scans })).acknowledged).toEqual(scans.map(({ id }) => id));
    expect(await log()).toEqual([before.id, after.id]);
    const kept = JSON.parse(JSON.stringify(wrong)) as unknown;
    expect(await anomalies()).toEqual([{ reason, record: kept }]);
    expect((await world.installation.states.read(eventId)).venueTotal()).toBe(2);
    await sync({ scans });
    expect(await anomalies()).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a number', 7],
    ['a text', 'scan'],
    ['an empty record', {}],
    ['a list', [[]]],
    ['a record whose id is a number', { id: 7 }],
  ])('%s is kept, though it has no id to acknowledge', async (_, record) => {
    const scan = aScan();
    expect((await sync({ scans: [record, scan] })).acknowledged).toEqual([scan.id]);
    expect(await log()).toEqual([scan.id]);
    expect(await anomalies()).toEqual([{ reason: 'malformed', record }]);
  });

  test('a scan in the place of another', async () => {
    const first = aScan();
    const second = aScan({ deviceSeq: first.deviceSeq });
    await sync({ scans: [first] });
    expect((await sync({ scans: [second] })).acknowledged).toEqual([second.id]);
    expect(await log()).toEqual([first.id]);
    expect(await anomalies()).toEqual([{ reason: 'sequence_taken', record: second }]);
  });

  test('a scan with the id of another', async () => {
    const first = aScan();
    const second = aScan({ id: first.id });
    await sync({ scans: [first] });
    await sync({ scans: [second] });
    expect(await log()).toEqual([first.id]);
    expect(await anomalies()).toEqual([{ reason: 'id_taken', record: second }]);
  });

  test('two such scans in one sync', async () => {
    const first = aScan();
    const sameId = aScan({ id: first.id });
    const sameNumber = aScan({ deviceSeq: first.deviceSeq });
    await sync({ scans: [first, sameId, sameNumber, first] });
    expect(await log()).toEqual([first.id]);
    const kept = await anomalies();
    expect(kept).toHaveLength(2);
    expect(kept).toEqual(
      expect.arrayContaining([
        { reason: 'id_taken', record: sameId },
        { reason: 'sequence_taken', record: sameNumber },
      ]),
    );
  });
});

describe('a scan with a field that we do not know', () => {
  test.each<[string, object]>([
    ['beside the others', { light: 'dim' }],
    ['that every object has', JSON.parse('{"toString": "x"}') as object],
    ['inside another', { override: { by: 'Kim', why: 'bekannt', signature: 'K.' } }],
  ])('%s is stored, acknowledged, and kept whole', async (_, values) => {
    const scan = aScan(values);
    expect((await sync({ scans: [scan] })).acknowledged).toEqual([scan.id]);
    expect(await log()).toEqual([scan.id]);
    expect(await anomalies()).toEqual([{ reason: 'unknown_field', record: scan }]);
    expect((await world.installation.states.read(eventId)).venueTotal()).toBe(1);
  });
});

describe('a scan by a clock that is off', () => {
  test.each<[string, object]>([
    ['by ten minutes', { deviceTime: START + 10 * MINUTE, clockOffset: -10 * MINUTE }],
    ['by a day', { deviceTime: START - MAX_CLOCK_OFFSET, clockOffset: MAX_CLOCK_OFFSET }],
  ])('%s counts', async (_, values) => {
    const scan = aScan(values);
    await sync({ scans: [scan] });
    expect(await log()).toEqual([scan.id]);
  });
});

describe('a walk-in', () => {
  const registered = async () => {
    const state = await world.installation.states.read(eventId);
    return [...state.registrations.values()].map(({ name }) => name);
  };

  test('is registered, and reaches the other tablets with its ticket', async () => {
    const walkIn = await aWalkIn({ name: '  Ayşe Yılmaz ' });
    expect((await sync({ walkIns: [walkIn] })).acknowledged).toEqual([walkIn.registrationId]);
    const { changes } = await sync({}, await pairedDevice());
    const rows = changes.flatMap((change) => (change.kind === 'registration' ? [change.registration] : []));
    expect(rows).toMatchObject([
      { id: walkIn.registrationId, ticketId: walkIn.ticketId, name: 'Ayşe Yılmaz' },
    ]);
  });

  test.each<[string, string, () => object | Promise<object>]>([
    ['malformed', 'without a name', () => ({ name: '  ' })],
    ['malformed', 'with an endless name', () => ({ name: 'x'.repeat(201) })],
    ['unknown_workgroup', 'into a workgroup that there is not', () => ({ workgroupId: 'w99' })],
    ['bad_ticket', 'with a text that is no ticket', () => ({ ticketText: 'EL:' })],
    ['bad_ticket', "with another ticket's text", async () => ({ ticketText: (await aWalkIn()).ticketText })],
    [
      'bad_ticket',
      'with a ticket that another tablet has signed',
      async () => {
        const { ticketId, ticketText } = await aWalkIn({}, await pairedDevice());
        return { ticketId, ticketText };
      },
    ],
  ])('that cannot be right is kept aside: %s, %s', async (reason, _, values) => {
    const wrong = await aWalkIn(await values());
    const right = await aWalkIn({ name: 'Olena' });
    const walkIns = [wrong, right];
    expect((await sync({ walkIns })).acknowledged).toEqual(
      walkIns.map(({ registrationId }) => registrationId),
    );
    expect(await registered()).toEqual(['Olena']);
    expect(await anomalies()).toEqual([{ reason, record: wrong }]);
  });

  test('with the registration or the ticket of another is kept aside', async () => {
    const first = await aWalkIn();
    const sameRegistration = await aWalkIn({ registrationId: first.registrationId });
    const sameTicket = { ...first, registrationId: crypto.randomUUID() };
    await sync({ walkIns: [first, sameRegistration, sameTicket] });
    expect(await registered()).toEqual(['Ayşe Yılmaz']);
    const kept = await anomalies();
    expect(kept.map(({ reason }) => reason)).toEqual(['id_taken', 'id_taken']);
    expect(kept.map(({ record }) => record)).toEqual(expect.arrayContaining([sameRegistration, sameTicket]));
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'Ayşe'],
    ['an empty record', {}],
  ])('that is %s is kept aside', async (_, record) => {
    const right = await aWalkIn();
    expect((await sync({ walkIns: [record, right] })).acknowledged).toEqual([right.registrationId]);
    expect(await anomalies()).toEqual([{ reason: 'malformed', record }]);
  });
});

describe('a cursor', () => {
  const newest = async () => (await sync()).cursor;

  test('begins where the last answer ended', async () => {
    await register();
    const first = await sync();
    expect(first.changes.map(({ kind }) => kind)).toEqual(['setting', 'registration', 'exchange_key']);
    expect(first).not.toHaveProperty('reset');
    const second = await sync({ cursor: first.cursor });
    expect([second.changes, second.cursor, second.more]).toEqual([[], first.cursor, false]);
    expect(second).not.toHaveProperty('reset');
  });

  test.each<[string, () => string | Promise<string>]>([
    ['that is garbage', () => 'garbage'],
    ['that is empty', () => ''],
    ['that is no number', async () => `${(await newest()).split('.')[0]}.x`],
    ['that is below nothing', async () => `${(await newest()).split('.')[0]}.-1`],
    ['that is half a change', async () => `${(await newest()).split('.')[0]}.0.5`],
    ['without a number', async () => `${(await newest()).split('.')[0]}.`],
    ['of another database', async () => `${crypto.randomUUID()}.${(await newest()).split('.')[1]}`],
    [
      'ahead of this database',
      async () => (await newest()).replace(/\d+$/, (position) => String(Number(position) + 1)),
    ],
  ])('%s begins anew: the whole feed, and `reset`', async (_, cursor) => {
    await register();
    const scan = aScan();
    const answer = await sync({ cursor: await cursor(), scans: [scan] });
    expect(answer.reset).toBe(true);
    expect(answer.changes.map(({ kind }) => kind)).toEqual(['setting', 'registration', 'exchange_key']);
    // What came with it is taken all the same.
    expect(answer.acknowledged).toEqual([scan.id]);
    expect(await log()).toEqual([scan.id]);
  });
});

describe('the feed', () => {
  const idsOf = ({ changes }: SyncResponseWire) =>
    changes.flatMap((change) =>
      change.kind === 'scan'
        ? [change.scan.id]
        : change.kind === 'registration'
          ? [change.registration.id]
          : [],
    );

  test(`comes in pages of ${FEED_PAGE} changes, in the order in which they were committed`, async () => {
    const other = await pairedDevice();
    const committed: string[] = [];
    for (let batch = 0; batch < 5; batch++) {
      committed.push(await register());
      const scans = Array.from({ length: 450 }, () => aScan({}, other));
      await sync({ scans }, other);
      committed.push(...scans.map(({ id }) => id));
    }
    const first = await sync();
    expect([first.more, idsOf(first).length]).toEqual([true, FEED_PAGE]);
    expect(first.changes[0]).toMatchObject({ kind: 'setting' });
    const second = await sync({ cursor: first.cursor });
    expect(second.more).toBe(false);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(committed);
    expect(await sync({ cursor: second.cursor })).toMatchObject({ changes: [], more: false });
  }, 20_000);

  test('leaves out what the tablet itself has scanned', async () => {
    const other = await pairedDevice();
    const [mine, theirs] = [aScan(), aScan({}, other)];
    await sync({ scans: [theirs] }, other);
    expect(idsOf(await sync({ scans: [mine] }))).toEqual([theirs.id]);
    expect(idsOf(await sync({}, other))).toEqual([mine.id]);
    expect(idsOf(await sync())).toEqual([theirs.id]);
  });

  test('gives back each scan as it was handed in', async () => {
    const scans = [
      aScan({ rosterCursor: 'a.1', clockOffset: -3 }),
      aScan({
        ticketId: null,
        payloadHash: 'a'.repeat(64),
        verdictShown: 'invalid',
        override: { by: '', why: '' },
      }),
      aScan({ byHand: { by: 'Kim', why: 'Handy leer' } }),
      aScan({ direction: 'exit', verdictShown: 'left', checkpointId: 'nobody-knows-it' }),
    ];
    scans.push(aScan({ ticketId: scans[0]!.ticketId, undoes: scans[0]!.id }));
    await sync({ scans });
    const { changes } = await sync({}, await pairedDevice());
    expect(changes.flatMap((change) => (change.kind === 'scan' ? [change.scan] : []))).toEqual(scans);
  });

  test('gives back the scan of an older tablet as one that nobody made by hand', async () => {
    const { byHand: _, ...scan } = aScan();
    await sync({ scans: [scan] });
    const { changes } = await sync({}, await pairedDevice());
    expect(changes).toContainEqual({ kind: 'scan', scan: { ...scan, byHand: null } });
    expect(await anomalies()).toEqual([]);
  });

  test('says a thing once, as it is now', async () => {
    const id = await register();
    const before = await sync();
    await reissueTicket(world.installation, eventId, id);
    await reissueTicket(world.installation, eventId, id);
    const after = await sync({ cursor: before.cursor });
    expect(idsOf(after)).toEqual([id]);
    expect(after.changes).toMatchObject([{ registration: { formerTickets: [{}, {}] } }]);
  });

  test("tells of another event neither persons nor scans, and of its own no other's", async () => {
    const mine = await register();
    const here = { eventId, device };
    eventId = await createEvent(world.installation, dialogueEvening(`event-${(events += 1)}`));
    device = await pairedDevice();
    await register();
    await sync({ scans: [aScan()] });
    expect(idsOf(await sync({}, here.device))).toEqual([mine]);
  });

  test('tells a tablet what the door needs of a person, and nothing more', async () => {
    await register({
      name: 'Ayşe Yılmaz',
      email: 'ayse@example.org',
      needs: { ...NO_NEEDS, other: 'Rollstuhl' },
      locale: 'tr',
    });
    await sync({ walkIns: [await aWalkIn()] });
    const answer = await sync();
    const rows = answer.changes.flatMap((change) =>
      change.kind === 'registration' ? [change.registration] : [],
    );
    expect(rows).toHaveLength(2);
    for (const row of rows)
      expect(Object.keys(row).sort()).toEqual(Object.keys(RegistrationSchema.entries).sort());
    expect(Object.keys(RegistrationSchema.entries).sort()).toEqual(
      ['id', 'name', 'workgroupId', 'state', 'stateSince', 'ticketId', 'formerTickets', 'accessNeeds'].sort(),
    );
    expect(JSON.stringify(answer)).not.toMatch(/@|example\.org|consent|submission|locale/);
    expect(JSON.stringify(answer)).not.toContain(device.token);
  });
});

describe('a revoked tablet', () => {
  test('hands in what it has: scans up to the revocation count, later ones are kept aside', async () => {
    await register();
    const before = aScan({ deviceTime: now });
    const walkIn = await aWalkIn({ deviceTime: now });
    await revokeDevice(world.installation, eventId, device.deviceId);
    now = addMillis(now, MINUTE);
    const after = aScan({ deviceTime: START + 1 });
    const late = await aWalkIn({ deviceTime: START + 1, name: 'Zu spät' });
    const answer = await sync({ scans: [before, after], walkIns: [walkIn, late] });
    expect(answer.acknowledged).toEqual([walkIn.registrationId, late.registrationId, before.id, after.id]);
    expect(await log()).toEqual([before.id]);
    const kept = await anomalies();
    expect(kept.map(({ reason }) => reason)).toEqual(['after_revocation', 'after_revocation']);
    expect(kept.map(({ record }) => record)).toEqual(expect.arrayContaining([after, late]));
    const state = await world.installation.states.read(eventId);
    expect([...state.registrations.values()].map(({ name }) => name).sort()).toEqual(['Ayşe Yılmaz', 'Gast']);
  });

  test('gets no news any more, whatever it asks for', async () => {
    await register({ name: 'Geheim' });
    await revokeDevice(world.installation, eventId, device.deviceId);
    for (const cursor of [null, 'garbage', (await sync()).cursor]) {
      const answer = await sync({ cursor });
      expect([answer.revoked, answer.changes, answer.more]).toEqual([true, [], false]);
      expect(JSON.stringify(answer)).not.toContain('Geheim');
    }
  });
});

describe('pairing', () => {
  test('is not for guessing: after 60 codes from one address, no more are tried for a while', async () => {
    const code = await createPairingCode(world.installation, eventId);
    const { publicKey } = await createKeyPair();
    const good = { code, publicKey: bytesToBase64url(publicKey) };
    moveOn();
    for (let i = 0; i < 60; i++) expect((await pairWith({})).status).toBe(403);
    expect(await pairWith(good)).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
    now = addMillis(now, 15 * MINUTE);
    expect((await pairWith(good)).status).toBe(200);
  });

  let code: string;
  let publicKey: string;
  beforeEach(async () => {
    code = await createPairingCode(world.installation, eventId);
    publicKey = bytesToBase64url((await createKeyPair()).publicKey);
  });
  const devices = async () => {
    const rows = world.installation.db.selectFrom('devices').select('id').where('event_id', '=', eventId);
    return (await rows.execute()).length - 1;
  };

  test('makes a tablet, which can sync at once', async () => {
    const { status, body } = await pairWith({ code, publicKey });
    expect(status).toBe(200);
    expect(body).toMatchObject({ eventId, serverTime: now });
    await sync({}, body as Device);
  });

  test('says the same for every code that is no good', async () => {
    const wrong = await pairWith({ publicKey });
    const usedCode = await createPairingCode(world.installation, eventId);
    await pairWith({ code: usedCode, publicKey: bytesToBase64url((await createKeyPair()).publicKey) });
    const used = await pairWith({ code: usedCode, publicKey });
    const empty = await pairWith({ code: '', publicKey });
    now = addMillis(now, PAIRING_CODE_LIFETIME + 1);
    const expired = await pairWith({ code, publicKey });
    const usedAndExpired = await pairWith({ code: usedCode, publicKey });
    expect(wrong).toMatchObject({ status: 403, body: { code: 'bad_code' } });
    expect([used, empty, expired, usedAndExpired]).toEqual([wrong, wrong, wrong, wrong]);
    expect(await devices()).toBe(1);
  });

  test('is possible up to the last moment', async () => {
    now = addMillis(now, PAIRING_CODE_LIFETIME);
    expect((await pairWith({ code, publicKey })).status).toBe(200);
  });

  test('lets the same tablet in again with the same code and key, under a new token', async () => {
    const first = (await pairWith({ code, publicKey })).body as Device;
    const again = (await pairWith({ code: code.toLowerCase(), publicKey })).body as Device;
    expect(again.deviceId).toBe(first.deviceId);
    expect(await devices()).toBe(1);
    await sync({}, again);
    expect((await post(SYNC, JSON.stringify(envelope()), bearer(first))).status).toBe(401);
  });

  test('does not let a revoked tablet in again', async () => {
    const { deviceId } = (await pairWith({ code, publicKey })).body as Device;
    await revokeDevice(world.installation, eventId, deviceId);
    expect(await pairWith({ code, publicKey })).toMatchObject({ status: 403, body: { code: 'bad_code' } });
  });

  test.each<[string, object]>([
    ['no code', { code: undefined }],
    ['an endless code', { code: 'A'.repeat(41) }],
    ['no name', { name: ' ' }],
    ['an endless name', { name: 'x'.repeat(61) }],
    ['a key that is too short', { publicKey: 'A'.repeat(42) }],
    ['a key that is none', { publicKey: '!'.repeat(43) }],
  ])('with %s is answered 400, and the code stays good', async (_, values) => {
    expect(await pairWith({ code, publicKey, ...values })).toMatchObject({
      status: 400,
      body: { code: 'malformed' },
    });
    expect((await pairWith({ code, publicKey })).status).toBe(200);
  });

  test('by two tablets at once lets in one of them', async () => {
    const other = bytesToBase64url((await createKeyPair()).publicKey);
    const replies = await Promise.all([pairWith({ code, publicKey }), pairWith({ code, publicKey: other })]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect(await devices()).toBe(1);
  });
});

describe('whatever is sent', () => {
  const evil = fc.constantFrom<unknown>(
    null,
    '',
    '\0',
    '\ud800',
    '😀'.repeat(30),
    "'; drop table scans; --",
    '00000000-0000-0000-0000-000000000000',
    -1,
    0.5,
    1e308,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    true,
    [],
    {},
    [[[]]],
    { id: '__proto__' },
    JSON.parse('{"__proto__": {"id": 1}, "constructor": null}'),
  );
  const anyJson = fc.oneof(evil, fc.jsonValue());

  /** A record with some fields as they should be, some as they should not, some missing and some too many. */
  const nearly = (good: Record<string, unknown>): fc.Arbitrary<unknown> =>
    fc
      .record({
        changed: fc.record(
          Object.fromEntries(Object.keys(good).map((field) => [field, fc.option(anyJson, { freq: 1 })])),
          { requiredKeys: [] },
        ),
        left: fc.subarray(Object.keys(good)),
        more: fc.option(fc.dictionary(fc.string(), anyJson, { maxKeys: 2 }), { freq: 4, nil: {} }),
        spoilt: fc.integer({ min: 0, max: 3 }),
      })
      .map(({ changed, left, more, spoilt }) => {
        const record: Record<string, unknown> = { ...good, ...more };
        if (spoilt > 0) Object.assign(record, Object.fromEntries(Object.entries(changed).slice(0, spoilt)));
        if (spoilt > 1) for (const field of left.slice(0, spoilt - 1)) delete record[field];
        return record;
      });

  const RUNS = 500;

  test('to the sync gets an answer, and spoils it for nobody', async () => {
    const other = await pairedDevice();
    const walkIn = await aWalkIn();
    const scans = fc.array(
      fc.oneof(
        anyJson,
        fc.constant(0).chain(() => nearly(aScan())),
      ),
      { maxLength: 4 },
    );
    const walkIns = fc.array(fc.oneof(anyJson, nearly(walkIn)), { maxLength: 2 });
    const lists = fc.tuple(scans, walkIns);
    const body = fc.oneof(
      { weight: 1, arbitrary: anyJson },
      { weight: 2, arbitrary: nearly(envelope({ scans: [aScan()] })) },
      { weight: 4, arbitrary: lists.map(([s, w]): unknown => envelope({ scans: s, walkIns: w })) },
    );
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const reply = await post(SYNC, JSON.stringify(sent) ?? '', bearer(device));
        statuses.add(reply.status);
        if (reply.status !== 200) return;
        const { acknowledged } = v.parse(SyncResponseSchema, reply.body);
        for (const record of (sent as { scans: { id?: unknown }[] }).scans) {
          if (typeof record?.id === 'string') expect(acknowledged).toContain(record.id);
        }
      }),
      { numRuns: RUNS },
    );
    expect([...statuses].sort()).toEqual([200, 400]);
    const { changes } = await sync({}, other);
    expect(changes.length).toBeGreaterThan(1);
    await world.installation.states.read(eventId);
  }, 60_000);

  test('to the pairing gets an answer, and makes no tablet', async () => {
    const publicKey = bytesToBase64url((await createKeyPair()).publicKey);
    const body = fc.oneof(anyJson, nearly({ code: 'AAAA-BBBB-CCCC', name: 'Tür', publicKey }));
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        moveOn();
        statuses.add((await post(PAIR, JSON.stringify(sent) ?? '')).status);
      }),
      { numRuns: RUNS },
    );
    expect([...statuses].sort()).toEqual([400, 403]);
  }, 60_000);

  test.each([SYNC, PAIR])('as a text to %s gets an answer', async (path) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 100 }), async (text) => {
        const { status } = await post(path, text, bearer(device));
        expect(status).toBe(400);
      }),
      { numRuns: 200 },
    );
  });
});
