import type { WorkgroupId } from '../../domain/ids.ts';
import { breather } from '../breather.ts';
import type { Change, KnownRegistration, Plan, PlanOptions, Situation } from './plan.ts';
import { complain } from './table.ts';

/** How many registrations a workgroup can confirm, and how many it has confirmed. */
export interface Place {
  places: number;
  taken: number;
}

/**
 * Decides who of a plan gets a place, by the same rules as for one registration at a time: places that are given up go
 * to those who have waited for them; what is then free, to the new rows in their order; everybody else waits.
 */
export async function givePlaces(
  plan: Plan,
  { known, places, promotes }: Situation,
  { overbook }: PlanOptions,
): Promise<void> {
  const taken = new Map([...places].map(([id, place]) => [id, place.taken]));
  const take = (id: WorkgroupId, count = 1) => taken.set(id, (taken.get(id) ?? 0) + count);
  const isFree = (id: WorkgroupId) => (taken.get(id) ?? 0) < (places.get(id)?.places ?? 0);
  const touched = new Set<WorkgroupId>();
  const breathe = breather();

  const moves = ({ before, after }: Change) => before.workgroup_id !== after.workgroup_id;
  for (const change of plan.changed) {
    const { before, after } = change;
    if (before.state === 'confirmed' && (after.state === 'cancelled' || moves(change))) {
      take(before.workgroup_id, -1);
      touched.add(before.workgroup_id);
    }
  }
  for (const change of plan.changed) {
    const { before, after, line } = change;
    if (after.state === 'cancelled') continue;
    if (moves(change)) touched.add(after.workgroup_id);
    if (before.state === 'confirmed' && moves(change)) {
      if (overbook || isFree(after.workgroup_id)) take(after.workgroup_id);
      else complain(plan, [{ line, column: 'workgroup', kind: 'full' }]);
    } else if (before.state === 'waitlisted' && after.state === 'confirmed') {
      if (overbook) take(after.workgroup_id);
      // Otherwise it is the waiting list that decides.
      else after.state = 'waitlisted';
    }
    await breathe();
  }
  if (promotes) await promote();

  const later = [];
  for (const { registration } of plan.added) {
    const { workgroupId, state } = registration;
    if (state === 'waitlisted') later.push(registration);
    else if (state === 'confirmed') {
      if (overbook || isFree(workgroupId)) take(workgroupId);
      else registration.state = 'waitlisted';
    }
    await breathe();
  }
  // No place is free while somebody waits for it.
  for (const registration of promotes ? later : []) {
    if (!isFree(registration.workgroupId)) continue;
    take(registration.workgroupId);
    registration.state = 'confirmed';
  }

  async function promote(): Promise<void> {
    const changes = new Map(plan.changed.map((change) => [change.before.id, change]));
    const waiting: { registration: KnownRegistration; change: Change | null; since: number }[] = [];
    for (const registration of known.values()) {
      await breathe();
      if (registration.state !== 'waitlisted') continue;
      const change = changes.get(registration.id) ?? null;
      const { state, workgroup_id } = change?.after ?? registration;
      if (state !== 'waitlisted' || !touched.has(workgroup_id)) continue;
      // Whoever comes from another list comes last.
      const since = change && moves(change) ? Infinity : (registration.waiting_since ?? 0);
      waiting.push({ registration, change, since });
    }
    waiting.sort((a, b) => (a.since === b.since ? 0 : a.since - b.since));
    for (const { registration, change } of waiting) {
      const { workgroup_id } = change?.after ?? registration;
      if (!isFree(workgroup_id)) continue;
      take(workgroup_id);
      if (change) change.after.state = 'confirmed';
      else plan.promoted.push(registration);
    }
  }
}
