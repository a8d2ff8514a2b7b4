import type { ActKind } from '$lib/domain/act';
import { m } from '$lib/i18n';

/** What was done, in words. */
export const ACT_WORDS: Record<ActKind, () => string> = {
  pairing_code_made: m.acts_pairing_code_made,
  device_revoked: m.acts_device_revoked,
  held_changed: m.acts_held_changed,
  registration_corrected: m.acts_registration_corrected,
  registration_confirmed: m.acts_registration_confirmed,
  registration_moved: m.acts_registration_moved,
  registration_cancelled: m.acts_registration_cancelled,
  ticket_reissued: m.acts_ticket_reissued,
  workgroups_decided: m.acts_workgroups_decided,
  scans_imported: m.acts_scans_imported,
  feedback_deleted: m.acts_feedback_deleted,
  mail_tried_again: m.acts_mail_tried_again,
  announcement_sent: m.acts_announcement_sent,
  member_invited: m.acts_member_invited,
  member_joined: m.acts_member_joined,
  member_role_changed: m.acts_member_role_changed,
  member_removed: m.acts_member_removed,
  account_renamed: m.acts_account_renamed,
  password_changed: m.acts_password_changed,
  second_factor_on: m.acts_second_factor_on,
  second_factor_off: m.acts_second_factor_off,
  recovery_codes_made: m.acts_recovery_codes_made,
  recovery_code_used: m.acts_recovery_code_used,
  sessions_ended: m.acts_sessions_ended,
  provider_linked: m.acts_provider_linked,
  account_reset_made: m.acts_account_reset_made,
  account_reset_used: m.acts_account_reset_used,
};
