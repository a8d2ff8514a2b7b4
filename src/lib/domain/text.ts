import * as v from 'valibot';

/** A text that every store can keep: PostgreSQL takes no character of number 0, and no keyboard makes one. */
export const storable = v.check<string, string>(isStorable, 'has a character that no text has');

export function isStorable(text: string): boolean {
  return !text.includes('\0');
}
