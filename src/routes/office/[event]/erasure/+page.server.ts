import { fail, redirect } from '@sveltejs/kit';
import { listActs } from '$lib/server/acts';
import { eraseEarly } from '$lib/server/erasure';
import { readFigures } from '$lib/server/event-figures';
import { changeRetention, deletionDay, hasPromised } from '$lib/server/retention';
import { eventOf } from '../event-of';
import { isConfirmed, readDays } from './erasure-form';
import type { Actions, PageServerLoad } from './$types';

/** Erasures are few; what tablets hand in late adds some. */
const ERASURES_SHOWN = 50;

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const { completeness } = await readFigures(installation, event.id);
  const { slug, texts, keptDays, endsAt, erasedAt } = event;
  return {
    event: { slug, title: texts.title, keptDays, endsAt, erasedAt },
    ended: installation.clock() >= endsAt,
    deletedOn: deletionDay(event),
    promised: await hasPromised(installation.db, event.id),
    completeness,
    erasures: await listActs(installation.db, event.id, { kind: 'event_erased' }, ERASURES_SHOWN),
    saved: url.searchParams.has('saved'),
    erased: url.searchParams.has('erased'),
  };
};

export const actions: Actions = {
  retention: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const data = await request.formData().catch(() => new FormData());
    const { typed, days } = readDays(data);
    if (days === null) return fail(400, { days: { typed, problem: 'wrong' as const } });
    const { kind } = await changeRetention(installation, event.id, days, organiser);
    if (kind === 'promised' || kind === 'past') return fail(400, { days: { typed, problem: kind } });
    redirect(303, `/office/${event.slug}/erasure?saved`);
  },
  erase: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const data = await request.formData().catch(() => new FormData());
    if (!isConfirmed(data, event.slug)) return fail(400, { unconfirmed: true });
    const { kind } = await eraseEarly(installation, event.id, organiser);
    redirect(303, `/office/${event.slug}/erasure${kind === 'erased' ? '?erased' : ''}`);
  },
};
