import type { RecordBook } from '$lib/door/record-book';
import type { DoorStore } from '$lib/door/store';

/** The book of a store, for handing its records to another tablet; null while the app has none. */
export const recordBookOf: (store: DoorStore) => RecordBook | null = () => null;
