import type { Generated } from 'kysely';
import type { EventId } from '../../../domain/ids.ts';
import type { ActKind } from '../../../domain/act.ts';
import type { Role } from '../../../domain/office-rights.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Json } from './cells.ts';

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
