import { fail } from '@sveltejs/kit';
import * as v from 'valibot';
import { SECOND } from '$lib/domain/time';
import { countForm } from '$lib/server/form-limits';
import { sendLostTickets } from '$lib/server/lost-tickets';
import { EmailSchema, textOf } from '../../person-fields';
import { visibleEvent } from '../visible-event';
import type { Actions, PageServerLoad } from './$types';

type EmailProblem = 'email_missing' | 'email_wrong' | 'email_too_long';

const LostSchema = v.pipe(EmailSchema, v.nonEmpty('email_missing' satisfies EmailProblem));

export const load: PageServerLoad = ({ setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-cache', 'x-robots-tag': 'noindex' });
};

export const actions: Actions = {
  default: async (post) => {
    const { event } = await visibleEvent(post);
    const { request, getClientAddress, setHeaders } = post;
    const { installation } = post.locals;

    const email = textOf(await request.formData().catch(() => new FormData()), 'email');
    const parsed = v.safeParse(LostSchema, email, { abortPipeEarly: true });
    if (!parsed.success) {
      return fail(400, { email, problem: parsed.issues[0].message as EmailProblem, busyUntil: null });
    }
    const attempt = await countForm(installation, 'lost', getClientAddress());
    if (attempt.kind === 'too_many') {
      const wait = Math.ceil((attempt.until - installation.clock()) / SECOND);
      setHeaders({ 'retry-after': String(wait) });
      return fail(429, { email, problem: null, busyUntil: attempt.until });
    }
    await sendLostTickets(installation, event.id, parsed.output);
    // The answer is the same for every address: it tells nobody who has registered.
    return { sent: true };
  },
};
