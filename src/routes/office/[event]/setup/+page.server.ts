import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { registrationWindow } from '$lib/domain/registration-window';
import { listCheckpoints } from '$lib/server/checkpoint-setting';
import {
  changeAddress,
  closeRegistration,
  openRegistration,
  publishEvent,
  withdrawEvent,
} from '$lib/server/event-publication';
import { missingToPublish, PART_OF } from '$lib/server/event-readiness';
import { listRooms, listWorkgroups } from '$lib/server/events';
import { eventOf } from '../event-of';
import { FieldReader, fieldsOf, SlugSchema } from '../../form-reader';
import type { FormRefusal } from '../../form-state';
import { DONE } from './done';
import { languagesOf } from './languages';
import type { Actions, PageServerLoad } from './$types';

const DoneSchema = v.fallback(v.nullable(v.picklist(DONE)), null);

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const { db, clock } = installation;
  const event = await eventOf(installation, params.event);
  const missing = await missingToPublish(db, event.id, clock());
  const workgroups = await listWorkgroups(db, event.id);
  const { slug, startsAt, endsAt, registrationFrom, registrationUntil, held } = event;
  return {
    event: { slug, title: event.texts.title, startsAt, endsAt, registrationFrom, registrationUntil, held },
    isOver: endsAt < clock(),
    window: registrationWindow(event, clock()),
    missing: missing.map((what) => ({ what, part: PART_OF[what] })),
    languages: await languagesOf(db, event.id),
    rooms: (await listRooms(db, event.id)).length,
    workgroups: workgroups.length,
    places: workgroups.reduce((sum, { places }) => sum + places, 0),
    checkpoints: (await listCheckpoints(db, event.id)).length,
    fields: { slug },
    version: '',
    done: v.parse(DoneSchema, url.searchParams.get('done')),
    isNew: url.searchParams.has('new'),
  };
};

/** Why something was not done. */
interface Refusal {
  refused?: 'not_ready' | 'has_registrations' | 'deadline_over' | 'address_stays';
  address?: FormRefusal;
}
const refuse = (status: number, refusal: Refusal) => fail<Refusal>(status, refusal);

export const actions: Actions = {
  publish: async ({ params, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const { kind } = await publishEvent(installation, event.id, organiser);
    return kind === 'not_ready' ? refuse(409, { refused: kind }) : tell(event.slug, 'published');
  },
  withdraw: async ({ params, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const { kind } = await withdrawEvent(installation, event.id, organiser);
    return kind === 'has_registrations' ? refuse(409, { refused: kind }) : tell(event.slug, 'withdrawn');
  },
  open: async ({ params, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const { kind } = await openRegistration(installation, event.id, organiser);
    return kind === 'deadline_over' ? refuse(409, { refused: kind }) : tell(event.slug, 'opened');
  },
  close: async ({ params, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    await closeRegistration(installation, event.id, organiser);
    return tell(event.slug, 'closed');
  },
  address: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const typed = await fieldsOf(request);
    const form = new FieldReader(typed);
    const slug = form.read('slug', SlugSchema);
    const wrong = (status: number, problems: FormRefusal['problems']) =>
      refuse(status, { address: { typed, problems, meanwhile: false } });
    if (form.failed) return wrong(400, form.problems);
    const outcome = await changeAddress(installation, event.id, slug, organiser);
    if (outcome.kind === 'taken') return wrong(409, { slug: 'slug_taken' });
    if (outcome.kind === 'published') return refuse(409, { refused: 'address_stays' });
    return tell(slug, 'address');
  },
};

function tell(slug: string, done: (typeof DONE)[number]): never {
  redirect(303, `/office/${slug}/setup?done=${done}`);
}
