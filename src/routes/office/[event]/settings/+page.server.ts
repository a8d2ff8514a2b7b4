import { error, fail, redirect } from '@sveltejs/kit';
import { listWorkgroups, type EventPage } from '$lib/server/events';
import { setHeld } from '$lib/server/held';
import { countToTell, countWaiting } from '$lib/server/registrations';
import { decideWorkgroups } from '$lib/server/workgroup-setting';
import type { Actions, PageServerLoad } from './$types';
import { readWorkgroups } from './settings-form';
import { eventOf } from '../event-of';

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const waiting = await countWaiting(installation.db, event.id);
  const workgroups = await listWorkgroups(installation.db, event.id);
  return {
    event: { slug: event.slug, title: event.texts.title, held: event.held },
    workgroups: workgroups.map((workgroup) => ({ ...workgroup, waiting: waiting.get(workgroup.id) ?? 0 })),
    toTell: await countToTell(installation.db, event.id),
    saved: url.searchParams.has('saved'),
  };
};

export const actions: Actions = {
  held: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const data = await request.formData().catch(() => new FormData());
    const held = data.get('held');
    if (held !== 'digital' && held !== 'on_site') error(400);
    if (data.get('sure') !== 'yes') return fail(400, { unsure: true });
    await setHeld(installation, event.id, held, organiser);
    redirect(303, savedPage(event));
  },
  workgroups: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const data = await request.formData().catch(() => new FormData());
    const read = readWorkgroups(data, await listWorkgroups(installation.db, event.id));
    if ('problems' in read) return fail(400, read);
    await decideWorkgroups(installation, event.id, read.decisions, organiser);
    redirect(303, savedPage(event));
  },
};

const savedPage = ({ slug }: EventPage) => `/office/${slug}/settings?saved`;
