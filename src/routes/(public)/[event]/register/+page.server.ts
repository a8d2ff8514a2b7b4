import { error, fail, redirect } from '@sveltejs/kit';
import { v5 } from 'uuid';
import { getLocale, localizeHref } from '$lib/i18n';
import { findEvent } from '$lib/server/events';
import { NO_NEEDS } from '$lib/domain/access-needs';
import { registerByForm } from '$lib/server/form-registration';
import { deletionDay } from '$lib/server/retention';
import { ticketLink } from '$lib/server/tickets';
import type { Actions, PageServerLoad } from './$types';
import { parseTyped, readTyped, type Problems, type RegistrationForm, type Typed } from './registration-form';

export const load: PageServerLoad = async ({ parent, setHeaders }) => {
  const { event } = await parent();
  // Free places change. Going back still shows the form as it was, so that sending it again registers once.
  setHeaders({ 'cache-control': 'private, no-cache' });
  return { submission: crypto.randomUUID(), deletedOn: deletionDay(event) };
};

export const actions: Actions = {
  default: async ({ locals: { installation }, params, request }) => {
    const event = await findEvent(installation.db, { slug: params.event });
    if (!event) error(404, 'no such event');

    // A body that is no form is a form with nothing in it.
    const typed = readTyped(await request.formData().catch(() => new FormData()));
    const parsed = parseTyped(typed);
    if ('problems' in parsed) return refuse(400, typed, parsed.problems);

    const outcome = await registerByForm(installation, event.id, {
      submissionId: submissionId(parsed.form),
      names: [parsed.form.name],
      email: parsed.form.email,
      affiliation: null,
      workgroupId: parsed.form.workgroup,
      secondChoiceId: null,
      needs: NO_NEEDS,
      whenFull: null,
      locale: getLocale(),
    });
    switch (outcome.kind) {
      case 'registered':
        redirect(303, localizeHref(`/ticket/${ticketLink(installation, outcome.registrationId)}`));
      // eslint-disable-next-line no-fallthrough -- redirect() throws
      case 'closed':
        return refuse(409, typed, {});
      case 'full':
        return refuse(409, typed, { workgroup: 'workgroup_full' });
      case 'unknown_workgroup':
        return refuse(400, typed, { workgroup: 'workgroup_unknown' });
    }
  },
};

const refuse = (status: number, typed: Typed, problems: Problems) => fail(status, { typed, problems });

/** The same form for the same person: whoever goes back and enters another name registers another person. */
function submissionId({ submission, name, email }: RegistrationForm): string {
  return v5(JSON.stringify([name, email].map((text) => text.toLowerCase())), submission);
}
