import type { AnomalyReason } from '../../../domain/anomaly.ts';
import type {
  CheckpointId,
  DecisionId,
  DeviceId,
  EventId,
  KeyId,
  PayloadHash,
  ScanId,
  TicketId,
} from '../../../domain/ids.ts';
import type { Direction } from '../../../domain/setting.ts';
import type { Millis } from '../../../domain/time.ts';
import type { VerdictWord } from '../../../domain/verdict.ts';
import type { Json } from './cells.ts';

export interface PairingCodesTable {
  code_hash: string;
  event_id: EventId;
  expires_at: Millis;
  device_id: DeviceId | null;
}

export interface DevicesTable {
  event_id: EventId;
  id: DeviceId;
  name: string;
  token_hash: string;
  /** Of the token that only hands in; null for tablets that were paired before there was one. */
  hand_in_hash: string | null;
  public_key: string;
  key_id: KeyId;
  paired_at: Millis;
  revoked_at: Millis | null;
  last_contact_at: Millis | null;
  /** As the tablet said at its last contact, less what that contact brought. */
  waiting: number;
  clock_offset: number;
  version: string;
  battery: number | null;
  /** Since when the office wants it locked; null once it is known to be, and where nobody wants it. */
  lock_asked_at: Millis | null;
  /** When it was first told so. */
  lock_told_at: Millis | null;
  /** Since when it has only handed in, because it waits for its PIN; null while it is open. */
  locked_since: Millis | null;
}

export interface ScansTable {
  event_id: EventId;
  id: ScanId;
  device_id: DeviceId;
  device_seq: number;
  ticket_id: TicketId | null;
  payload_hash: PayloadHash | null;
  checkpoint_id: CheckpointId;
  direction: Direction;
  device_time: Millis;
  clock_offset: number;
  roster_cursor: string | null;
  verdict_shown: VerdictWord;
  override_by: string | null;
  override_why: string | null;
  by_hand_by: string | null;
  by_hand_why: string | null;
  undoes: ScanId | null;
  received_at: Millis;
  change: number;
  /** By its tablet, in base64url; null where none came along, and where its words were erased. */
  signature: string | null;
  /** The tablet that brought it for the one that made it; null where that one did itself. */
  brought_by: DeviceId | null;
}

/** What the office has decided about conflicts. It only grows; a later decision replaces an earlier one. */
export interface DecisionsTable {
  event_id: EventId;
  id: DecisionId;
  reasons: Json;
  /** Whose scans they are: tickets, or what was shown instead. */
  subjects: Json;
  /** Every scan of the conflict, and what was found out about it. */
  scans: Json;
  /** Whose account; null where nobody's. */
  decided_by: string | null;
  decided_at: Millis;
  change: number;
}

/** What a tablet handed in that can't be right: kept for the office to judge, never counted. */
export interface AnomaliesTable {
  event_id: EventId;
  device_id: DeviceId;
  /** SHA-256 of the record, so that sending it again keeps it once. */
  record_hash: string;
  reason: AnomalyReason;
  record: Json;
  received_at: Millis;
}
