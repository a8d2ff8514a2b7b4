import { fail, redirect } from '@sveltejs/kit';
import { listWorkgroups } from '$lib/server/events';
import { readNeeds } from '$lib/server/registrations';
import { changeOwnRegistration } from '$lib/server/self-service';
import { viewWorkgroup } from '../../../event-view';
import { typedNeeds } from '../../../person-fields';
import { openAction, ownTicket, ticketPage } from '../own-ticket';
import { parseTyped, readTyped, type Problems, type Typed } from './change-form';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
  const { event, registration } = await ownTicket(request);
  const workgroups = await listWorkgroups(request.locals.installation.db, event.id);
  const stored: Typed = {
    name: registration.name,
    email: registration.email ?? '',
    workgroup: registration.workgroup_id,
    ...typedNeeds(readNeeds(registration.access_needs)),
  };
  return {
    stored,
    /** Mails about whoever was brought along go to who brought them. */
    hasOwnEmail: registration.host_id === null,
    workgroups: workgroups.map((workgroup) => {
      const { id, language, title, free } = viewWorkgroup(workgroup);
      const current = id === registration.workgroup_id;
      // A place is given up for another one only; whoever waits may also wait elsewhere.
      return { id, language, title, free, current, full: free === 0 && !current };
    }),
  };
};

type Refusal = 'too_many' | 'too_late';

const refuse = (status: number, typed: Typed, problems: Problems, refused?: Refusal) =>
  fail(status, { typed, problems, refused });

export const actions: Actions = {
  default: async (event) => {
    const { ticket, data, tooMany } = await openAction(event);
    const typed = readTyped(data);
    if (tooMany) return refuse(429, typed, {}, 'too_many');
    const parsed = parseTyped(typed);
    if ('problems' in parsed) return refuse(400, typed, parsed.problems);

    const { id } = ticket.registration;
    const outcome = await changeOwnRegistration(
      event.locals.installation,
      ticket.event.id,
      id,
      parsed.change,
    );
    switch (outcome.kind) {
      case 'changed':
        redirect(303, ticketPage(event.params.link, 'changed'));
      // eslint-disable-next-line no-fallthrough -- redirect() throws
      case 'full':
        return refuse(409, typed, { workgroup: 'workgroup_full' });
      case 'unknown_workgroup':
        return refuse(400, typed, { workgroup: 'workgroup_unknown' });
      case 'too_late':
        return refuse(409, typed, {}, 'too_late');
    }
  },
};
