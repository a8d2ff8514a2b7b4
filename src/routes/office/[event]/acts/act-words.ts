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
  conflict_settled: m.acts_conflict_settled,
  checked_in_by_hand: m.acts_checked_in_by_hand,
  checked_out_by_hand: m.acts_checked_out_by_hand,
  check_in_undone: m.acts_check_in_undone,
  walk_in_registered: m.acts_walk_in_registered,
  scans_imported: m.acts_scans_imported,
  feedback_deleted: m.acts_feedback_deleted,
  mail_tried_again: m.acts_mail_tried_again,
  announcement_sent: m.acts_announcement_sent,
  member_invited: m.acts_member_invited,
  member_joined: m.acts_member_joined,
  member_role_changed: m.acts_member_role_changed,
  member_removed: m.acts_member_removed,
};
