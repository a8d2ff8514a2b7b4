import type { EventId, RegistrationId, WorkgroupId } from '../../../domain/ids.ts';
import type { HappeningKind } from '../../../domain/happening.ts';
import type { RegistrationState } from '../../../domain/registration.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Flag, Json } from './cells.ts';
import type { OutboxColumns } from './outbox-columns.ts';

/** By which another system of the city gets at one event. */
export interface ApiTokensTable {
  event_id: EventId;
  id: string;
  name: string;
  token_hash: string;
  /** What `ScopesSchema` reads. */
  scopes: Json;
  created_at: Millis;
  /** Null: never. */
  expires_at: Millis | null;
  last_used_at: Millis | null;
  revoked_at: Millis | null;
}

/** What was asked for with an idempotency key, so that the same key is not used for something else. */
export interface ApiRequestsTable {
  /** The registration's submission, which the key has become. */
  submission_id: string;
  /** A keyed hash of what was sent. */
  body_proof: string;
  created_at: Millis;
}

/** An address that is told what happens at an event. */
export interface WebhooksTable {
  event_id: EventId;
  id: string;
  url: string;
  /** What `ToldKindsSchema` reads. */
  kinds: Json;
  /** Signs what is sent; sealed with the installation's secret. */
  sealed_secret: string;
  created_at: Millis;
  /** Null while messages are sent. */
  paused_at: Millis | null;
  /** Attempts in a row that found nobody there. */
  failures: number;
  /** Before that nobody knocks again. */
  resume_at: Millis;
}

/** The webhooks' outbox: messages to be sent, and what became of them. */
export interface WebhookDeliveriesTable extends OutboxColumns {
  webhook_id: string;
  kind: HappeningKind;
  /** What is sent: ids and states, nothing personal. */
  body: Json;
}

/** How far an event's feed has been made into messages; only events that have had a webhook. */
export interface WatchedEventsTable {
  event_id: EventId;
  /** The number of the last change that is told. */
  position: number;
}

/** How a registration was when it was last told of: what differs from it has happened. */
export interface WatchedRegistrationsTable {
  event_id: EventId;
  registration_id: RegistrationId;
  state: RegistrationState;
  workgroup_id: WorkgroupId;
  erased: Flag;
}
