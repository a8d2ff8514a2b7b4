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
  api_token_made: m.acts_api_token_made,
  api_token_revoked: m.acts_api_token_revoked,
  api_registered: m.acts_api_registered,
  webhook_made: m.acts_webhook_made,
  webhook_paused: m.acts_webhook_paused,
  webhook_resumed: m.acts_webhook_resumed,
  webhook_deleted: m.acts_webhook_deleted,
  feedback_deleted: m.acts_feedback_deleted,
  mail_tried_again: m.acts_mail_tried_again,
  announcement_sent: m.acts_announcement_sent,
  member_invited: m.acts_member_invited,
  member_joined: m.acts_member_joined,
  member_role_changed: m.acts_member_role_changed,
  member_removed: m.acts_member_removed,
};
