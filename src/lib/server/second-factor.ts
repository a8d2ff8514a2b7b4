import * as v from 'valibot';
import type { Millis } from '../domain/time.ts';
import type { Organiser } from './accounts.ts';
import { writeAct } from './acts.ts';
import { authOf, authWithin, cookiesIn, refusalOf, type SessionCookie } from './auth.ts';
import { lockAccount } from './database/locks.ts';
import type { Tx } from './database/open.ts';
import type { Installation } from './installation.ts';
import { checkPassword } from './password-check.ts';
import { createCode, hashToken, normalizedCode } from './secrets.ts';
import { countCode, forgetSecondSteps, isCode, tidyCode } from './totp-code.ts';

/** What the app calls it. */
const ISSUER = 'Einlass';
const RECOVERY_CODES = 10;
const RecoveryCodesSchema = v.pipe(v.string(), v.parseJson(), v.array(v.string()));

/** What somebody has set up beside the password. */
export interface SecondFactor {
  on: boolean;
  /** How many recovery codes are left. */
  recoveryCodes: number;
}

export async function readSecondFactor(installation: Installation, userId: string): Promise<SecondFactor> {
  const { internalAdapter } = await authOf(installation).$context;
  const user: object | null = await internalAdapter.findUserById(userId);
  if (!user || !('twoFactorEnabled' in user) || user.twoFactorEnabled !== true)
    return { on: false, recoveryCodes: 0 };
  const row = await installation.db
    .selectFrom('second_factors')
    .select('recovery_codes')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return { on: true, recoveryCodes: row ? v.parse(RecoveryCodesSchema, row.recovery_codes).length : 0 };
}

/** The secret, as an app takes it up. */
export interface SetUp {
  /** `otpauth://…`, for the QR code. */
  uri: string;
  /** Base32 in groups of four, to be typed. */
  key: string;
}

export type BeginOutcome =
  { kind: 'begun'; setUp: SetUp } | { kind: 'wrong_password' | 'on' } | { kind: 'too_many'; until: Millis };

/** Makes a secret, which counts for nothing before it is confirmed by a code; an earlier unconfirmed one is gone. */
export async function beginSecondFactor(
  installation: Installation,
  headers: Headers,
  { id, email }: Organiser,
  password: string,
): Promise<BeginOutcome> {
  const checked = await checkPassword(installation, headers, id, password);
  if (checked.kind !== 'right') return checked;
  try {
    const answer = await authOf(installation).api.enableTwoFactor({ body: { password }, headers });
    if (answer.method !== 'totp') throw new Error('better-auth has set up something else than a code');
    const secret = new URL(answer.totpURI).searchParams.get('secret') ?? '';
    return { kind: 'begun', setUp: setUpOf(secret, email) };
  } catch (error) {
    if (refusalOf(error) === 'TOTP_ALREADY_ENABLED') return { kind: 'on' };
    throw error;
  }
}

/** A key in base32, with or without the spaces that make it readable. */
const KeySchema = v.pipe(v.string(), v.regex(/^[A-Z2-7 ]{16,200}$/));

/**
 * The set-up that a page has shown, to be shown again beside a code that was wrong: it has brought the key along, so
 * that nobody is given it who was not.
 *
 * @returns null when that is no key
 */
export function shownSetUp({ email }: Organiser, key: unknown): SetUp | null {
  const parsed = v.safeParse(KeySchema, key);
  return parsed.success ? setUpOf(parsed.output.replaceAll(' ', ''), email) : null;
}

/** In the form that apps agree on: https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
function setUpOf(secret: string, email: string): SetUp {
  const parameters = new URLSearchParams({ secret, issuer: ISSUER, digits: '6', period: '30' });
  const uri = `otpauth://totp/${ISSUER}:${encodeURIComponent(email)}?${parameters.toString()}`;
  return { uri, key: secret.replace(/(.{4})(?=.)/g, '$1 ') };
}

export type ConfirmOutcome =
  | { kind: 'on'; recoveryCodes: string[]; cookies: SessionCookie[] }
  | { kind: 'wrong' | 'not_begun' }
  | { kind: 'too_many'; until: Millis };

/** Turns the second factor on, when the app's code proves that it has the secret. The session gets a new token. */
export async function confirmSecondFactor(
  installation: Installation,
  headers: Headers,
  organiser: Organiser,
  typed: string,
): Promise<ConfirmOutcome> {
  if ((await readSecondFactor(installation, organiser.id)).on) return { kind: 'not_begun' };
  const code = tidyCode(typed);
  if (!isCode(code)) return { kind: 'wrong' };
  const counted = await countCode(installation, organiser.id, code);
  if (counted.kind !== 'new') return counted;
  try {
    const outcome = await installation.db.transaction().execute(async (tx): Promise<ConfirmOutcome> => {
      await lockAccount(tx, organiser.id);
      const auth = authWithin(installation, tx);
      const answer = await auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true });
      const recoveryCodes = await replaceRecoveryCodes(tx, organiser.id);
      await tx.updateTable('users').set({ factor_taken_at: null }).where('id', '=', organiser.id).execute();
      await writeAct(installation, tx, { eventId: null, by: organiser, kind: 'second_factor_on' });
      return { kind: 'on', recoveryCodes, cookies: cookiesIn(answer.headers) };
    });
    await forgetSecondSteps(installation, organiser.id);
    return outcome;
  } catch (error) {
    return { kind: refusalOf(error) === 'INVALID_CODE' ? 'wrong' : 'not_begun' };
  }
}

export type RecoveryCodesOutcome =
  | { kind: 'made'; recoveryCodes: string[] }
  | { kind: 'wrong_password' | 'off' }
  | { kind: 'too_many'; until: Millis };

/** Makes new recovery codes; the earlier ones are good no more. */
export async function renewRecoveryCodes(
  installation: Installation,
  headers: Headers,
  organiser: Organiser,
  password: string,
): Promise<RecoveryCodesOutcome> {
  const checked = await checkPassword(installation, headers, organiser.id, password);
  if (checked.kind !== 'right') return checked;
  if (!(await readSecondFactor(installation, organiser.id)).on) return { kind: 'off' };
  return installation.db.transaction().execute(async (tx) => {
    await lockAccount(tx, organiser.id);
    const recoveryCodes = await replaceRecoveryCodes(tx, organiser.id);
    await writeAct(installation, tx, { eventId: null, by: organiser, kind: 'recovery_codes_made' });
    return { kind: 'made', recoveryCodes };
  });
}

export type TurnOffOutcome =
  | { kind: 'off'; cookies: SessionCookie[] }
  | { kind: 'wrong_password' }
  | { kind: 'too_many'; until: Millis };

/** Goes back to the password alone. The session gets a new token. */
export async function turnOffSecondFactor(
  installation: Installation,
  headers: Headers,
  organiser: Organiser,
  password: string,
): Promise<TurnOffOutcome> {
  const checked = await checkPassword(installation, headers, organiser.id, password);
  if (checked.kind !== 'right') return checked;
  return installation.db.transaction().execute(async (tx) => {
    await lockAccount(tx, organiser.id);
    const auth = authWithin(installation, tx);
    const answer = await auth.api.disableTwoFactor({ body: { password }, headers, returnHeaders: true });
    await writeAct(installation, tx, { eventId: null, by: organiser, kind: 'second_factor_off' });
    return { kind: 'off', cookies: cookiesIn(answer.headers) };
  });
}

/** What is kept of a recovery code: it is random enough for a plain hash. */
export function hashRecoveryCode(typed: string): string {
  return hashToken(normalizedCode(typed));
}

async function replaceRecoveryCodes(tx: Tx, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, createCode);
  await tx
    .updateTable('second_factors')
    .set({ recovery_codes: JSON.stringify(codes.map(hashRecoveryCode)) })
    .where('user_id', '=', userId)
    .execute();
  return codes;
}
