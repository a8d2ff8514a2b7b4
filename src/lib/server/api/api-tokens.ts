import { v7 } from 'uuid';
import * as v from 'valibot';
import { ScopesSchema, type ApiScope } from '../../domain/api-scope.ts';
import type { EventId } from '../../domain/ids.ts';
import { addMillis, MINUTE, type Millis } from '../../domain/time.ts';
import { writeAct, type Actor } from '../acts.ts';
import type { Database } from '../database/open.ts';
import type { ApiTokenRow } from '../database/schema.ts';
import type { Installation } from '../installation.ts';
import { createToken, hashToken } from '../secrets.ts';

/** So that whoever finds one, a person or a scanner of repositories, knows what it is. */
const PREFIX = 'einlass_';

/** How old the noted time of a token's last use may become, in milliseconds: not every request writes. */
const USE_NOTED_EVERY = MINUTE;

export interface NewApiToken {
  /** Which system it is for; stands in the log of acts. */
  name: string;
  scopes: ApiScope[];
  /** Null: never. */
  expiresAt: Millis | null;
}

/** What the office sees of a token. */
export interface ApiToken extends NewApiToken {
  id: string;
  createdAt: Millis;
  lastUsedAt: Millis | null;
  revokedAt: Millis | null;
}

/** @returns the token itself, which nobody can read again: only its hash is kept */
export async function createApiToken(
  installation: Installation,
  eventId: EventId,
  { name, scopes, expiresAt }: NewApiToken,
  by: Actor = null,
): Promise<string> {
  const token = PREFIX + createToken();
  const id = v7();
  await installation.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('api_tokens')
      .values({
        event_id: eventId,
        id,
        name,
        token_hash: hashToken(token),
        scopes: JSON.stringify(scopes),
        created_at: installation.clock(),
        expires_at: expiresAt,
      })
      .execute();
    await writeAct(installation, tx, { eventId, by, kind: 'api_token_made', subject: id });
  });
  return token;
}

/** Lets a token in nowhere from now on. One that is revoked or not there stays as it is. */
export async function revokeApiToken(
  installation: Installation,
  eventId: EventId,
  id: string,
  by: Actor = null,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    const revoked = await tx
      .updateTable('api_tokens')
      .set({ revoked_at: installation.clock() })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (revoked) await writeAct(installation, tx, { eventId, by, kind: 'api_token_revoked', subject: id });
  });
}

/** Those in use first, then the newest first. */
export async function listApiTokens(db: Database, eventId: EventId): Promise<ApiToken[]> {
  const rows = await db
    .selectFrom('api_tokens')
    .selectAll()
    .where('event_id', '=', eventId)
    .orderBy((eb) => eb.case().when('revoked_at', 'is', null).then(0).else(1).end())
    .orderBy('id', 'desc')
    .execute();
  return rows.map(tokenOf);
}

/** Another system that has shown a token. */
export interface ApiClient {
  /** The token's id and name: who acts. */
  id: string;
  name: string;
  eventId: EventId;
  scopes: ApiScope[];
}

export type ClientOutcome =
  | { kind: 'client'; client: ApiClient }
  /** None was sent, or nobody's. */
  | { kind: 'unknown' }
  | { kind: 'revoked' }
  | { kind: 'expired' };

/** Whom an `Authorization` header belongs to. Notes, about once a minute, that the token is in use. */
export async function authenticateClient(
  { db, clock }: Pick<Installation, 'db' | 'clock'>,
  authorization: string | null,
): Promise<ClientOutcome> {
  const token = /^Bearer (einlass_[\w-]{43})$/i.exec(authorization ?? '')?.[1];
  if (!token) return { kind: 'unknown' };
  const row = await db
    .selectFrom('api_tokens')
    .selectAll()
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst();
  if (!row) return { kind: 'unknown' };
  const now = clock();
  if (row.revoked_at !== null) return { kind: 'revoked' };
  if (row.expires_at !== null && row.expires_at <= now) return { kind: 'expired' };
  if (row.last_used_at === null || row.last_used_at <= addMillis(now, -USE_NOTED_EVERY))
    await db.updateTable('api_tokens').set({ last_used_at: now }).where('id', '=', row.id).execute();
  const { id, name, scopes } = tokenOf(row);
  return { kind: 'client', client: { id, name, eventId: row.event_id, scopes } };
}

function tokenOf(row: ApiTokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    scopes: v.parse(ScopesSchema, JSON.parse(row.scopes)),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
