import type { RecordBook } from '$lib/door/record-book';
import type { DoorStore } from '$lib/door/store';

/** The records that this tablet hands to others and takes from them; null where it keeps none for them. */
export function recordBookOf(_store: DoorStore): RecordBook | null {
  return null;
}
