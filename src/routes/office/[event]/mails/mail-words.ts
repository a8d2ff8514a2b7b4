import type { MailRow } from '$lib/server/database/schema';
import { m } from '$lib/i18n';

export const KINDS: Record<MailRow['kind'], () => string> = {
  confirmation: m.office_mail_kind_confirmation,
  waiting_list: m.office_mail_kind_waiting_list,
  promotion: m.office_mail_kind_promotion,
  change: m.office_mail_kind_change,
  cancellation: m.office_mail_kind_cancellation,
  ticket: m.office_mail_kind_ticket,
  reminder: m.office_mail_kind_reminder,
  held: m.office_mail_kind_held,
  announcement: m.office_mail_kind_announcement,
};

export const STATES: Record<MailRow['state'], () => string> = {
  waiting: m.office_mail_waiting,
  sent: m.office_mail_sent,
  failed: m.office_mail_failed,
  expired: m.office_mail_expired,
};

const PROBLEMS: Record<string, () => string> = {
  unreachable: m.office_mail_problem_unreachable,
  timeout: m.office_mail_problem_timeout,
  insecure: m.office_mail_problem_insecure,
  sign_in: m.office_mail_problem_sign_in,
  sender: m.office_mail_problem_sender,
  recipient: m.office_mail_problem_recipient,
  message: m.office_mail_problem_message,
  busy: m.office_mail_problem_busy,
  unwritable: m.office_mail_problem_unwritable,
  obsolete: m.office_mail_problem_obsolete,
};

/** A problem in words, with the server's number where it has said one: `recipient 550`. */
export function describeProblem(problem: string): string {
  const [word = '', code] = problem.split(' ');
  const said = PROBLEMS[word]?.() ?? word;
  return code ? `${said} (${code})` : said;
}
