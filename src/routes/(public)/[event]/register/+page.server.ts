import { fail, redirect } from '@sveltejs/kit';
import { v5 } from 'uuid';
import { SECOND, type Millis } from '$lib/domain/time';
import { getLocale, localizeHref } from '$lib/i18n';
import { listWorkgroups } from '$lib/server/events';
import { countForm } from '$lib/server/form-limits';
import { readFormAge, stampForm } from '$lib/server/form-moment';
import { registerByForm } from '$lib/server/form-registration';
import { deletionDay } from '$lib/server/retention';
import { ticketLink } from '$lib/server/tickets';
import { visibleEvent } from '../visible-event';
import type { Actions, PageServerLoad } from './$types';
import {
  blankForm,
  choicesOf,
  namesOf,
  parseTyped,
  readTyped,
  wasAsked,
  type Problems,
  type RegistrationForm,
  type Typed,
} from './registration-form';

export const load: PageServerLoad = async ({ locals: { installation }, parent, setHeaders }) => {
  const { event } = await parent();
  // Free places change. Going back still shows the form as it was, so that sending it again registers once.
  setHeaders({ 'cache-control': 'private, no-cache' });
  return { blank: blankForm(stampForm(installation, installation.clock())), deletedOn: deletionDay(event) };
};

export const actions: Actions = {
  default: async (post) => {
    const { event, preview } = await visibleEvent(post);
    const { request, getClientAddress, setHeaders } = post;
    const { installation } = post.locals;

    // A body that is no form is a form with nothing in it.
    const typed = readTyped(await request.formData().catch(() => new FormData()));
    const age = readFormAge(installation, typed.stamp);
    if (age === 'no_stamp') typed.stamp = stampForm(installation, installation.clock());

    const parsed = parseTyped(typed);
    if ('problems' in parsed) return refuse(400, typed, { problems: parsed.problems });
    const { form } = parsed;
    // The page says that it is one.
    if (preview) return refuse(409, typed, {});
    // A browser that fills in what nobody sees must not shut anybody out, so this is never the last word.
    if (age !== 'filled_in' || typed.trap) return refuse(400, typed, { sendAgain: true });

    const attempt = await countForm(installation, 'register', getClientAddress());
    if (attempt.kind === 'too_many') {
      const wait = Math.ceil((attempt.until - installation.clock()) / SECOND);
      setHeaders({ 'retry-after': String(wait) });
      return refuse(429, typed, { busyUntil: attempt.until });
    }

    const asked = wasAsked(typed);
    const outcome = await registerByForm(installation, event.id, {
      submissionId: submissionId(form),
      names: namesOf(form),
      email: form.email,
      affiliation: form.affiliation,
      workgroupId: form.workgroup,
      secondChoiceId: form.second,
      needs: {
        wheelchair: form.wheelchair,
        signLanguage: form.signLanguage,
        interpreting: form.interpreting,
        other: form.otherNeeds,
      },
      whenFull: asked ? form.whenFull : null,
      locale: getLocale(),
    });
    switch (outcome.kind) {
      case 'registered':
        redirect(303, localizeHref(`/ticket/${ticketLink(installation, outcome.registrationId)}`));
      // eslint-disable-next-line no-fallthrough -- redirect() throws
      case 'closed':
        return refuse(409, typed, {});
      case 'full': {
        const problem =
          asked && !form.whenFull ? 'when_full_missing' : outcome.free === 0 ? 'full_none' : 'full_some';
        // An answer that was given for other choices is none for these.
        const again = { ...typed, asked: choicesOf(form), whenFull: asked ? typed.whenFull : '' };
        return refuse(409, again, { problems: { 'when-full': problem } });
      }
      case 'unknown_workgroup': {
        const workgroups = await listWorkgroups(installation.db, event.id);
        const field = workgroups.some(({ id }) => id === form.workgroup) ? 'second' : 'workgroup';
        return refuse(400, typed, { problems: { [field]: 'workgroup_unknown' } });
      }
    }
  },
};

interface Refusal {
  problems?: Problems;
  /** It looks as if a machine had filled it in: a person sends it once more. */
  sendAgain?: boolean;
  /** Too many forms have come from there; from then on it may be sent again. */
  busyUntil?: Millis | null;
}

/** Shows the form again, with everything that was typed. */
const refuse = (
  status: number,
  typed: Typed,
  { problems = {}, sendAgain = false, busyUntil = null }: Refusal,
) => fail(status, { typed, problems, sendAgain, busyUntil });

/** The same form for the same people: whoever goes back and enters another name registers another person. */
function submissionId(form: RegistrationForm): string {
  const said = [...namesOf(form), form.email ?? ''].map((text) => text.toLowerCase());
  return v5(JSON.stringify(said), form.submission);
}
