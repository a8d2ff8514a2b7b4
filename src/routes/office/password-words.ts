import { m } from '$lib/i18n';

/** What is wrong with a password that somebody has chosen, in the reader's language. */
export function passwordWords(problem: string, { min, max }: { min: number; max: number }): string {
  switch (problem) {
    case 'password_too_long':
      return m.office_password_too_long({ max });
    case 'password_guessable':
      return m.office_password_guessable();
    default:
      return m.office_password_too_short({ min });
  }
}
