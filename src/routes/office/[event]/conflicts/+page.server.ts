import { fail, redirect } from '@sveltejs/kit';
import { readConflicts, settleConflict } from '$lib/server/conflicts';
import type { Actions, PageServerLoad } from './$types';
import { eventOf } from '../event-of';
import { readDecisionForm } from './conflict-form';

/** More than somebody settles at a sitting; the rest follows when these are settled. */
const SHOWN = 50;

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const { open, settled } = await readConflicts(installation, event.id);
  return {
    event: { slug: event.slug, title: event.texts.title },
    open: open.slice(0, SHOWN),
    openCount: open.length,
    settled: settled.slice(0, SHOWN),
    done: url.searchParams.get('done') === 'settled',
  };
};

/** Why nothing was decided, and of which case. */
interface Refusal {
  problem: 'choose_first' | 'changed' | 'impossible' | 'unreadable';
  key?: string;
}
const refuse = (status: number, refusal: Refusal) => fail<Refusal>(status, refusal);

export const actions: Actions = {
  decide: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const form = readDecisionForm(await request.formData().catch(() => new FormData()));
    if ('problem' in form) return refuse(400, form);
    const outcome = await settleConflict(installation, event.id, form.scans, organiser);
    const key = form.scans
      .map(({ id }) => id)
      .sort()
      .join(' ');
    switch (outcome.kind) {
      case 'settled':
        redirect(303, `/office/${event.slug}/conflicts?done=settled`);
      // eslint-disable-next-line no-fallthrough -- a redirect is thrown
      case 'changed':
        return refuse(409, { problem: 'changed' });
      case 'impossible':
        return refuse(400, { problem: 'impossible', key });
    }
  },
};
