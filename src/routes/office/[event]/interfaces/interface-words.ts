import type { ApiScope } from '$lib/domain/api-scope';
import type { HappeningKind } from '$lib/domain/happening';
import { m } from '$lib/i18n';
import type { Lifetime, TokenProblems, WebhookProblems } from './interfaces-form';

export const SCOPE_WORDS: Record<ApiScope, () => string> = {
  'event:read': m.interfaces_scope_event,
  'headcount:read': m.interfaces_scope_headcount,
  'registrations:read': m.interfaces_scope_registrations,
  'people:read': m.interfaces_scope_people,
  'registrations:write': m.interfaces_scope_write,
  'scans:read': m.interfaces_scope_scans,
};

export const KIND_WORDS: Record<HappeningKind, () => string> = {
  'registration.created': m.interfaces_kind_created,
  'registration.confirmed': m.interfaces_kind_confirmed,
  'registration.waitlisted': m.interfaces_kind_waitlisted,
  'registration.cancelled': m.interfaces_kind_cancelled,
  'registration.moved': m.interfaces_kind_moved,
  'registration.changed': m.interfaces_kind_changed,
  'registration.erased': m.interfaces_kind_erased,
  'checkin.recorded': m.interfaces_kind_checkin,
  'checkin.undone': m.interfaces_kind_undone,
  'webhook.test': m.interfaces_kind_test,
};

export const LIFETIME_WORDS: Record<Lifetime, () => string> = {
  month: m.interfaces_expires_month,
  year: m.interfaces_expires_year,
  never: m.interfaces_expires_never,
};

export const STATE_WORDS = {
  sent: { words: m.interfaces_delivery_sent, sign: 'good' },
  waiting: { words: m.interfaces_delivery_waiting, sign: 'warn' },
  failed: { words: m.interfaces_delivery_failed, sign: 'bad' },
  expired: { words: m.interfaces_delivery_expired, sign: 'bad' },
} as const;

/** Why a message was not taken: a word, and a status where there is one. */
export function problemInWords(problem: string): string {
  const [word, status] = problem.split(' ');
  switch (word) {
    case 'timeout':
      return m.interfaces_problem_timeout();
    case 'insecure':
      return m.interfaces_problem_insecure();
    case 'private':
      return m.interfaces_problem_private();
    case 'status':
      return m.interfaces_problem_status({ status: status ?? '' });
    default:
      return m.interfaces_problem_unreachable();
  }
}

type Problem = NonNullable<(TokenProblems & WebhookProblems)[keyof (TokenProblems & WebhookProblems)]>;

export const FORM_PROBLEMS: Record<Problem, () => string> = {
  name_missing: m.interfaces_error_name,
  name_long: m.interfaces_error_name_long,
  scopes_missing: m.interfaces_error_scopes,
  malformed: m.interfaces_error_url,
  not_https: m.interfaces_error_https,
  private: m.interfaces_problem_private,
  kinds_missing: m.interfaces_error_kinds,
  too_many: m.interfaces_error_too_many,
};
