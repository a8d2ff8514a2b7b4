import type { Installation } from './installation.ts';

/** What is written down of attempts to get in, good and bad, and of what was refused. */
export type SecurityEvent =
  | 'signed_in'
  | 'sign_in_failed'
  /** The password was right; the second factor is asked for. */
  | 'second_factor_asked'
  | 'second_factor_failed'
  | 'signed_out'
  | 'provider_refused'
  | 'password_check_failed'
  | 'tablet_paired'
  | 'pairing_failed'
  | 'refused_token'
  | 'refused_role'
  | 'refused_other_site'
  | 'too_many';

/** Ids and names of ours: never an address, a name, or anything that somebody typed or sent. */
type Details = Partial<
  Record<'user' | 'device' | 'token' | 'event' | 'route' | 'what' | 'why', string | null>
>;

/** Well-being is told quietly, trouble loudly. */
const GOOD: ReadonlySet<SecurityEvent> = new Set([
  'signed_in',
  'second_factor_asked',
  'signed_out',
  'tablet_paired',
]);

/**
 * Writes a line into the log, for whoever has to find out later what happened (OWASP ASVS 5.0, V16.3). What organisers
 * do once they are in stands in the log of acts.
 */
export function noteSecurity(
  { log }: Pick<Installation, 'log'>,
  security: SecurityEvent,
  details: Details = {},
): void {
  log[GOOD.has(security) ? 'info' : 'warn']({ security, ...details }, 'security');
}
