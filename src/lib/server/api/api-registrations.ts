import type * as v from 'valibot';
import type { RegistrationId, WorkgroupId } from '../../domain/ids.ts';
import type { RegistrationRow } from '../database/schema.ts';
import type { Installation } from '../installation.ts';
import { findRegistration, readNeeds } from '../registrations.ts';
import { feedPage, feedRange } from './api-feed.ts';
import {
  isoTime,
  type ApiRegistrationPageSchema,
  type ApiRegistrationSchema,
  type RegistrationQuerySchema,
} from './api-schemas.ts';
import type { ApiClient } from './api-tokens.ts';

export type ApiRegistration = v.InferInput<typeof ApiRegistrationSchema>;

/**
 * A page of an event's registrations in the order in which they changed last: so whoever goes on from the last cursor
 * gets what has changed since, each as it is now.
 *
 * @returns null when the cursor is no good
 */
export async function listApiRegistrations(
  { db }: Installation,
  client: ApiClient,
  { after, limit, state, workgroup }: v.InferOutput<typeof RegistrationQuerySchema>,
): Promise<v.InferInput<typeof ApiRegistrationPageSchema> | null> {
  const range = await feedRange(db, client.eventId, after);
  if (!range) return null;
  let query = db
    .selectFrom('registrations')
    .selectAll()
    .where('event_id', '=', client.eventId)
    .where('change', '>', range.after)
    .where('change', '<=', range.newest);
  if (state) query = query.where('state', '=', state);
  if (workgroup !== undefined) query = query.where('workgroup_id', '=', workgroup as WorkgroupId);
  const found = await query
    .orderBy('change')
    .limit(limit + 1)
    .execute();
  const { rows, cursor, more } = feedPage(found, limit, range);
  return { registrations: rows.map((row) => apiRegistration(row, client)), cursor, more };
}

/** @returns null when the event has no such registration */
export async function readApiRegistration(
  { db }: Installation,
  client: ApiClient,
  id: RegistrationId,
): Promise<ApiRegistration | null> {
  const row = await findRegistration(db, client.eventId, id);
  return row && apiRegistration(row, client);
}

/** Who the person is stays here unless the token may know it. */
function apiRegistration(row: RegistrationRow, { scopes }: ApiClient): ApiRegistration {
  const erased = row.erased_at !== null;
  return {
    id: row.id,
    state: row.state,
    stateSince: isoTime(row.state_since),
    createdAt: isoTime(row.created_at),
    workgroup: row.workgroup_id,
    firstChoice: row.first_choice_id,
    secondChoice: row.second_choice_id,
    origin: row.origin,
    broughtBy: row.host_id,
    erased,
    person:
      erased || !scopes.includes('people:read')
        ? null
        : {
            name: row.name,
            email: row.email,
            affiliation: row.affiliation,
            locale: row.locale,
            accessNeeds: readNeeds(row.access_needs),
          },
  };
}
