import type { Generated } from 'kysely';
import type { Affiliation } from '../../../domain/access-needs.ts';
import type { EventId, RegistrationId, TicketId, WorkgroupId } from '../../../domain/ids.ts';
import type { MoveKind } from '../../../domain/place-figures.ts';
import type { RegistrationState } from '../../../domain/registration.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Flag, Json } from './cells.ts';
import type { OutboxColumns } from './outbox-columns.ts';

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

export interface TicketsTable {
  event_id: EventId;
  id: TicketId;
  registration_id: RegistrationId;
  /** The text of the QR code. */
  text: string;
  issued_at: Millis;
  revoked_at: Millis | null;
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
export interface MailsTable extends OutboxColumns {
  event_id: EventId;
  /**
   * Whom the mail is about; it goes to that person's address, or to the address of who brought them along. Null where
   * somebody in the office tries out what others shall get.
   */
  registration_id: RegistrationId | null;
  kind: MailKind;
  /** What has happened: one mail for each. */
  reason: string;
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

/** What registrants said of themselves, as counts in which nobody can be recognised, from before it was erased. */
export interface SurveysTable {
  event_id: EventId;
  taken_at: Millis;
  /** What `SurveySchema` reads. */
  survey: Json;
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
