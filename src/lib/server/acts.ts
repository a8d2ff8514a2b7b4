import type { Selectable } from 'kysely';
import { v7 } from 'uuid';
import * as v from 'valibot';
import { ActDetailsSchema, type ActDetails, type ActKind } from '../domain/act.ts';
import type { EventId } from '../domain/ids.ts';
import type { Millis } from '../domain/time.ts';
import type { Organiser } from './accounts.ts';
import type { Database, Tx } from './database/open.ts';
import type { ActsTable } from './database/tables/office-tables.ts';
import type { Installation } from './installation.ts';

/** Who does it; null: the server by itself. */
export type Actor = Pick<Organiser, 'id' | 'name'> | null;

export interface NewAct {
  eventId: EventId | null;
  by: Actor;
  kind: ActKind;
  /** The id of whom or what it is done to. */
  subject?: string;
  /** Figures and ids, nothing personal. */
  details?: ActDetails;
}

export interface Act {
  id: string;
  at: Millis;
  actorName: string | null;
  kind: ActKind;
  subject: string | null;
  details: ActDetails;
}

/** Writes down what is done, in the transaction that does it. */
export async function writeAct({ clock }: Pick<Installation, 'clock'>, tx: Tx, act: NewAct): Promise<void> {
  await tx
    .insertInto('acts')
    .values({
      id: v7(),
      event_id: act.eventId,
      at: clock(),
      actor_id: act.by?.id ?? null,
      actor_name: act.by?.name ?? null,
      kind: act.kind,
      subject: act.subject ?? null,
      details: JSON.stringify(act.details ?? {}),
    })
    .execute();
}

export interface ActFilter {
  kind?: ActKind | undefined;
  /** Only acts before this one, by its id. */
  before?: string | undefined;
}

/** What was done at an event, the last first. @param limit - the most acts */
export async function listActs(
  db: Database,
  eventId: EventId,
  { kind, before }: ActFilter,
  limit: number,
): Promise<Act[]> {
  let query = db.selectFrom('acts').selectAll().where('event_id', '=', eventId);
  if (kind) query = query.where('kind', '=', kind);
  // The ids are made in the order of time.
  if (before) query = query.where('id', '<', before);
  return (await query.orderBy('id', 'desc').limit(limit).execute()).map(actOf);
}

/** What was done to accounts and to the installation, which belongs to no event; the last first. */
export async function listInstallationActs(db: Database, limit: number): Promise<Act[]> {
  const query = db.selectFrom('acts').selectAll().where('event_id', 'is', null);
  return (await query.orderBy('id', 'desc').limit(limit).execute()).map(actOf);
}

function actOf(row: Selectable<ActsTable>): Act {
  return {
    id: row.id,
    at: row.at,
    actorName: row.actor_name,
    kind: row.kind,
    subject: row.subject,
    details: v.parse(ActDetailsSchema, JSON.parse(row.details)),
  };
}
