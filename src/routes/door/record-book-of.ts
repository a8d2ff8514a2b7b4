import type { DoorStore } from '$lib/door/store';
import { StoreRecordBook } from '$lib/door/store-record-book';

const books = new WeakMap<DoorStore, StoreRecordBook>();

/** The book of a store, always the same one: it remembers what it has signed. */
export function recordBookOf(store: DoorStore): StoreRecordBook {
  let book = books.get(store);
  if (!book) books.set(store, (book = new StoreRecordBook(store)));
  return book;
}
