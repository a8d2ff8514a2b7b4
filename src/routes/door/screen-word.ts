import type { VerdictWord } from '$lib/domain/verdict';
import type { SignalName } from '$lib/door/feedback';
import type { Shown } from './screens';

/** What the verdict screen says in its largest letters; `let_in` and `let_out` are on the staff's word. */
export type ScreenWord = VerdictWord | 'let_in' | 'let_out' | 'undone' | 'not_stored';

export function screenWord(shown: Shown): ScreenWord {
  if (shown.kind !== 'shown') return shown.kind;
  if (!shown.scan.override) return shown.verdict.word;
  return shown.scan.direction === 'entry' ? 'let_in' : 'let_out';
}

/** What is heard and felt with a screen. */
export function signalFor(word: ScreenWord): SignalName {
  switch (word) {
    case 'admitted':
    case 'let_in':
      return 'admitted';
    case 'left':
    case 'let_out':
      return 'left';
    case 'already_inside':
    case 'not_stored':
    case 'undone':
      return word;
    default:
      return 'refused';
  }
}
