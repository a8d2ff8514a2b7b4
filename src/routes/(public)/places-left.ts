import { m } from '$lib/i18n';

/** Free places, in words. */
export function placesLeft(free: number): string {
  return free > 0 ? m.public_places_left({ count: free }) : m.public_full();
}

/** Free places, in words, for who may also wait for one. */
export function placesOrWaiting(free: number): string {
  return free > 0 ? placesLeft(free) : m.public_full_waiting();
}
