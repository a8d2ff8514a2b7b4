import { error } from '@sveltejs/kit';
import * as v from 'valibot';
import { findEvent } from '$lib/server/events';
import { listMails } from '$lib/server/mail/mail-list';
import type { PageServerLoad } from './$types';

const StateSchema = v.fallback(v.nullable(v.picklist(['waiting', 'sent', 'failed', 'expired'])), null);
const PageSchema = v.fallback(v.pipe(v.string(), v.regex(/^[1-9]\d{0,5}$/), v.transform(Number)), 1);

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = (await findEvent(installation.db, { slug: params.event })) ?? error(404);
  const state = v.parse(StateSchema, url.searchParams.get('state'));
  const page = v.parse(PageSchema, url.searchParams.get('page'));
  return {
    event: { slug: event.slug, title: event.texts.title },
    sends: installation.sendsMail,
    state,
    ...(await listMails(installation.db, event.id, { state, page })),
  };
};
