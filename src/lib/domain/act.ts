import * as v from 'valibot';

/** What somebody does to an account, which belongs to no event. */
export const ACCOUNT_ACT_KINDS = [
  'account_renamed',
  'password_changed',
  'second_factor_on',
  'second_factor_off',
  'recovery_codes_made',
  'recovery_code_used',
  'sessions_ended',
  'provider_linked',
  'account_reset_made',
  'account_reset_used',
  'account_disabled',
  'account_enabled',
  'second_factor_taken',
] as const;

/** What whoever runs the server does to the whole installation, which belongs to no event either. */
export const INSTALLATION_ACT_KINDS = ['backup_restored', 'administrator_made'] as const;

/** What is written down of what is done in the office. */
export const ACT_KINDS = [
  'pairing_code_made',
  'device_renamed',
  'device_locked',
  'device_unlocked',
  'device_revoked',
  'held_changed',
  'registration_corrected',
  'registration_confirmed',
  'registration_moved',
  'registration_cancelled',
  'ticket_reissued',
  'workgroups_decided',
  'places_assigned',
  'assignment_undone',
  'conflict_settled',
  'checked_in_by_hand',
  'checked_out_by_hand',
  'check_in_undone',
  'walk_in_registered',
  'scans_imported',
  'api_token_made',
  'api_token_revoked',
  'api_registered',
  'webhook_made',
  'webhook_paused',
  'webhook_resumed',
  'webhook_deleted',
  'feedback_deleted',
  'mail_tried_again',
  'retention_changed',
  'event_erased',
  'names_printed',
  'announcement_sent',
  'member_invited',
  'member_joined',
  'member_role_changed',
  'member_removed',
  'registrations_exported',
  'registrations_imported',
  'acts_exported',
  ...ACCOUNT_ACT_KINDS,
  ...INSTALLATION_ACT_KINDS,
  'event_created',
  'event_published',
  'event_withdrawn',
  'event_address_changed',
  'event_dates_changed',
  'event_texts_changed',
  'event_translated',
  'rooms_changed',
  'checkpoints_changed',
  'event_key_changed',
  'registration_opened',
  'registration_closed',
] as const;
export type ActKind = (typeof ACT_KINDS)[number];

export const ActKindSchema = v.picklist(ACT_KINDS);

/** Figures and ids that say more about an act; nothing personal. */
export const ActDetailsSchema = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]));
export type ActDetails = v.InferOutput<typeof ActDetailsSchema>;
