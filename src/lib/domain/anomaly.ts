/** Why a record that a tablet handed in is kept aside. */
export const ANOMALY_REASONS = [
  'malformed',
  'unknown_field',
  'foreign_device',
  'impossible_time',
  'after_revocation',
  'id_taken',
  'sequence_taken',
  'bad_ticket',
  /** Brought by another tablet, and not signed by the one that is said to have made it. */
  'bad_signature',
  /** Brought by another tablet, and made by none of the event's. */
  'unknown_device',
  'unknown_workgroup',
] as const;
export type AnomalyReason = (typeof ANOMALY_REASONS)[number];
