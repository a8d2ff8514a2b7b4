import { fail, redirect } from '@sveltejs/kit';
import {
  checkpointsVersion,
  countScans,
  listCheckpoints,
  saveCheckpoints,
} from '$lib/server/checkpoint-setting';
import { listRooms } from '$lib/server/events';
import { eventOf } from '../../event-of';
import { fieldsOf } from '../../../form-reader';
import type { FormRefusal } from '../../../form-state';
import { parseCheckpoints, typedCheckpoints } from './checkpoints-form';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const checkpoints = await listCheckpoints(installation.db, event.id);
  const rooms = await listRooms(installation.db, event.id);
  const scans = await countScans(installation.db, event.id);
  return {
    event: { slug: event.slug, title: event.texts.title },
    checkpoints: checkpoints.map(({ id, name }) => ({ id, name, scans: scans.get(id) ?? 0 })),
    rooms: rooms.map(({ id, name }) => ({ id, name })),
    fields: typedCheckpoints(checkpoints, rooms),
    version: checkpointsVersion(checkpoints),
    saved: url.searchParams.has('saved'),
  };
};

export const actions: Actions = {
  default: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const typed = await fieldsOf(request);
    const refuse = (status: number, problems: FormRefusal['problems'], meanwhile = false) =>
      fail<FormRefusal>(status, { typed, problems, meanwhile });
    const checkpoints = await listCheckpoints(installation.db, event.id);
    const rooms = await listRooms(installation.db, event.id);
    const parsed = parseCheckpoints(typed, checkpoints, rooms);
    if ('problems' in parsed) return refuse(400, parsed.problems);
    const outcome = await saveCheckpoints(installation, event.id, parsed.edit, organiser);
    switch (outcome.kind) {
      case 'saved':
        redirect(303, `/office/${event.slug}/setup/checkpoints?saved`);
      // eslint-disable-next-line no-fallthrough -- redirect() throws
      case 'changed_meanwhile':
        return refuse(409, {}, true);
      case 'refused': {
        const removed = new Set(parsed.edit.removed);
        const at = [...outcome.problems].map(([id, why]) => [
          `${removed.has(id) ? 'remove' : 'room'}-${id}`,
          why,
        ]);
        return refuse(409, Object.fromEntries(at) as FormRefusal['problems']);
      }
    }
  },
};
