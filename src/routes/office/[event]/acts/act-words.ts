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
  member_invited: m.acts_member_invited,
  member_joined: m.acts_member_joined,
  member_role_changed: m.acts_member_role_changed,
  member_removed: m.acts_member_removed,
  event_created: m.acts_event_created,
  event_published: m.acts_event_published,
  event_withdrawn: m.acts_event_withdrawn,
  event_address_changed: m.acts_event_address_changed,
  event_dates_changed: m.acts_event_dates_changed,
  event_texts_changed: m.acts_event_texts_changed,
  event_translated: m.acts_event_translated,
  rooms_changed: m.acts_rooms_changed,
  checkpoints_changed: m.acts_checkpoints_changed,
  registration_opened: m.acts_registration_opened,
  registration_closed: m.acts_registration_closed,
};
