import * as v from 'valibot';
import { isGuessable } from './guessable-password.ts';

/** How many characters a password has at least and at most. */
export const PASSWORD_LENGTH = { min: 12, max: 128 };

/** Each message is a code that the route puts into the reader's language. */
export const OrganiserFormSchema = v.object({
  name: v.pipe(v.string(), v.trim(), v.nonEmpty('name_missing'), v.maxLength(100, 'name_too_long')),
  email: v.pipe(v.string(), v.trim(), v.nonEmpty('email_missing'), v.email('email_malformed')),
  password: v.pipe(
    v.string(),
    v.minLength(PASSWORD_LENGTH.min, 'password_too_short'),
    v.maxLength(PASSWORD_LENGTH.max, 'password_too_long'),
  ),
});
export type OrganiserForm = v.InferOutput<typeof OrganiserFormSchema>;

/**
 * A password that somebody chooses.
 *
 * @param known - what everybody knows who would try to guess it: name, e-mail address, who runs the installation
 */
export function newPasswordSchema(known: readonly string[]) {
  return v.pipe(
    OrganiserFormSchema.entries.password,
    v.check((password) => isWrongLength(password) || !isGuessable(password, known), 'password_guessable'),
  );
}

/** Which is said already; and nobody makes us read a megabyte. */
function isWrongLength({ length }: string): boolean {
  return length < PASSWORD_LENGTH.min || length > PASSWORD_LENGTH.max;
}
