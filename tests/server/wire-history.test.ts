import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { EventId, TicketId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { createKeyPair } from '../../src/lib/domain/signing.ts';
import type { PairResponse, SyncResponseWire } from '../../src/lib/domain/wire.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import { createPairingCode } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { endpointFetch } from '../support/tablet.ts';

/**
 * Tablets are old clients. Each file holds what a tablet of its time sends, and, as a JSON schema, what it can read: the
 * answer around, and each kind of news. A change of the wire adds a file; none is changed.
 */
interface Recording {
  since: string;
  request: { scans: Record<string, unknown>[]; [field: string]: unknown };
  answer: object;
  changes: Record<string, object>;
}

const folder = path.join(import.meta.dirname, 'wire-history');
const recordings = readdirSync(folder)
  .sort()
  .map((name) => [name, JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Recording] as const);

const START = berlinTime(2022, 11, 18, 15, 40);
let world: TestInstallation;
let call: typeof fetch;
beforeAll(async () => {
  world = await testInstallation(() => START);
  call = endpointFetch(world.installation);
});
afterAll(() => world.dispose());

/** An event with somebody registered, a scan of theirs by another tablet, and the recording's tablet. */
async function stage(slug: string) {
  const { installation } = world;
  const eventId = await createEvent(installation, dialogueEvening(slug));
  await registerByOffice(installation, eventId, {
    ...{ submissionId: slug, name: 'Ada Beispiel', email: null, workgroupId: 'w3' as WorkgroupId },
    ...{ locale: 'de', origin: 'office', state: 'confirmed', consented: true },
  });
  const { id } = await installation.db
    .selectFrom('tickets')
    .select('id')
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow();
  return { eventId, ticketId: id, tablet: await pair(eventId), other: await pair(eventId) };
}

async function pair(eventId: EventId): Promise<PairResponse> {
  const code = await createPairingCode(world.installation, eventId);
  const { publicKey } = await createKeyPair();
  const body = JSON.stringify({ code, name: 'Tür', publicKey: bytesToBase64url(publicKey) });
  const response = await call('/api/door/v1/pair', { method: 'POST', body });
  expect(response.status).toBe(200);
  return (await response.json()) as PairResponse;
}

/** What was recorded, with this event's ids and time in it. */
function asSentBy(recording: Recording, deviceId: string, ticketId: TicketId, id: string) {
  const scans = recording.request.scans.map((scan) => ({
    ...scan,
    ...{ id, deviceId, ticketId, checkpointId: 'hall', deviceTime: START },
  }));
  return { ...recording.request, scans };
}

async function sync(by: PairResponse, body: object): Promise<SyncResponseWire> {
  const response = await call('/api/door/v1/sync', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${by.token}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as SyncResponseWire;
}

const first = '01890a5d-ac96-774b-bcce-b302099a8057';
const second = '01890a5d-ac96-774b-bcce-b302099a8058';
const idFor = (base: string, index: number) => `${base.slice(0, -4)}${(0x8000 + index).toString(16)}`;

describe.each(recordings)('a tablet of %s', (name, recording) => {
  const index = recordings.findIndex(([other]) => other === name);

  test('hands its scans in, and can read the answer and every kind of news that it knows', async () => {
    const { tablet, other, ticketId, eventId } = await stage(`wire-${index}`);
    await sync(other, asSentBy(recording, other.deviceId, ticketId, idFor(second, index + 100)));
    const id = idFor(first, index);
    const answer = await sync(tablet, asSentBy(recording, tablet.deviceId, ticketId, id));

    expect(answer.acknowledged).toContain(id);
    const stored = await world.installation.db
      .selectFrom('scans')
      .select('id')
      .where('event_id', '=', eventId)
      .execute();
    expect(stored).toHaveLength(2);
    const odd = await world.installation.db
      .selectFrom('anomalies')
      .select('reason')
      .where('event_id', '=', eventId)
      .execute();
    expect(odd).toEqual([]);

    const ajv = new Ajv({ strict: false, allErrors: true });
    const faults = (schema: object, value: unknown) => {
      const { $schema: _draft, ...rules } = schema as { $schema?: string };
      const validate = ajv.compile(rules);
      return validate(value) ? [] : validate.errors;
    };
    expect(faults(recording.answer, answer)).toEqual([]);
    const kinds = answer.changes.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['setting', 'registration', 'scan']));
    for (const change of answer.changes) {
      const schema = recording.changes[change.kind];
      // A kind that it has never heard of, it keeps unread.
      if (schema) expect(faults(schema, change)).toEqual([]);
    }
  });
});
