import { fail, redirect } from '@sveltejs/kit';
import { findEvent } from '$lib/server/events';
import {
  acceptInvitation,
  acceptWithNewAccount,
  readInvitation,
  type InvitationOutcome,
} from '$lib/server/invitations';
import { PASSWORD_LENGTH } from '$lib/server/organiser-form';
import { setSessionCookies } from '$lib/server/session-cookies';
import { refuseGuesses } from '../../../refuse-guesses';
import { readOrganiserForm, refusedEmail } from '../../organiser-form-problems';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
  const { params, locals } = request;
  const { installation } = locals;
  const invitation = await readInvitation(installation, installation.db, params.token);
  if (invitation.kind === 'unknown') await refuseGuesses(request, 'account link');
  const provider = installation.provider && { name: installation.provider.name };
  if (invitation.kind !== 'usable') return { invitation, provider, passwordLength: PASSWORD_LENGTH };
  const event = await findEvent(installation.db, { id: invitation.eventId });
  const { kind, role } = invitation;
  return {
    invitation: { kind, role, title: event!.texts.title },
    provider,
    passwordLength: PASSWORD_LENGTH,
  };
};

export const actions: Actions = {
  /** With the account that somebody is signed in with. */
  join: async (event) => {
    const { installation, organiser } = event.locals;
    return finish(event, await acceptInvitation(installation, event.params.token, organiser!));
  },
  /** With a new account. */
  sign_up: async (event) => {
    const { request, params, locals } = event;
    const read = readOrganiserForm(
      await request.formData().catch(() => new FormData()),
      locals.installation.operator,
    );
    if (read.kind === 'problems') return fail(400, read);
    const outcome = await acceptWithNewAccount(locals.installation, params.token, read.form, request.headers);
    if (outcome.kind === 'bad_email') return fail(400, refusedEmail(read.form));
    return finish(event, outcome);
  },
};

async function finish(
  event: Parameters<typeof setSessionCookies>[0] & { locals: App.Locals },
  outcome: InvitationOutcome,
) {
  // The page's load says by itself what is wrong with the link.
  if (outcome.kind !== 'joined') return fail(410, { entered: undefined, problems: {} });
  setSessionCookies(event, outcome.cookies);
  const joined = await findEvent(event.locals.installation.db, { id: outcome.eventId });
  return redirect(303, `/office/${joined!.slug}`);
}
