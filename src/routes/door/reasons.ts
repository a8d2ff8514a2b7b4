import { baseLocale, m } from '$lib/i18n';

/** What staff often say when they admit somebody against the verdict. */
export const OVERRIDE_REASONS = [m.reason_companion, m.reason_switch, m.reason_office];

/** What staff often say when they check somebody in without a ticket. */
export const BY_HAND_REASONS = [
  m.reason_ticket_forgotten,
  m.reason_battery_empty,
  m.reason_ticket_unreadable,
];

/** A reason as the log has it: the office reads it, whatever language this tablet speaks. */
export const reasonInLog = (reason: (typeof OVERRIDE_REASONS)[number]): string =>
  reason({}, { locale: baseLocale });
