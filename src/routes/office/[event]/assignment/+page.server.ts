import { error, fail, redirect } from '@sveltejs/kit';
import type { EventId } from '$lib/domain/ids';
import { MOVE_KINDS, placedOf } from '$lib/domain/place-figures';
import { readLastAssignment, readNames } from '$lib/server/assignment-record';
import { listWorkgroups } from '$lib/server/events';
import type { Installation } from '$lib/server/installation';
import { applyAssignment, proposeAssignment, type Proposal } from '$lib/server/place-assignment';
import { undoAssignment } from '$lib/server/undo-assignment';
import { eventOf } from '../event-of';
import { readApply, readRules, readUndo, writeRules } from './assignment-form';
import type { Actions, PageServerLoad } from './$types';

/** How many people of each kind of change are named. */
const NAMED = 50;

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const { db } = installation;
  const event = await eventOf(installation, params.event);
  const rules = readRules(url.searchParams);
  const tooLate = installation.clock() >= event.startsAt;
  const proposal = tooLate ? null : await proposeAssignment(installation, event.id, rules);
  const workgroups = await listWorkgroups(db, event.id);
  return {
    event: { slug: event.slug, title: event.texts.title },
    titles: Object.fromEntries(workgroups.map(({ id, title }) => [id, title])),
    rules,
    proposal: proposal && (await viewProposal(installation, event.id, proposal)),
    last: await readLastAssignment(db, event.id),
    done: url.searchParams.get('done'),
  };
};

export const actions: Actions = {
  apply: async ({ params, url, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const rules = readRules(url.searchParams);
    const read = readApply(await request.formData().catch(() => new FormData()));
    if (!read) error(400);
    const outcome = await applyAssignment(installation, event.id, { rules, ...read }, organiser);
    // The page shows what would be best now, below the word that nothing has been done.
    if (outcome.kind !== 'applied') return fail(409, { problem: outcome.kind, tell: read.tell });
    redirect(303, `/office/${event.slug}/assignment?done=applied&${writeRules(rules)}`);
  },
  undo: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const read = readUndo(await request.formData().catch(() => new FormData()));
    if (!read) error(400);
    const outcome = await undoAssignment(installation, event.id, read.id, read, organiser);
    if (outcome.kind === 'unknown') error(404);
    if (outcome.kind === 'too_late') return fail(409, { problem: outcome.kind, tell: false });
    redirect(303, `/office/${event.slug}/assignment?done=undone`);
  },
};

async function viewProposal(installation: Installation, eventId: EventId, proposal: Proposal) {
  const { figures, moves, mails, proven, fingerprint } = proposal;
  const kinds = MOVE_KINDS.map((kind) => ({ kind, moves: moves.filter((move) => move.kind === kind) }));
  const named = kinds.flatMap((kind) => kind.moves.slice(0, NAMED));
  const names = await readNames(
    installation.db,
    eventId,
    named.map(({ applicant }) => applicant.id),
  );
  return {
    mails,
    proven,
    fingerprint,
    changed: moves.length,
    now: figures.now,
    then: figures.then,
    workgroups: figures.workgroups.map(({ id, places, now, then }) => ({
      id,
      places,
      takenNow: placedOf(now),
      takenThen: placedOf(then),
      then,
    })),
    kinds: kinds
      .filter((kind) => kind.moves.length > 0)
      .map((kind) => ({
        kind: kind.kind,
        count: kind.moves.length,
        people: kind.moves.slice(0, NAMED).map(({ applicant, workgroupId, state }) => ({
          id: applicant.id,
          name: names.get(applicant.id) ?? '',
          from: { workgroupId: applicant.workgroupId, state: applicant.state },
          to: { workgroupId, state },
        })),
      })),
  };
}
