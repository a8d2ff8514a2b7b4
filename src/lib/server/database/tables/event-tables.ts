import type { Generated } from 'kysely';
import type { CheckpointId, EventId, KeyId, RoomId, WorkgroupId } from '../../../domain/ids.ts';
import type { Checkpoint } from '../../../domain/setting.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Flag, Json } from './cells.ts';

export interface InstallationTable {
  /** Made anew when a backup is restored, so that tablets that know more notice. */
  database_id: string;
  created_at: Millis;
  /** Made with the secret, so that a process that has another one is noticed; null before the first start. */
  secret_proof: Generated<string | null>;
}

export interface EventsTable {
  id: EventId;
  slug: string;
  texts: Json;
  starts_at: Millis;
  ends_at: Millis;
  registration_until: Millis;
  admission_from: Millis;
  admission_until: Millis;
  /** The last number given to a change of this event's feed. */
  change: number;
  /** The number of the last change of anything in the event's setting. */
  setting_change: number;
  held: Generated<'on_site' | 'digital'>;
  /** When that was decided; null while nobody has decided anew. */
  held_since: Millis | null;
  /** Null for a draft: only who sets it up sees it. */
  published_at: Millis | null;
  /** When registration opens; null: as soon as the event is published. */
  registration_from: Millis | null;
  /** When registration was closed by hand; null: its dates alone decide. */
  registration_closed_at: Millis | null;
  /** How many days after its end the personal data of its registrants is erased. */
  kept_days: Generated<number>;
  /** When it was, for the first time: what tablets hand in afterwards is erased too. */
  erased_at: Generated<Millis | null>;
  /** How often what stood in the log was rewritten, because it was erased: who has folded it then folds it anew. */
  rewrites: Generated<number>;
}

/** What only one process at a time shall do, while it is done. */
export interface TurnsTable {
  what: string;
  /** Whose turn it is. */
  holder: string;
  /** Without a sign of life. */
  until: Millis;
}

export interface RoomsTable {
  event_id: EventId;
  id: RoomId;
  name: Json;
  capacity: number;
  main: Flag;
  position: number;
}

export interface WorkgroupsTable {
  event_id: EventId;
  id: WorkgroupId;
  number: number;
  title: Json;
  room_id: RoomId;
  /** How many registrations are confirmed at the most. */
  places: number;
  /** Where the workgroup meets when the event is held digitally. */
  meeting_url: string | null;
}

export interface CheckpointsTable {
  event_id: EventId;
  id: CheckpointId;
  name: Json;
  room_id: RoomId;
  directions: Json;
  admits: Checkpoint['admits'];
  reentry: Checkpoint['reentry'];
  position: number;
}

export interface EventKeysTable {
  event_id: EventId;
  key_id: KeyId;
  /** Base64url. */
  public_key: string;
  /** The private key's seed, sealed with the installation's secret. */
  sealed_seed: string;
  created_at: Millis;
  /** Since when it signs only for tickets that the roster holds, as a revoked tablet's; null while it is good. */
  revoked_at: Generated<Millis | null>;
}

/** What seals that which passes between an event's tablets without the server. */
export interface EventExchangeKeysTable {
  event_id: EventId;
  /** 32 bytes, sealed with the installation's secret. */
  sealed_key: string;
  created_at: Millis;
}
