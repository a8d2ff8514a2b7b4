import type { Insertable, Selectable } from 'kysely';
import type {
  InstallationTable,
  EventsTable,
  TurnsTable,
  RoomsTable,
  WorkgroupsTable,
  CheckpointsTable,
  EventKeysTable,
  EventExchangeKeysTable,
} from './tables/event-tables.ts';
import type {
  RegistrationsTable,
  TicketsTable,
  MailsTable,
  AnnouncementsTable,
  SurveysTable,
  FeedbackTable,
  ImportsTable,
  AssignmentsTable,
  AssignmentMovesTable,
} from './tables/registrant-tables.ts';
import type {
  PairingCodesTable,
  DevicesTable,
  ScansTable,
  DecisionsTable,
  AnomaliesTable,
} from './tables/door-tables.ts';
import type {
  SetupLinksTable,
  AdministratorsTable,
  MembersTable,
  InvitationsTable,
  ActsTable,
  UsersTable,
  SessionsTable,
  SecondFactorsTable,
  UserAccountsTable,
  VerificationsTable,
  AccountResetsTable,
  AttemptsTable,
} from './tables/office-tables.ts';
import type {
  ApiTokensTable,
  ApiRequestsTable,
  WebhooksTable,
  WebhookDeliveriesTable,
  WatchedEventsTable,
  WatchedRegistrationsTable,
} from './tables/interface-tables.ts';

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
