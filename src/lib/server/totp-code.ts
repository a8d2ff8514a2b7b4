import { MINUTE, type Millis } from '../domain/time.ts';
import { countAttempt, forgetAttempts, type AttemptLimit } from './attempts.ts';
import type { Installation } from './installation.ts';

/** With a million codes, of which three are right at a time, this is one chance in thirty thousand. */
const CODES_BY_ACCOUNT: AttemptLimit = { what: 'second factor', max: 10, window: 15 * MINUTE };
/** A code is right for a minute and a half at most; within this time it is taken once. */
const EACH_CODE: AttemptLimit = { what: 'code of second factor', max: 1, window: 3 * MINUTE };

/** What somebody has typed, without the space that apps show in the middle. */
export function tidyCode(typed: string): string {
  return typed.replace(/\s/g, '');
}

/** Whether it looks like a code of an app. */
export function isCode(code: string): boolean {
  return /^\d{6}$/.test(code);
}

export type CodeCount = { kind: 'new' } | { kind: 'wrong' } | { kind: 'too_many'; until: Millis };

/** Counts an attempt to get past the second factor, by whatever kind of code. */
export async function countSecondStep(installation: Installation, userId: string): Promise<CodeCount> {
  const attempt = await countAttempt(installation, CODES_BY_ACCOUNT, userId);
  return attempt.kind === 'too_many' ? attempt : { kind: 'new' };
}

/**
 * Counts an attempt with a code of an app. The same code a second time is wrong: whoever has looked over a shoulder, or
 * listened in, can't use it again (RFC 6238, 5.2).
 */
export async function countCode(
  installation: Installation,
  userId: string,
  code: string,
): Promise<CodeCount> {
  const counted = await countSecondStep(installation, userId);
  if (counted.kind !== 'new') return counted;
  const once = await countAttempt(installation, EACH_CODE, `${userId} ${code}`);
  return { kind: once.kind === 'allowed' ? 'new' : 'wrong' };
}

/** Starts counting anew, because somebody has got past it. */
export function forgetSecondSteps(installation: Installation, userId: string): Promise<void> {
  return forgetAttempts(installation, CODES_BY_ACCOUNT, userId);
}
