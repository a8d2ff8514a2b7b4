import { error, fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { v7 } from 'uuid';
import * as v from 'valibot';
import { RegistrationIdSchema, ScanIdSchema, type RegistrationId } from '$lib/domain/ids';
import { VerdictWordSchema, type VerdictWord } from '$lib/domain/verdict';
import { checkByHand, undoByHand } from '$lib/server/desk';
import { listDoors, readAtDesk } from '$lib/server/desk-view';
import { readNeeds } from '$lib/server/registrations';
import { textOf } from '../../../../(public)/person-fields';
import { eventOf } from '../../event-of';
import { readCheckForm, readTypedCheck, type TypedCheck } from '../desk-form';
import type { Actions, PageServerLoad } from './$types';

const DONE = ['in', 'out', 'undone', 'registered'] as const;
const DoneSchema = v.fallback(v.nullable(v.picklist(DONE)), null);
const RefusedSchema = v.fallback(v.nullable(VerdictWordSchema), null);

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const person = await readAtDesk(installation, event.id, idOf(params.registration));
  if (!person) error(404);
  const { registration, ...shown } = person;
  const doors = await listDoors(installation, event.id);
  const at = url.searchParams.get('at');
  return {
    event: { slug: event.slug, title: event.texts.title },
    person: shown,
    needs: readNeeds(registration.access_needs),
    doors,
    at: (doors.find(({ id }) => id === at) ?? doors[0])?.id ?? null,
    /** Of the form: sending it twice counts once. */
    scan: v7(),
    done: v.parse(DoneSchema, url.searchParams.get('done')),
    /** Why somebody who was just registered was not let in at once. */
    refused: v.parse(RefusedSchema, url.searchParams.get('refused')),
  };
};

/** What could not be done, and what was typed. */
interface Refusal {
  problem?: 'why_missing' | 'unreadable' | 'not_possible';
  /** The door's answer. */
  refused?: VerdictWord;
  typed?: TypedCheck;
}
const refuse = (status: number, refusal: Refusal) => fail<Refusal>(status, refusal);

type Request = RequestEvent<{ event: string; registration: string }>;

export const actions: Actions = {
  check: async (request) => {
    const { installation, event, id, data, by } = await open(request);
    const typed = readTypedCheck(data);
    const form = readCheckForm(data);
    if ('problem' in form) return refuse(400, { problem: form.problem, typed });
    const { check } = form;
    const outcome = await checkByHand(installation, event.id, { ...check, registrationId: id }, by);
    if (outcome.kind === 'not_possible') return refuse(409, { problem: 'not_possible', typed });
    if (outcome.kind === 'turned_away') return refuse(409, { refused: outcome.verdict.word, typed });
    const done = check.direction === 'entry' ? 'in' : 'out';
    redirect(
      303,
      `/office/${event.slug}/desk/${id}?${new URLSearchParams({ done, at: check.checkpointId })}`,
    );
  },
  undo: async (request) => {
    const { installation, event, id, data, by } = await open(request);
    const scan = v.safeParse(ScanIdSchema, textOf(data, 'scan'));
    if (!scan.success) return refuse(400, { problem: 'unreadable' });
    const outcome = await undoByHand(installation, event.id, id, scan.output, by);
    if (outcome.kind === 'not_possible') return refuse(409, { problem: 'not_possible' });
    redirect(303, `/office/${event.slug}/desk/${id}?done=undone`);
  },
};

/** Who stands there, and what was sent. @throws SvelteKit's 404 when there is no such registration */
async function open({ params, request, locals: { installation, organiser } }: Request) {
  const event = await eventOf(installation, params.event);
  const person = await readAtDesk(installation, event.id, idOf(params.registration));
  if (!person) error(404);
  const data = await request.formData().catch(() => new FormData());
  return { installation, event, id: person.id, data, by: organiser };
}

function idOf(param: string): RegistrationId {
  const id = v.safeParse(RegistrationIdSchema, param);
  return id.success ? id.output : error(404);
}
