import type { Generated, Insertable, Selectable } from 'kysely';
import type { AnomalyReason } from '../../domain/anomaly.ts';
import type { Affiliation } from '../../domain/access-needs.ts';
import type {
  CheckpointId,
  DecisionId,
  DeviceId,
  EventId,
  KeyId,
  PayloadHash,
  RegistrationId,
  RoomId,
  ScanId,
  TicketId,
  WorkgroupId,
} from '../../domain/ids.ts';
import type { ActKind } from '../../domain/act.ts';
import type { MoveKind } from '../../domain/place-figures.ts';
import type { HappeningKind } from '../../domain/happening.ts';
import type { Role } from '../../domain/office-rights.ts';
import type { RegistrationState } from '../../domain/registration.ts';
import type { Checkpoint, Direction } from '../../domain/setting.ts';
import type { Millis } from '../../domain/time.ts';
import type { VerdictWord } from '../../domain/verdict.ts';

/** SQLite has no booleans, and PostgreSQL is given the same numbers. */
export type Flag = 0 | 1;
/** JSON as text: read by a schema where it leaves the database. */
export type Json = string;

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

/** What registrants said of themselves, as counts in which nobody can be recognised, from before it was erased. */
export interface SurveysTable {
  event_id: EventId;
  taken_at: Millis;
  /** What `SurveySchema` reads. */
  survey: Json;
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

export interface RegistrationsTable {
  event_id: EventId;
  id: RegistrationId;
  /** Made with the form, so that sending it twice registers once. */
  submission_id: string;
  name: string;
  /** The name as it is searched and sorted: what `nameKey` makes of it. */
  name_key: string;
  email: string | null;
  workgroup_id: WorkgroupId;
  state: RegistrationState;
  state_since: Millis;
  /** What `AccessNeedsSchema` reads. */
  access_needs: Json;
  locale: string;
  origin: 'form' | 'office' | 'walk_in';
  consented_at: Millis | null;
  created_at: Millis;
  change: number;
  /** Whose form brought this person along; null for whoever filled in the form. */
  host_id: RegistrationId | null;
  /** What was wished for, in the form or by one's own later change; `workgroup_id` is what was given. */
  first_choice_id: WorkgroupId | null;
  second_choice_id: WorkgroupId | null;
  affiliation: Affiliation | null;
  /** The place in the queue of the waiting list: the number of the change that joined it. */
  waiting_since: number | null;
  /** When everything personal was erased; what is left is a number among others. */
  erased_at: Millis | null;
}

export type MailKind =
  | 'confirmation'
  | 'waiting_list'
  | 'promotion'
  | 'change'
  | 'cancellation'
  | 'ticket'
  | 'reminder'
  | 'held'
  | 'announcement';

/** The outbox: mails to be sent, each for one reason, and what became of them. What they say is written when they go. */
export interface MailsTable {
  event_id: EventId;
  /** Also the message's id in the mail itself, so that a mail that is sent twice is known as the same. */
  id: string;
  /**
   * Whom the mail is about; it goes to that person's address, or to the address of who brought them along. Null where
   * somebody in the office tries out what others shall get.
   */
  registration_id: RegistrationId | null;
  kind: MailKind;
  /** What has happened: one mail for each. */
  reason: string;
  state: 'waiting' | 'sent' | 'failed' | 'expired';
  attempts: number;
  next_attempt_at: Millis;
  /** A process is sending it; after this time another may try. */
  claimed_until: Millis | null;
  /** Why the last attempt failed: a word or a status, nothing personal. */
  problem: string | null;
  created_at: Millis;
  /** When it was sent or given up. */
  settled_at: Millis | null;
  /** From when on nobody needs it any more. */
  expires_at: Millis;
  /** What it says, where it is an announcement. */
  announcement_id: string | null;
  /** Whom a try goes to: what `TryForSchema` reads. */
  try_for: Json | null;
  /** One of many, which lets those pass that somebody waits for. */
  bulk: Generated<Flag>;
}

/** What the office writes to many. */
export interface AnnouncementsTable {
  event_id: EventId;
  id: string;
  /** What `AudienceSchema` reads. */
  audience: Json;
  /** What `AnnouncementTextsSchema` reads. */
  texts: Json;
  /** Rises with every change, so that of two who write at once none overwrites the other unseen. */
  version: number;
  created_at: Millis;
  /** Null while it is being written. */
  sent_at: Millis | null;
}

/** Barriers that somebody has met with on the public pages. */
export interface FeedbackTable {
  /** Of the form and what stood in it, so that sending it twice keeps it once. */
  id: string;
  /** Null where it is about no event's page. */
  event_id: EventId | null;
  text: string;
  /** Where an answer is wanted. */
  email: string | null;
  /** The page's path without its language, and of a ticket's page without the ticket's link. */
  page: string | null;
  locale: string;
  created_at: Millis;
}

export interface TicketsTable {
  event_id: EventId;
  id: TicketId;
  registration_id: RegistrationId;
  /** The text of the QR code. */
  text: string;
  issued_at: Millis;
  revoked_at: Millis | null;
}

/** Tables of registrations that have been handed in to be looked at, until they are taken in or an hour has passed. */
export interface ImportsTable {
  id: string;
  event_id: EventId;
  created_at: Millis;
  /** The text of the table; empty once it has been taken in. */
  content: string;
  /** What came of it, in figures; null while it has not been taken in. */
  result: Json | null;
}

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

/** One-time links by which the first organiser gets in. */
export interface SetupLinksTable {
  token_hash: string;
  expires_at: Millis;
  used_at: Millis | null;
}

/** Who administers the installation. */
export interface AdministratorsTable {
  user_id: string;
  since: Millis;
}

/** Who is what to which event. */
export interface MembersTable {
  event_id: EventId;
  user_id: string;
  role: Role;
  since: Millis;
}

/** One-time links by which somebody gets a role at an event. */
export interface InvitationsTable {
  token_hash: string;
  event_id: EventId;
  role: Role;
  created_at: Millis;
  expires_at: Millis;
  used_at: Millis | null;
}

/** Who did what in the office. It only grows. */
export interface ActsTable {
  id: string;
  event_id: EventId | null;
  at: Millis;
  /** Null where the server did it by itself. */
  actor_id: string | null;
  /** As it was then: accounts go. */
  actor_name: string | null;
  kind: ActKind;
  /** The id of whom or what it was done to. */
  subject: string | null;
  /** Figures and ids, nothing personal: it outlives the people it is about. */
  details: Json;
}

/** Assignments of people to workgroups by their choices, as they were applied. */
export interface AssignmentsTable {
  id: string;
  event_id: EventId;
  at: Millis;
  /** Of the proposal: what it changes, as a hash. */
  fingerprint: string;
  /** What `PlaceFiguresSchema` reads. */
  figures: Json;
  undone_at: Millis | null;
}

/** Whom an assignment moved. */
export interface AssignmentMovesTable {
  assignment_id: string;
  registration_id: RegistrationId;
  kind: MoveKind;
  from_workgroup_id: WorkgroupId;
  from_state: 'confirmed' | 'waitlisted';
  from_waiting_since: number | null;
  to_workgroup_id: WorkgroupId;
  to_state: 'confirmed' | 'waitlisted';
  /** What became of it when the assignment was undone; null while it is not. */
  undone: 'put_back' | 'changed_since' | 'full' | null;
}

/** Who signs in. This table and the four after it are better-auth's; what it alone reads is not typed here. */
export interface UsersTable {
  id: string;
  name: string;
  email: string;
  two_factor_enabled: Generated<boolean>;
  /** From when on nobody gets in with it; null: somebody does. */
  disabled_at: Generated<Millis | null>;
  /** When an administrator has taken the second factor away; null once there is one again. */
  factor_taken_at: Generated<Millis | null>;
  /** When the mail that tells its owner of that is tried next; null: it is sent, or not to be. */
  factor_notice_at: Generated<Millis | null>;
}

export interface SessionsTable {
  id: string;
  user_id: string;
  /** By what it began; null in those that a process of before has begun, which does not write that down. */
  way: Generated<'password' | 'provider' | null>;
  /** When its owner has last proved who they are; null: never since that is written down. */
  proved_at: Generated<Millis | null>;
}

/** The code from an app that somebody is asked for beside the password. */
export interface SecondFactorsTable {
  id: string;
  user_id: string;
  /** Encrypted by better-auth. */
  secret: string;
  /** The hashes of those that are left. */
  recovery_codes: Json;
}

/** How somebody signs in: a password's hash, later also other ways. */
export interface UserAccountsTable {
  id: string;
  user_id: string;
  provider_id: string;
  /** A hash, where it is a password. */
  password: Generated<string | null>;
}

export interface VerificationsTable {
  id: string;
}

/** One-time links by which somebody who can't sign in any more chooses a new password. */
export interface AccountResetsTable {
  token_hash: string;
  user_id: string;
  created_at: Millis;
  expires_at: Millis;
  used_at: Millis | null;
}

/** How often something was tried lately that may be tried only so often. */
export interface AttemptsTable {
  /** What is tried by whom, as a keyed hash. */
  key: string;
  count: number;
  /** When it is forgotten. */
  until: Millis;
}

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
export interface WebhookDeliveriesTable {
  webhook_id: string;
  /** Also the message's `webhook-id`, the same at every attempt. */
  id: string;
  kind: HappeningKind;
  /** What is sent: ids and states, nothing personal. */
  body: Json;
  state: 'waiting' | 'sent' | 'failed' | 'expired';
  attempts: number;
  next_attempt_at: Millis;
  claimed_until: Millis | null;
  /** Why the last attempt failed: a word, and a status where there is one. */
  problem: string | null;
  created_at: Millis;
  settled_at: Millis | null;
  expires_at: Millis;
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

export interface Schema {
  installation: InstallationTable;
  events: EventsTable;
  surveys: SurveysTable;
  rooms: RoomsTable;
  workgroups: WorkgroupsTable;
  checkpoints: CheckpointsTable;
  event_keys: EventKeysTable;
  event_exchange_keys: EventExchangeKeysTable;
  registrations: RegistrationsTable;
  tickets: TicketsTable;
  pairing_codes: PairingCodesTable;
  devices: DevicesTable;
  scans: ScansTable;
  decisions: DecisionsTable;
  anomalies: AnomaliesTable;
  setup_links: SetupLinksTable;
  administrators: AdministratorsTable;
  members: MembersTable;
  invitations: InvitationsTable;
  acts: ActsTable;
  assignments: AssignmentsTable;
  assignment_moves: AssignmentMovesTable;
  users: UsersTable;
  sessions: SessionsTable;
  second_factors: SecondFactorsTable;
  account_resets: AccountResetsTable;
  user_accounts: UserAccountsTable;
  verifications: VerificationsTable;
  attempts: AttemptsTable;
  mails: MailsTable;
  announcements: AnnouncementsTable;
  feedback: FeedbackTable;
  api_tokens: ApiTokensTable;
  api_requests: ApiRequestsTable;
  webhooks: WebhooksTable;
  webhook_deliveries: WebhookDeliveriesTable;
  watched_events: WatchedEventsTable;
  watched_registrations: WatchedRegistrationsTable;
  imports: ImportsTable;
  turns: TurnsTable;
}

export type EventRow = Selectable<EventsTable>;
export type RegistrationRow = Selectable<RegistrationsTable>;
export type NewRegistrationRow = Omit<RegistrationRow, 'erased_at'>;
export type DeviceRow = Selectable<DevicesTable>;
export type AnnouncementRow = Selectable<AnnouncementsTable>;
export type MailRow = Selectable<MailsTable>;
export type DecisionRow = Selectable<DecisionsTable>;
export type ApiTokenRow = Selectable<ApiTokensTable>;
export type WebhookRow = Selectable<WebhooksTable>;
export type WebhookDeliveryRow = Selectable<WebhookDeliveriesTable>;
export type ScanRow = Selectable<ScansTable>;
export type NewScanRow = Insertable<ScansTable>;
