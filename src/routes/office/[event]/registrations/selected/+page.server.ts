import { error, fail, redirect } from '@sveltejs/kit';
import type { EventId, RegistrationId } from '$lib/domain/ids';
import type { RegistrationRow } from '$lib/server/database/schema';
import { listWorkgroups, type EventPage } from '$lib/server/events';
import type { Installation } from '$lib/server/installation';
import { previewBatch, runBatch, type Batch } from '$lib/server/office-registrations';
import { readBatch } from './batch-form';
import type { Actions, PageServerLoad } from './$types';
import { eventOf } from '../../event-of';

export const load: PageServerLoad = async ({ params, request, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  // Whom it is about comes in the body alone.
  if (request.method !== 'POST') redirect(303, listPage(event));
  const workgroups = await listWorkgroups(installation.db, event.id);
  return {
    event: { slug: event.slug, title: event.texts.title },
    workgroups: workgroups.map(({ id, title, places, taken }) => ({
      id,
      title,
      free: Math.max(0, places - taken),
    })),
  };
};

export const actions: Actions = {
  preview: async ({ params, request, locals: { installation } }) => {
    const event = await eventOf(installation, params.event);
    const read = readBatch(await request.formData().catch(() => new FormData()));
    if ('problem' in read) return refuse(read);
    return { view: await viewBatch(installation, event.id, read.ids, read.batch), unsure: false };
  },
  run: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const read = readBatch(await request.formData().catch(() => new FormData()));
    if ('problem' in read) return refuse(read);
    const outcome = await runBatch(installation, event.id, read.ids, read.batch, organiser);
    switch (outcome.kind) {
      case 'done': {
        const query = new URLSearchParams({ done: read.batch.kind, count: String(outcome.changed.length) });
        redirect(303, `${listPage(event)}?${query}`);
      }
      // eslint-disable-next-line no-fallthrough -- redirect() throws
      case 'full':
        return fail(409, {
          view: await viewBatch(installation, event.id, read.ids, read.batch),
          unsure: true,
        });
      case 'unknown_workgroup':
        return refuse({ problem: 'workgroup_missing', ids: read.ids });
    }
  },
};

type Problem = Extract<ReturnType<typeof readBatch>, { problem: string }>;

function refuse(problem: Problem) {
  if (problem.problem === 'malformed') error(400);
  return fail(400, { problem: problem.problem, ids: 'ids' in problem ? problem.ids : [] });
}

/** What would happen; where there are too few places, what would happen if the workgroup were overbooked. */
async function viewBatch(installation: Installation, eventId: EventId, ids: RegistrationId[], batch: Batch) {
  const plain = batch.kind === 'move' ? { ...batch, overbook: false } : batch;
  const tried = await previewBatch(installation, eventId, ids, plain);
  const full = tried.kind === 'full' ? tried : null;
  const outcome =
    full && batch.kind === 'move'
      ? await previewBatch(installation, eventId, ids, { ...batch, overbook: true })
      : tried;
  const done = outcome.kind === 'done' ? outcome : null;
  return {
    ids,
    batch,
    full: full && { free: full.free, needed: full.needed },
    unknown: outcome.kind === 'unknown_workgroup',
    changed: done?.changed.map(viewPerson) ?? [],
    promoted: done?.promoted.map(viewPerson) ?? [],
    mails: done?.mails ?? 0,
    kept: ids.length - (done?.changed.length ?? 0),
  };
}

const viewPerson = ({ id, name, state, workgroup_id }: RegistrationRow) => ({
  id,
  name,
  state,
  workgroupId: workgroup_id,
});

const listPage = ({ slug }: EventPage) => `/office/${slug}/registrations`;
