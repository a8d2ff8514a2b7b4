import type { Millis } from './time.ts';

/** What decides whether people can register. */
export interface RegistrationTimes {
  /** Null for a draft. */
  publishedAt: Millis | null;
  /** Null: as soon as the event is published. */
  registrationFrom: Millis | null;
  registrationUntil: Millis;
  /** When it was closed by hand; null: the dates alone decide. */
  registrationClosedAt: Millis | null;
}

/** Whether people can register, and if not, since when or from when on. */
export type RegistrationWindow =
  | { kind: 'draft' }
  | { kind: 'not_yet'; from: Millis }
  | { kind: 'open' }
  | { kind: 'closed'; by: 'hand' | 'deadline'; since: Millis };

/** The deadline itself is still in time. */
export function registrationWindow(times: RegistrationTimes, now: Millis): RegistrationWindow {
  const { publishedAt, registrationFrom, registrationUntil, registrationClosedAt } = times;
  if (publishedAt === null) return { kind: 'draft' };
  if (registrationClosedAt !== null && registrationClosedAt <= registrationUntil)
    return { kind: 'closed', by: 'hand', since: registrationClosedAt };
  if (now > registrationUntil) return { kind: 'closed', by: 'deadline', since: registrationUntil };
  if (registrationFrom !== null && now < registrationFrom) return { kind: 'not_yet', from: registrationFrom };
  return { kind: 'open' };
}
