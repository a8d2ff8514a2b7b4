import { error, fail, redirect, type RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { RegistrationIdSchema, WorkgroupIdSchema, type RegistrationId } from '$lib/domain/ids';
import { findEvent, listWorkgroups, type EventPage } from '$lib/server/events';
import {
  confirmWaiting,
  correctRegistration,
  reissueByOffice,
  runBatch,
  sendByOffice,
} from '$lib/server/office-registrations';
import { readRecord } from '$lib/server/registration-record';
import { findRegistration } from '$lib/server/registrations';
import { textOf, typedNeeds } from '../../../../(public)/person-fields';
import { parseDetails, readTypedDetails, type DetailsProblems, type TypedDetails } from './details-form';
import { OUTCOMES, type Outcome } from './outcomes';
import type { Actions, PageServerLoad } from './$types';

const DoneSchema = v.fallback(v.nullable(v.picklist(OUTCOMES)), null);

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = (await findEvent(installation.db, { slug: params.event })) ?? error(404);
  const id = v.safeParse(RegistrationIdSchema, params.registration);
  const record = (id.success && (await readRecord(installation, event.id, id.output))) || error(404);
  const workgroups = await listWorkgroups(installation.db, event.id);
  const { registration, needs } = record;
  return {
    event: { slug: event.slug, title: event.texts.title },
    workgroups: workgroups.map(({ id, title, places, taken }) => ({
      id,
      title,
      free: Math.max(0, places - taken),
    })),
    record: {
      ...record,
      registration: {
        id: registration.id,
        name: registration.name,
        email: registration.email,
        workgroupId: registration.workgroup_id,
        state: registration.state,
        locale: registration.locale,
        affiliation: registration.affiliation,
        firstChoiceId: registration.first_choice_id,
        secondChoiceId: registration.second_choice_id,
        createdAt: registration.created_at,
        consentedAt: registration.consented_at,
        erased: registration.erased_at !== null,
      },
    },
    stored: {
      name: registration.name,
      email: registration.email ?? '',
      ...typedNeeds(needs),
    } satisfies TypedDetails,
    done: v.parse(DoneSchema, url.searchParams.get('done')),
  };
};

type Request = RequestEvent<{ event: string; registration: string }>;

/** What could not be done, and what was typed. */
interface Refusal {
  refused?: 'not_possible' | 'confirm_full' | 'move_full' | 'workgroup_missing' | 'no_address';
  workgroup?: string;
  full?: { free: number; needed: number };
  typed?: TypedDetails;
  problems?: DetailsProblems;
}
const refuse = (status: number, refusal: Refusal) => fail<Refusal>(status, refusal);

export const actions: Actions = {
  correct: async (request) => {
    const { installation, event, id, data, by } = await open(request);
    const typed = readTypedDetails(data);
    const parsed = parseDetails(typed);
    if ('problems' in parsed) return refuse(400, { typed, problems: parsed.problems });
    const outcome = await correctRegistration(installation, event.id, id, parsed.details, by);
    if (outcome.kind === 'not_possible') return refuse(409, { refused: 'not_possible' });
    return tell(event, id, outcome.kind);
  },
  confirm: async (request) => {
    const { installation, event, id, data, by } = await open(request);
    const overbook = textOf(data, 'overbook') === 'yes';
    const outcome = await confirmWaiting(installation, event.id, id, { overbook }, by);
    if (outcome.kind === 'full') return refuse(409, { refused: 'confirm_full' });
    if (outcome.kind === 'not_possible') return refuse(409, { refused: 'not_possible' });
    return tell(event, id, outcome.kind);
  },
  move: async (request) => {
    const { installation, event, id, data, by } = await open(request);
    const workgroup = v.safeParse(WorkgroupIdSchema, textOf(data, 'workgroup'));
    if (!workgroup.success) return refuse(400, { refused: 'workgroup_missing' });
    const workgroupId = workgroup.output;
    const overbook = textOf(data, 'overbook') === 'yes';
    const move = { kind: 'move', workgroupId, overbook } as const;
    const outcome = await runBatch(installation, event.id, [id], move, by);
    switch (outcome.kind) {
      case 'done':
        return outcome.changed.length > 0 ? tell(event, id, 'moved') : notMoved(request, event, id);
      case 'full': {
        const { free, needed } = outcome;
        return refuse(409, { refused: 'move_full', workgroup: workgroupId, full: { free, needed } });
      }
      case 'unknown_workgroup':
        return refuse(400, { refused: 'workgroup_missing' });
    }
  },
  cancel: async (request) => {
    const { installation, event, id, by } = await open(request);
    const outcome = await runBatch(installation, event.id, [id], { kind: 'cancel' }, by);
    if (outcome.kind === 'done' && outcome.changed.length > 0) return tell(event, id, 'cancelled');
    return refuse(409, { refused: 'not_possible' });
  },
  send: async (request) => {
    const { installation, event, id } = await open(request);
    const outcome = await sendByOffice(installation, event.id, id);
    if (outcome.kind === 'not_possible' || outcome.kind === 'no_address')
      return refuse(409, { refused: outcome.kind });
    return tell(event, id, outcome.kind);
  },
  reissue: async (request) => {
    const { installation, event, id, by } = await open(request);
    const outcome = await reissueByOffice(installation, event.id, id, by);
    if (outcome.kind === 'not_possible') return refuse(409, { refused: 'not_possible' });
    return tell(event, id, outcome.kind);
  },
};

/** Whoever is in that workgroup already has nothing to be moved; whoever is cancelled can't be. */
async function notMoved({ locals: { installation } }: Request, event: EventPage, id: RegistrationId) {
  const registration = await findRegistration(installation.db, event.id, id);
  if (registration?.state === 'cancelled' || registration?.erased_at !== null)
    return refuse(409, { refused: 'not_possible' });
  return tell(event, id, 'unchanged');
}

/** Whose page it is, and what was sent. @throws SvelteKit's 404 when there is no such registration */
async function open({ params, request, locals: { installation, organiser } }: Request) {
  const event = (await findEvent(installation.db, { slug: params.event })) ?? error(404);
  const id = v.safeParse(RegistrationIdSchema, params.registration);
  const registration = id.success && (await findRegistration(installation.db, event.id, id.output));
  if (!registration) error(404);
  const data = await request.formData().catch(() => new FormData());
  return { installation, event, id: registration.id, data, by: organiser };
}

function tell({ slug }: EventPage, id: RegistrationId, done: Outcome): never {
  redirect(303, `/office/${slug}/registrations/${id}?done=${done}`);
}
