import { lockAccount } from './database/locks.ts';
import { parseCookies } from 'better-auth/cookies';
import type { Millis } from '../domain/time.ts';
import { writeAct } from './acts.ts';
import { authOf, authWithin, cookiesIn, refusalOf, type SessionCookie } from './auth.ts';
import type { Installation } from './installation.ts';
import { hashRecoveryCode } from './second-factor.ts';
import { noteSecurity } from './security-log.ts';
import { countCode, countSecondStep, forgetSecondSteps, isCode, tidyCode } from './totp-code.ts';

/** Who has given the right password and owes the second factor's code. */
interface Challenged {
  id: string;
  name: string;
}

/** @returns null when nobody has, or it was too long ago */
export async function readChallenge(
  installation: Installation,
  headers: Headers,
): Promise<Challenged | null> {
  const { createAuthCookie, internalAdapter } = await authOf(installation).$context;
  const cookie = parseCookies(headers.get('cookie') ?? '').get(createAuthCookie('two_factor').name);
  // Behind the last dot is the signature, which better-auth checks when the code comes.
  const identifier = cookie?.slice(0, cookie.lastIndexOf('.'));
  if (!identifier) return null;
  const challenge = await internalAdapter.findVerificationValue(identifier);
  if (!challenge || challenge.expiresAt.getTime() <= Date.now()) return null;
  const user = await internalAdapter.findUserById(challenge.value);
  return user && { id: user.id, name: user.name };
}

export type CodeOutcome =
  | { kind: 'signed_in'; cookies: SessionCookie[] }
  | { kind: 'wrong' }
  /** The password must be typed again. */
  | { kind: 'expired' }
  | { kind: 'too_many'; until: Millis };

/** The second step of signing in: with the code that the app shows now. */
export async function signInWithCode(
  installation: Installation,
  headers: Headers,
  typed: string,
): Promise<CodeOutcome> {
  const challenged = await readChallenge(installation, headers);
  if (!challenged) return { kind: 'expired' };
  const code = tidyCode(typed);
  if (!isCode(code)) return { kind: 'wrong' };
  const counted = await countCode(installation, challenged.id, code);
  if (counted.kind !== 'new') return counted;
  try {
    const answer = await authOf(installation).api.verifyTOTP({
      body: { code },
      headers,
      returnHeaders: true,
    });
    await forgetSecondSteps(installation, challenged.id);
    noteSecurity(installation, 'signed_in', { user: challenged.id });
    return { kind: 'signed_in', cookies: cookiesIn(answer.headers) };
  } catch (error) {
    noteSecurity(installation, 'second_factor_failed', { user: challenged.id });
    return { kind: refusalOf(error) === 'INVALID_CODE' ? 'wrong' : 'expired' };
  }
}

/** The second step without the app: with one of the recovery codes, which is used up by it. */
export async function signInWithRecoveryCode(
  installation: Installation,
  headers: Headers,
  typed: string,
): Promise<CodeOutcome> {
  const challenged = await readChallenge(installation, headers);
  if (!challenged) return { kind: 'expired' };
  const counted = await countSecondStep(installation, challenged.id);
  if (counted.kind === 'too_many') return counted;
  const body = { code: hashRecoveryCode(typed) };
  try {
    const outcome = await installation.db.transaction().execute(async (tx): Promise<CodeOutcome> => {
      await lockAccount(tx, challenged.id);
      const auth = authWithin(installation, tx);
      const answer = await auth.api.verifyBackupCode({ body, headers, returnHeaders: true });
      await writeAct(installation, tx, { eventId: null, by: challenged, kind: 'recovery_code_used' });
      return { kind: 'signed_in', cookies: cookiesIn(answer.headers) };
    });
    await forgetSecondSteps(installation, challenged.id);
    noteSecurity(installation, 'signed_in', { user: challenged.id });
    return outcome;
  } catch (error) {
    noteSecurity(installation, 'second_factor_failed', { user: challenged.id });
    return { kind: refusalOf(error) === 'INVALID_BACKUP_CODE' ? 'wrong' : 'expired' };
  }
}
