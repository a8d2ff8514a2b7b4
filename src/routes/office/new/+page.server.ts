import { fail, redirect } from '@sveltejs/kit';
import { slugOf } from '$lib/domain/event-slug';
import type { Organiser } from '$lib/server/accounts';
import { createEvent, findEvent, listEvents, type EventPage, type NewEvent } from '$lib/server/events';
import type { Installation } from '$lib/server/installation';
import { blankEvent, copyOfEvent } from '$lib/server/new-event';
import { MOST_WORKGROUPS } from '$lib/server/venue-setting';
import type { FormRefusal, Fields } from '../form-state';
import {
  CountSchema,
  FieldReader,
  fieldsOf,
  LineSchema,
  MomentSchema,
  NeededLineSchema,
  SlugSchema,
} from '../form-reader';
import { readLines } from '../form-lines';
import type { Actions, PageServerLoad } from './$types';

/** The blank form; or, with `?from=`, one that begins with a former event. */
export const load: PageServerLoad = async ({ url, locals: { installation } }) => {
  const events = (await listEvents(installation.db)).reverse();
  const former = events.find(({ slug }) => slug === url.searchParams.get('from')) ?? null;
  return {
    formers: events.map(({ slug, texts, startsAt }) => ({ slug, title: texts.title, startsAt })),
    former: former && { slug: former.slug, title: former.texts.title },
    fields: former ? fieldsOfFormer(former) : ({ capacity: '100', places: '30' } satisfies Fields),
    version: '',
  };
};

function fieldsOfFormer({ texts }: EventPage): Fields {
  return { title: texts.title.de, venue: texts.venue.de };
}

const refuse = (status: number, refusal: Omit<FormRefusal, 'meanwhile'>) =>
  fail<FormRefusal>(status, { ...refusal, meanwhile: false });

export const actions: Actions = {
  default: async ({ request, locals: { installation, organiser } }) => {
    const typed = await fieldsOf(request);
    const read = await readIdea(installation, typed, organiser!);
    if ('problems' in read) return refuse(400, { typed, problems: read.problems });
    const { event } = read;
    if (await findEvent(installation.db, { slug: event.slug }))
      return refuse(409, {
        typed: { ...typed, slug: event.slug },
        problems: { slug: 'slug_taken' },
      });
    await createEvent(installation, event, organiser);
    redirect(303, `/office/${event.slug}/setup?new`);
  },
};

async function readIdea(
  installation: Installation,
  typed: Fields,
  organiser: Organiser,
): Promise<{ event: NewEvent } | Pick<FormRefusal, 'problems'>> {
  const form = new FieldReader(typed);
  const now = installation.clock();
  const title = form.read('title', NeededLineSchema);
  const startsAt = form.read('startsAt', MomentSchema);
  const endsAt = form.read('endsAt', MomentSchema);
  const venue = form.read('venue', LineSchema);
  // An address that nobody has thought of is made of the title, as soon as there is one.
  const isBlank = form.raw('slug').trim() === '';
  const suggested = isBlank && !form.problems.title ? slugOf(title) : '';
  const slug = suggested || (isBlank && form.problems.title ? '' : form.read('slug', SlugSchema));
  if (!form.problems.startsAt && startsAt < now) form.problems.startsAt = 'in_the_past';
  if (!form.problems.startsAt && !form.problems.endsAt && endsAt <= startsAt)
    form.problems.endsAt = 'ends_before_start';
  const idea = { slug, title, venue, startsAt, endsAt };

  const former = form.raw('from') && (await findEvent(installation.db, { slug: form.raw('from') }));
  if (former) return form.failed ? form : { event: await copyOfEvent(installation.db, former, idea) };

  const capacity = form.read('capacity', CountSchema);
  const workgroups = readLines(form, 'workgroups', MOST_WORKGROUPS);
  const places = form.read('places', CountSchema);
  if (form.failed) return form;
  const latest = (await listEvents(installation.db)).at(-1);
  return {
    event: blankEvent(
      {
        ...idea,
        organiser: latest?.texts.organiser ?? installation.operator.name ?? '',
        contact: { name: organiser.name, email: organiser.email },
        capacity,
        workgroups,
        places,
      },
      now,
    ),
  };
}
