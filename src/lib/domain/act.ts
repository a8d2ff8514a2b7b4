import * as v from 'valibot';

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
  'announcement_sent',
  'member_invited',
  'member_joined',
  'member_role_changed',
  'member_removed',
  'registrations_exported',
  'registrations_imported',
  'acts_exported',
] as const;
export type ActKind = (typeof ACT_KINDS)[number];

export const ActKindSchema = v.picklist(ACT_KINDS);

/** Figures and ids that say more about an act; nothing personal. */
export const ActDetailsSchema = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]));
export type ActDetails = v.InferOutput<typeof ActDetailsSchema>;
