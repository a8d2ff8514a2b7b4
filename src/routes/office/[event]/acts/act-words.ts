import type { ActKind } from '$lib/domain/act';
import { ROLES } from '$lib/domain/office-rights';
import { m, type Locale } from '$lib/i18n';
import type { Act } from '$lib/server/acts';
import { ROLE_WORDS, type Words } from '../../role-words';

/** What was done, in words. */
export const ACT_WORDS: Record<ActKind, Words> = {
  pairing_code_made: m.acts_pairing_code_made,
  device_renamed: m.acts_device_renamed,
  device_locked: m.acts_device_locked,
  device_unlocked: m.acts_device_unlocked,
  device_revoked: m.acts_device_revoked,
  held_changed: m.acts_held_changed,
  registration_corrected: m.acts_registration_corrected,
  registration_confirmed: m.acts_registration_confirmed,
  registration_moved: m.acts_registration_moved,
  registration_cancelled: m.acts_registration_cancelled,
  ticket_reissued: m.acts_ticket_reissued,
  workgroups_decided: m.acts_workgroups_decided,
  places_assigned: m.acts_places_assigned,
  assignment_undone: m.acts_assignment_undone,
  conflict_settled: m.acts_conflict_settled,
  checked_in_by_hand: m.acts_checked_in_by_hand,
  checked_out_by_hand: m.acts_checked_out_by_hand,
  check_in_undone: m.acts_check_in_undone,
  walk_in_registered: m.acts_walk_in_registered,
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
  retention_changed: m.acts_retention_changed,
  event_erased: m.acts_event_erased,
  names_printed: m.acts_names_printed,
  announcement_sent: m.acts_announcement_sent,
  member_invited: m.acts_member_invited,
  member_joined: m.acts_member_joined,
  member_role_changed: m.acts_member_role_changed,
  member_removed: m.acts_member_removed,
  registrations_exported: m.acts_registrations_exported,
  registrations_imported: m.acts_registrations_imported,
  acts_exported: m.acts_acts_exported,
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
  account_disabled: m.acts_account_disabled,
  account_enabled: m.acts_account_enabled,
  second_factor_taken: m.acts_second_factor_taken,
  backup_restored: m.acts_backup_restored,
  administrator_made: m.acts_administrator_made,
  event_created: m.acts_event_created,
  event_published: m.acts_event_published,
  event_withdrawn: m.acts_event_withdrawn,
  event_address_changed: m.acts_event_address_changed,
  event_dates_changed: m.acts_event_dates_changed,
  event_texts_changed: m.acts_event_texts_changed,
  event_translated: m.acts_event_translated,
  rooms_changed: m.acts_rooms_changed,
  checkpoints_changed: m.acts_checkpoints_changed,
  event_key_changed: m.acts_event_key_changed,
  registration_opened: m.acts_registration_opened,
  registration_closed: m.acts_registration_closed,
};

/** What more there is to say of an act: whom it was done to, which role, how many. */
export function moreOf(
  { subject, details }: Pick<Act, 'subject' | 'details'>,
  names: Record<string, string>,
  locale: Locale,
): string {
  const options = { locale };
  const role = ROLES.find((role) => role === details.role);
  return [
    subject && (names[subject] ?? m.acts_somebody_gone({}, options)),
    role && ROLE_WORDS[role].name({}, options),
    typeof details.host === 'string' && details.host,
    details.held === 'digital' && m.settings_held_digital({}, options),
    details.held === 'on_site' && m.settings_held_on_site({}, options),
    details.count !== undefined && m.acts_rows({ count: Number(details.count) }, options),
    details.people !== undefined && m.acts_people({ count: Number(details.people) }, options),
    details.added !== undefined && m.acts_added({ count: Number(details.added) }, options),
    details.changed !== undefined && m.acts_changed({ count: Number(details.changed) }, options),
  ]
    .filter(Boolean)
    .join(', ');
}
