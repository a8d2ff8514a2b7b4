import { MINUTE, type Millis } from '../domain/time.ts';
import type { Organiser } from './accounts.ts';
import { authOf, refusalOf } from './auth.ts';
import type { Installation } from './installation.ts';
import { checkPassword } from './password-check.ts';
import { noteSecurity } from './security-log.ts';
import { countCode, forgetSecondSteps, isCode, tidyCode } from './totp-code.ts';

/** For how long somebody is believed to sit there who has proved it. */
const PROOF_LIFETIME = 10 * MINUTE;

/** Whether somebody has proved lately, by signing in or since, who they are. */
export function isProved(
  { clock }: Pick<Installation, 'clock'>,
  { session }: Pick<Organiser, 'session'>,
): boolean {
  return session.provedAt !== null && clock() < session.provedAt + PROOF_LIFETIME;
}

/** By what somebody proves it: one of both is enough in a session that has begun by whatever the account demands. */
export type Proof = { password: string } | { code: string };

export type ProofOutcome = { kind: 'proved' | 'wrong' } | { kind: 'too_many'; until: Millis };

/** Takes a proof of who sits there, which then holds for ten minutes. @throws when the session has ended meanwhile */
export async function prove(
  installation: Installation,
  headers: Headers,
  organiser: Organiser,
  proof: Proof,
): Promise<ProofOutcome> {
  const outcome =
    'password' in proof
      ? await provePassword(installation, headers, organiser, proof.password)
      : await proveCode(installation, headers, organiser, proof.code);
  if (outcome.kind === 'proved')
    await installation.db
      .updateTable('sessions')
      .set({ proved_at: installation.clock() })
      .where('id', '=', organiser.session.id)
      .execute();
  return outcome;
}

async function provePassword(
  installation: Installation,
  headers: Headers,
  { id }: Organiser,
  password: string,
): Promise<ProofOutcome> {
  const checked = await checkPassword(installation, headers, id, password);
  if (checked.kind === 'too_many') return checked;
  return { kind: checked.kind === 'right' ? 'proved' : 'wrong' };
}

async function proveCode(
  installation: Installation,
  headers: Headers,
  { id, secondFactor }: Organiser,
  typed: string,
): Promise<ProofOutcome> {
  const code = tidyCode(typed);
  // Without one, better-auth would take the code for the beginning of one.
  if (!secondFactor || !isCode(code)) return { kind: 'wrong' };
  const counted = await countCode(installation, id, code);
  if (counted.kind === 'too_many') return counted;
  if (counted.kind === 'wrong') return { kind: 'wrong' };
  try {
    await authOf(installation).api.verifyTOTP({ body: { code }, headers });
  } catch (error) {
    if (refusalOf(error) !== 'INVALID_CODE') throw error;
    noteSecurity(installation, 'second_factor_failed', { user: id });
    return { kind: 'wrong' };
  }
  await forgetSecondSteps(installation, id);
  return { kind: 'proved' };
}
