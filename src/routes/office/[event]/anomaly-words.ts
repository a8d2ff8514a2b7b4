import type { AnomalyReason } from '$lib/domain/anomaly';
import { m } from '$lib/i18n';

/** Why a record is kept aside, in one sentence. */
export const ANOMALY_WORDS: Record<AnomalyReason, () => string> = {
  malformed: m.office_anomaly_malformed,
  unknown_field: m.office_anomaly_unknown_field,
  foreign_device: m.office_anomaly_foreign_device,
  impossible_time: m.office_anomaly_impossible_time,
  after_revocation: m.office_anomaly_after_revocation,
  id_taken: m.office_anomaly_id_taken,
  sequence_taken: m.office_anomaly_sequence_taken,
  bad_ticket: m.office_anomaly_bad_ticket,
  bad_signature: m.office_anomaly_bad_signature,
  unknown_device: m.office_anomaly_unknown_device,
  unknown_workgroup: m.office_anomaly_unknown_workgroup,
};
