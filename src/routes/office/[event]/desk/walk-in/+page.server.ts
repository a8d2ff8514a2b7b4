import { fail, redirect } from '@sveltejs/kit';
import { v5, v7 } from 'uuid';
import type { CheckpointId, EventId, RegistrationId, ScanId } from '$lib/domain/ids';
import type { VerdictWord } from '$lib/domain/verdict';
import { baseLocale, m } from '$lib/i18n';
import type { Actor } from '$lib/server/acts';
import { checkByHand, registerAtDesk } from '$lib/server/desk';
import { listDoors } from '$lib/server/desk-view';
import { listRooms, listWorkgroups } from '$lib/server/events';
import type { Installation } from '$lib/server/installation';
import { textOf } from '../../../../(public)/person-fields';
import { eventOf } from '../../event-of';
import type { Actions, PageServerLoad } from './$types';
import { parseWalkIn, readTypedWalkIn, type TypedWalkIn, type WalkInProblems } from './walk-in-form';

export const load: PageServerLoad = async ({ params, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const rooms = new Map((await listRooms(installation.db, event.id)).map(({ id, name }) => [id, name]));
  const workgroups = await listWorkgroups(installation.db, event.id);
  const doors = await listDoors(installation, event.id);
  return {
    event: { slug: event.slug, title: event.texts.title },
    workgroups: workgroups.map(({ id, title, roomId, places, taken }) => ({
      id,
      title,
      room: rooms.get(roomId)!,
      free: Math.max(0, places - taken),
    })),
    doors: doors.filter(({ directions }) => directions.includes('entry')),
    /** Of the form: sending it twice registers once. */
    submission: v7(),
  };
};

/** What is wrong with what was typed. */
interface Refusal {
  typed: TypedWalkIn;
  problems: WalkInProblems;
}
const refuse = (status: number, refusal: Refusal) => fail<Refusal>(status, refusal);

export const actions: Actions = {
  register: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const data = await request.formData().catch(() => new FormData());
    const typed = readTypedWalkIn(data);
    const form = parseWalkIn(typed, textOf(data, 'overbook') === 'yes');
    if ('problems' in form) return refuse(400, { typed, problems: form.problems });
    const { walkIn, at } = form;
    const outcome = await registerAtDesk(installation, event.id, walkIn, organiser);
    if (outcome.kind === 'full') return refuse(409, { typed, problems: { workgroup: 'full' } });
    if (outcome.kind === 'unknown_workgroup')
      return refuse(400, { typed, problems: { workgroup: 'missing' } });
    const told = new URLSearchParams({ done: 'registered' });
    if (at) {
      told.set('at', at);
      const refused = await letIn(installation, event.id, outcome.id, at, walkIn.submissionId, organiser);
      if (refused) told.set('refused', refused);
    }
    redirect(303, `/office/${event.slug}/desk/${outcome.id}?${told}`);
  },
};

/** @returns why the door did not open, or null where it did */
async function letIn(
  installation: Installation,
  eventId: EventId,
  registrationId: RegistrationId,
  checkpointId: CheckpointId,
  submissionId: string,
  by: Actor,
): Promise<VerdictWord | null> {
  const outcome = await checkByHand(
    installation,
    eventId,
    {
      id: v5('let in at once', submissionId) as ScanId,
      registrationId,
      checkpointId,
      direction: 'entry',
      why: m.desk_walk_in_reason({}, { locale: baseLocale }),
      override: false,
    },
    by,
  );
  return outcome.kind === 'turned_away' ? outcome.verdict.word : null;
}
