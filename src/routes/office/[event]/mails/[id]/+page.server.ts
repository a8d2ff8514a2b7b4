import { redirect } from '@sveltejs/kit';
import { tryMailAgain } from '$lib/server/mail/mail-list';
import { writeMessage } from '$lib/server/mail/message';
import { mailOf } from './mail-of';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals: { installation } }) => {
  const { event, mail } = await mailOf(installation, params);
  const message = await writeMessage(installation, mail);
  const { id, kind, state, attempts, problem } = mail;
  return {
    event: { slug: event.slug },
    sends: installation.sendsMail,
    mail: { id, kind, state, attempts, problem, createdAt: mail.created_at },
    nextAttemptAt: state === 'waiting' && attempts > 0 ? mail.next_attempt_at : null,
    again: state === 'failed' && mail.expires_at > installation.clock(),
    message: message && {
      to: message.to,
      subject: message.subject,
      text: message.text,
      paper: message.paper.length > 0,
      calendar: message.calendar !== null,
    },
  };
};

export const actions: Actions = {
  again: async ({ params, locals: { installation, organiser } }) => {
    const { event, mail } = await mailOf(installation, params);
    await tryMailAgain(installation, event.id, mail.id, organiser);
    // Reloading the page afterwards shall not send the form again.
    redirect(303, `/office/${event.slug}/mails/${mail.id}`);
  },
};
