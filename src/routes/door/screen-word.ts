import type { VerdictWord } from '$lib/domain/verdict';
import type { Shown } from './door-session.svelte';

/** What the verdict screen says in its largest letters; `let_in` and `let_out` are on the staff's word. */
export type ScreenWord = VerdictWord | 'let_in' | 'let_out' | 'undone' | 'not_stored';

export function screenWord(shown: Shown): ScreenWord {
  if (shown.kind !== 'shown') return shown.kind;
  if (!shown.scan.override) return shown.verdict.word;
  return shown.scan.direction === 'entry' ? 'let_in' : 'let_out';
}
