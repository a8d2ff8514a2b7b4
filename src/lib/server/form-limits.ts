import { MINUTE } from '../domain/time.ts';
import { countAttempt, type AttemptOutcome } from './attempts.ts';
import type { Installation } from './installation.ts';
import { originOf } from './network.ts';

/** How many public forms may come from one place within ten minutes: so many that a school can share an address. */
export interface FormLimits {
  perAddress: number;
  perNetwork: number;
}

export const FORM_LIMITS: FormLimits = { perAddress: 60, perNetwork: 300 };

const WINDOW = 10 * MINUTE;

/**
 * Counts a public form that is about to be worked on.
 *
 * @param what - which form, such as `register`
 * @param client - the address that it came from
 */
export async function countForm(
  installation: Installation,
  what: string,
  client: string,
): Promise<AttemptOutcome> {
  const { perAddress, perNetwork } = installation.formLimits;
  const { address, network } = originOf(client);
  for (const [part, max, who] of [
    ['address', perAddress, address],
    ['network', perNetwork, network],
  ] as const) {
    const attempt = await countAttempt(
      installation,
      { what: `${what} by ${part}`, max, window: WINDOW },
      who,
    );
    if (attempt.kind === 'too_many') return attempt;
  }
  return { kind: 'allowed' };
}
