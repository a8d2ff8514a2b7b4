import type { EventState } from '$lib/domain/event-state';
import { NameSearch } from '$lib/door/name-search';

/** One index for each state that was folded; it goes with the state when the tablet is locked. */
const searches = new WeakMap<EventState, NameSearch>();

/** The search over a roster, brought up to date without keeping the page from anything else. */
export async function openNameSearch(state: EventState | null): Promise<NameSearch> {
  if (!state) return new NameSearch();
  const search = searches.get(state) ?? new NameSearch();
  searches.set(state, search);
  await search.follow(state.registrations, nextTurn);
  return search;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
