import type { Organiser } from './accounts.ts';
import type { Installation } from './installation.ts';

/** Where a second factor is set up. */
export const SECOND_FACTOR_PAGE = '/office/account/second-factor';

/** Where somebody may be who owes it: there, and out. */
const ALLOWED: ReadonlySet<string | null> = new Set([SECOND_FACTOR_PAGE, '/office/sign-out']);

/**
 * Whether somebody must set up a second factor before anything else of the office is shown. Who has come by the identity
 * provider has been asked for as much there as the provider asks for.
 */
export function owesSecondFactor(
  { secondFactorRequired }: Pick<Installation, 'secondFactorRequired'>,
  { session, secondFactor }: Pick<Organiser, 'session' | 'secondFactor'>,
  routeId: string | null,
): boolean {
  return secondFactorRequired && !session.byProvider && !secondFactor && !ALLOWED.has(routeId);
}
