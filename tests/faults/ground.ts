import { v4 } from 'uuid';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { EventId, TicketId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { createKeyPair } from '../../src/lib/domain/signing.ts';
import type { PairResponse } from '../../src/lib/domain/wire.ts';
import { createApiToken } from '../../src/lib/server/api/api-tokens.ts';
import { demoEvent } from '../../src/lib/server/demo-event.ts';
import { createPairingCode, pairDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { registerByForm } from '../../src/lib/server/form-registration.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { createSetupLink } from '../../src/lib/server/setup-link.ts';

/** What stands before the first fault. */
export interface Ground {
  eventId: EventId;
  slug: string;
  workgroups: string[];
  tablets: PairResponse[];
  /** Of each tablet: the tickets that are shown at it and at no other. */
  tickets: TicketId[][];
  /** Registrations that nobody but the organiser touches. */
  registrations: string[];
  /** The token of the link by which the first organiser gets in. */
  setup: string;
  /** The token by which the headcount is read. */
  apiToken: string;
}

const TICKETS_EACH = 60;
const DECIDED_ABOUT = 60;

/** An event with tablets, tickets, registrations and an organiser to be. */
export async function layGround(installation: Installation, tablets: number): Promise<Ground> {
  const demo = demoEvent(installation.clock());
  const eventId = await createEvent(installation, demo);
  const workgroups = demo.workgroups.map(({ id }) => id as string);
  const registrations: string[] = [];
  for (let i = 0; i < DECIDED_ABOUT; i += 1) {
    const outcome = await registerByForm(installation, eventId, {
      submissionId: v4(),
      names: [`Person ${i}`],
      email: `person${i}@example.org`,
      affiliation: null,
      workgroupId: workgroups[i % workgroups.length]! as WorkgroupId,
      secondChoiceId: null,
      needs: NO_NEEDS,
      locale: 'de',
      whenFull: 'waiting_list',
    });
    if (outcome.kind !== 'registered') throw new Error(`not registered: ${outcome.kind}`);
    registrations.push(outcome.registrationId);
  }
  const paired: PairResponse[] = [];
  for (let i = 0; i < tablets; i += 1) paired.push(await pair(installation, eventId, `Tablet ${i + 1}`));
  return {
    eventId,
    slug: demo.slug,
    workgroups,
    tablets: paired,
    tickets: paired.map(() => Array.from({ length: TICKETS_EACH }, () => v4() as TicketId)),
    registrations,
    setup: (await createSetupLink(installation))!,
    apiToken: await createApiToken(installation, eventId, {
      name: 'faults',
      scopes: ['headcount:read'],
      expiresAt: null,
    }),
  };
}

async function pair(installation: Installation, eventId: EventId, name: string): Promise<PairResponse> {
  const code = await createPairingCode(installation, eventId);
  const publicKey = bytesToBase64url((await createKeyPair()).publicKey);
  const outcome = await pairDevice(installation, { code, name, publicKey });
  if (outcome.kind !== 'paired') throw new Error('the tablet was not paired');
  return outcome.answer;
}
