import type { RecordBook } from '$lib/door/record-book';
import type { DoorStore } from '$lib/door/store';
import { StoreRecordBook } from '$lib/door/store-record-book';

/** The records that this tablet hands to others and takes from them. */
export function recordBookOf(store: DoorStore): RecordBook {
  return new StoreRecordBook(store);
}
