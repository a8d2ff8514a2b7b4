import { MINUTE, type Millis } from '../domain/time.ts';
import { countAttempt, forgetAttempts, type AttemptLimit } from './attempts.ts';
import { authOf, refusalOf } from './auth.ts';
import type { Installation } from './installation.ts';
import { noteSecurity } from './security-log.ts';

/** Somebody who has found an office unlocked does not guess the password that goes with it. */
const PASSWORD_CHECKS: AttemptLimit = { what: 'password of account', max: 10, window: 15 * MINUTE };

export type PasswordCheck =
  { kind: 'right' } | { kind: 'wrong_password' } | { kind: 'too_many'; until: Millis };

/** Whether somebody who is signed in knows the password, which is asked for before the account itself is changed. */
export async function checkPassword(
  installation: Installation,
  headers: Headers,
  userId: string,
  password: string,
): Promise<PasswordCheck> {
  const attempt = await countAttempt(installation, PASSWORD_CHECKS, userId);
  if (attempt.kind === 'too_many') return attempt;
  try {
    await authOf(installation).api.verifyPassword({ body: { password }, headers });
  } catch (error) {
    refusalOf(error);
    noteSecurity(installation, 'password_check_failed', { user: userId });
    return { kind: 'wrong_password' };
  }
  await forgetAttempts(installation, PASSWORD_CHECKS, userId);
  return { kind: 'right' };
}
