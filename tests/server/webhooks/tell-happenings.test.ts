import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CheckpointId, DeviceId, RegistrationId, TicketId } from '../../../src/lib/domain/ids.ts';
import { NO_NEEDS } from '../../../src/lib/domain/access-needs.ts';
import { addMillis } from '../../../src/lib/domain/time.ts';
import {
  correctRegistration,
  previewBatch,
  reissueByOffice,
  runBatch,
} from '../../../src/lib/server/office-registrations.ts';
import { cancelOwnRegistration, eraseOwnRegistration } from '../../../src/lib/server/self-service.ts';
import { tellHappenings } from '../../../src/lib/server/webhooks/tell-happenings.ts';
import { appendScan } from '../../support/scans.ts';
import { w6 } from '../mail/stage.ts';
import { WebhookStage } from './stage.ts';

let stage: WebhookStage;
let known: RegistrationId;

beforeEach(async () => {
  stage = await WebhookStage.open();
  known = await stage.evening.register();
  await stage.hook(new URL('https://portal.example.org/'));
});
afterEach(() => stage.close());

/** What has been told since the last call. */
async function told(): Promise<string[]> {
  await tellHappenings(stage.installation);
  const deliveries = await stage.deliveries();
  await stage.installation.db.deleteFrom('webhook_deliveries').execute();
  return deliveries.map(({ kind }) => kind);
}

const work = () => [stage.installation, stage.evening.eventId] as const;

test('what was there before the webhook is told to nobody, and nothing is told twice', async () => {
  expect(await told()).toEqual([]);
  await stage.evening.register();
  expect(await told()).toEqual(['registration.created', 'registration.confirmed']);
  expect(await told()).toEqual([]);
});

describe('of a registration it is told', () => {
  test.each<[string, () => Promise<unknown>, string[]]>([
    ['that it is cancelled', () => cancelOwnRegistration(...work(), known), ['registration.cancelled']],
    [
      'that it has moved',
      () => runBatch(...work(), [known], { kind: 'move', workgroupId: w6, overbook: false }),
      ['registration.moved'],
    ],
    [
      'that something else has changed',
      () =>
        correctRegistration(...work(), known, {
          name: 'Fatma Demir',
          email: 'f@example.org',
          needs: NO_NEEDS,
        }),
      ['registration.changed'],
    ],
    ['that its ticket is another one', () => reissueByOffice(...work(), known), ['registration.changed']],
    [
      'that it is cancelled and erased',
      () => eraseOwnRegistration(...work(), known),
      ['registration.cancelled', 'registration.erased'],
    ],
    ['nothing, when it was only tried out', () => previewBatch(...work(), [known], { kind: 'cancel' }), []],
  ])('%s', async (_what, happen, kinds) => {
    await happen();
    expect(await told()).toEqual(kinds);
  });

  test('how it is, when it has changed twice before anybody looked', async () => {
    await runBatch(...work(), [known], { kind: 'move', workgroupId: w6, overbook: false });
    await cancelOwnRegistration(...work(), known);
    expect(await told()).toEqual(['registration.cancelled', 'registration.moved']);
  });

  test('that whoever waited has a place', async () => {
    for (let i = 0; i < 30; i++) await stage.evening.register();
    expect(await told()).toContain('registration.waitlisted');
    await cancelOwnRegistration(...work(), known);
    expect(await told()).toEqual(['registration.cancelled', 'registration.confirmed']);
  });
});

test('of scans it is told who went in or out, and what is taken back, not who was turned away', async () => {
  const { now, eventId } = stage.evening;
  const { id: ticket_id } = await stage.installation.db
    .selectFrom('tickets')
    .select('id')
    .executeTakeFirstOrThrow();
  const scan = {
    at: now,
    device_id: '0190b3a5-0000-7000-8000-000000000001' as DeviceId,
    checkpoint_id: 'hall-door' as CheckpointId,
    ticket_id,
  };
  const first = await appendScan(stage.installation, eventId, scan);
  await appendScan(stage.installation, eventId, {
    ...scan,
    at: addMillis(now, 1),
    verdict_shown: 'cancelled',
  });
  await appendScan(stage.installation, eventId, { ...scan, undoes: first });
  const stranger = '0190b3a5-0000-7000-8000-00000000000f' as TicketId;
  await appendScan(stage.installation, eventId, { ...scan, ticket_id: stranger });
  await tellHappenings(stage.installation);
  const messages = (await stage.deliveries()).map(
    ({ body }) => JSON.parse(body) as { type: string; data: object },
  );
  expect(messages).toMatchObject([
    {
      type: 'checkin.recorded',
      data: {
        event: 'integration',
        scan: first,
        registration: known,
        checkpoint: 'hall-door',
        direction: 'entry',
        at: new Date(now).toISOString(),
      },
    },
    { type: 'checkin.undone', data: { undoes: first } },
    { type: 'checkin.recorded', data: { registration: null } },
  ]);
});

test('more than one look can hold is told in its order, each once', async () => {
  const ids: RegistrationId[] = [];
  for (let i = 0; i < 90; i++) ids.push(await stage.evening.register({ names: ['Eins', 'Zwei', 'Drei'] }));
  await tellHappenings(stage.installation);
  const created = (await stage.deliveries())
    .filter(({ kind }) => kind === 'registration.created')
    .map(({ body }) => (JSON.parse(body) as { data: { registration: RegistrationId } }).data.registration);
  expect(created).toHaveLength(270);
  expect(created.filter((_, i) => i % 3 === 0)).toEqual(ids);
});
