import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  CheckpointId,
  DeviceId,
  EventId,
  RegistrationId,
  WorkgroupId,
} from '../../src/lib/domain/ids.ts';
import type { RegistrationState } from '../../src/lib/domain/registration.ts';
import { ticketNumberOf } from '../../src/lib/domain/ticket-number.ts';
import { addMillis, DAY, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import { csvResponse } from '../../src/lib/server/csv-stream.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { exportRegistrations } from '../../src/lib/server/registration-export.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { eraseOwnRegistration } from '../../src/lib/server/self-service.ts';
import { cellsOf, tableOf } from '../support/csv.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { appendScan } from '../support/scans.ts';

const evening = dialogueEvening();
const w5 = 'w5' as WorkgroupId;
const w6 = 'w6' as WorkgroupId;
const ALL = { workgroupId: null, state: null, sort: 'name' } as const;

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = addMillis(evening.registrationUntil, -DAY);
  opened = await testInstallation(() => now);
  installation = opened.installation;
  eventId = await createEvent(installation, evening);
});
afterEach(() => opened.dispose());

function register(
  name: string,
  { workgroupId = w5, state = 'confirmed' }: { workgroupId?: WorkgroupId; state?: RegistrationState } = {},
): Promise<RegistrationId> {
  now = addMillis(now, MINUTE);
  return registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name,
    email: 'wer@example.org',
    workgroupId,
    locale: 'uk',
    origin: 'office',
    state,
    consented: true,
    needs: { wheelchair: true, signLanguage: false, interpreting: 'uk', other: '' },
    affiliation: 'school',
    firstChoiceId: w6,
  });
}

const exported = async (
  filters: Parameters<typeof exportRegistrations>[2] = ALL,
  language: 'de' | 'en' = 'de',
) => cellsOf(await exportRegistrations(installation, eventId, filters, language));
const names = async (filters: Parameters<typeof exportRegistrations>[2]) =>
  (await exported(filters)).slice(1).map(([, name]) => name);

describe('an export', () => {
  test.each([
    [
      'de',
      [
        'Arbeitsgruppe 5',
        'Mit Platz',
        '',
        'Українська',
        'Schule',
        'Arbeitsgruppe 6',
        '',
        'ja',
        '',
        'Ukrainisch',
        '',
        'ja',
        '2022-11-13 00:01',
        'Büro',
      ],
    ],
    [
      'en',
      [
        'Arbeitsgruppe 5',
        'Confirmed',
        '',
        'Українська',
        'School',
        'Arbeitsgruppe 6',
        '',
        'yes',
        '',
        'Ukrainian',
        '',
        'yes',
        '2022-11-13 00:01',
        'Office',
      ],
    ],
  ] as const)('has a column for everything, in %s', async (language, expected) => {
    const id = await register('Олена');
    const ticket = await installation.db.selectFrom('tickets').select('id').executeTakeFirstOrThrow();
    const [header, row] = await exported(ALL, language);
    expect(header).toHaveLength(row!.length);
    expect(row).toEqual([id, 'Олена', 'wer@example.org', ...expected, ticketNumberOf(ticket.id)]);
  });

  test('is narrowed and ordered as the list is, and says how many it took out', async () => {
    await register('B');
    await register('A', { workgroupId: w6 });
    await register('C', { state: 'cancelled' });
    expect(await names(ALL)).toEqual(['A', 'B', 'C']);
    expect(await names({ ...ALL, sort: 'time' })).toEqual(['C', 'A', 'B']);
    expect(await names({ ...ALL, state: 'cancelled' })).toEqual(['C']);
    expect(await names({ ...ALL, workgroupId: w6 })).toEqual(['A']);
    const acts = await listActs(installation.db, eventId, { kind: 'registrations_exported' }, 10);
    expect(acts.map(({ details }) => details.count)).toEqual([1, 1, 3, 3]);
  });

  test('tells who came, and can be narrowed to them', async () => {
    await register('Da');
    await register('Nicht da');
    const ticket = await installation.db
      .selectFrom('tickets')
      .select('id')
      .orderBy('issued_at')
      .executeTakeFirstOrThrow();
    const door = { device_id: crypto.randomUUID() as DeviceId, checkpoint_id: 'hall-door' as CheckpointId };
    await appendScan(installation, eventId, { ...door, ticket_id: ticket.id, at: evening.startsAt });
    expect(await names({ ...ALL, state: 'came' })).toEqual(['Da']);
    expect(await names({ ...ALL, state: 'inside', workgroupId: w6 })).toEqual([]);
    expect((await exported()).slice(1).map((cells) => cells[5])).toEqual(['Im Haus', '']);
  });

  test('has nobody in it who was erased, not even one who is erased while it is read', async () => {
    const gone = await register('Geist');
    await register('Da');
    const going = await register('Weg');
    await eraseOwnRegistration(installation, eventId, gone);
    const table = await exportRegistrations(installation, eventId, ALL, 'de');
    await eraseOwnRegistration(installation, eventId, going);
    expect((await cellsOf(table)).slice(1).map(([, name]) => name)).toEqual(['Da']);
  });
});

test('a file begins with the mark, is read part by part, and stops where nobody reads on', async () => {
  let made = 0;
  let isEnded = false;
  async function* parts(): AsyncGenerator<string[][], void, void> {
    try {
      for (; made < 100; made++) yield [['=1', 'a;b']];
    } finally {
      isEnded = true;
    }
  }
  const response = csvResponse('list', ['Ä', 'B'], parts());
  expect(response.headers.get('content-type')).toContain('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="list.csv"');
  const reader = response.body!.getReader();
  const first = await reader.read();
  expect([...first.value!].slice(0, 5)).toEqual([0xef, 0xbb, 0xbf, 0xc3, 0x84]);
  const second = await reader.read();
  expect(new TextDecoder().decode(second.value)).toBe('\'=1;"a;b"\r\n');
  await reader.cancel();
  expect(isEnded).toBe(true);
  expect(made).toBeLessThan(5);
  async function* none(): AsyncGenerator<string[][], void, void> {}
  expect(await tableOf(csvResponse('list', ['A'], none()))).toEqual([['A']]);
});
