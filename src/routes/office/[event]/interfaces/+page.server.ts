import { error, fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { createApiToken, listApiTokens, revokeApiToken } from '$lib/server/api/api-tokens';
import {
  createWebhook,
  deleteWebhook,
  listWebhooks,
  pauseWebhook,
  resumeWebhook,
  testWebhook,
} from '$lib/server/webhooks/webhooks';
import { eventOf } from '../event-of';
import type { Actions, PageServerLoad, RequestEvent } from './$types';
import { readToken, readWebhook, type WebhookProblems } from './interfaces-form';

/** How many messages of each webhook are shown. */
const SHOWN = 8;

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const { id, slug, texts } = await eventOf(installation, params.event);
  return {
    event: { slug, title: texts.title },
    tokens: await listApiTokens(installation.db, id),
    webhooks: await listWebhooks(installation.db, id, SHOWN),
    now: installation.clock(),
    saved: url.searchParams.has('saved'),
    tested: url.searchParams.has('tested'),
  };
};

export const actions: Actions = {
  make_token: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const read = readToken(await formOf(request), installation.clock());
    if ('problems' in read) return fail(400, { token: read });
    const token = await createApiToken(installation, event.id, read.token, organiser);
    return { made: { kind: 'token' as const, name: read.token.name, text: token } };
  },
  revoke_token: async (request) => {
    const { installation, event, id } = await subjectOf(request);
    await revokeApiToken(installation, event.id, id, request.locals.organiser);
    redirect(303, `/office/${event.slug}/interfaces?saved`);
  },
  add_webhook: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const read = readWebhook(await formOf(request), installation.privateWebhooks);
    if ('problems' in read) return fail(400, { webhook: read });
    const outcome = await createWebhook(installation, event.id, read.webhook, organiser);
    if (outcome.kind === 'too_many') {
      const typed = { url: read.webhook.url.href, kinds: read.webhook.kinds };
      const problems: WebhookProblems = { url: 'too_many' };
      return fail(400, { webhook: { typed, problems } });
    }
    return { made: { kind: 'webhook' as const, name: read.webhook.url.host, text: outcome.secret } };
  },
  pause_webhook: async (request) => {
    const { installation, event, id } = await subjectOf(request);
    await pauseWebhook(installation, event.id, id, request.locals.organiser);
    redirect(303, `/office/${event.slug}/interfaces?saved`);
  },
  resume_webhook: async (request) => {
    const { installation, event, id } = await subjectOf(request);
    await resumeWebhook(installation, event.id, id, request.locals.organiser);
    redirect(303, `/office/${event.slug}/interfaces?saved`);
  },
  delete_webhook: async (request) => {
    const { installation, event, id } = await subjectOf(request);
    await deleteWebhook(installation, event.id, id, request.locals.organiser);
    redirect(303, `/office/${event.slug}/interfaces?saved`);
  },
  test_webhook: async (request) => {
    const { installation, event, id } = await subjectOf(request);
    await testWebhook(installation, event.id, id);
    redirect(303, `/office/${event.slug}/interfaces?tested`);
  },
};

const formOf = (request: Request): Promise<FormData> => request.formData().catch(() => new FormData());

const IdSchema = v.pipe(v.string(), v.uuid());

/** What a small form is about. What our own page sends always has an id; of anything else there is nothing to explain. */
async function subjectOf({ params, request, locals: { installation } }: RequestEvent) {
  const event = await eventOf(installation, params.event);
  const id = v.safeParse(IdSchema, (await formOf(request)).get('id'));
  return { installation, event, id: id.success ? id.output : error(400) };
}
