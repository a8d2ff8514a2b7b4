import * as v from 'valibot';
import type { EventId } from '../domain/ids.ts';
import { SurveySchema, surveyOf, type Survey } from '../domain/survey.ts';
import { baseLocale, isLocale, locales } from '../i18n/index.ts';
import type { Database, Tx } from './database/open.ts';
import type { Installation } from './installation.ts';
import { readNeeds } from './registrations.ts';

/** What the registrants of an event said of themselves: as it was kept, or counted now. */
export async function readSurvey(db: Database | Tx, eventId: EventId): Promise<Survey> {
  const kept = await db
    .selectFrom('surveys')
    .select('survey')
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  return kept ? v.parse(SurveySchema, JSON.parse(kept.survey)) : countNow(db, eventId);
}

/**
 * Keeps what the registrants said of themselves, in counts, before any of it is erased. Once is enough: later there is
 * less to count. Before the end whoever is erased is cancelled too, and counts no more.
 */
export async function keepSurvey(
  tx: Tx,
  { clock }: Pick<Installation, 'clock'>,
  eventId: EventId,
): Promise<void> {
  const now = clock();
  const event = await tx
    .selectFrom('events')
    .select('id')
    .where('id', '=', eventId)
    .where('ends_at', '<=', now)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('surveys').select('event_id').where('event_id', '=', eventId))),
    )
    .executeTakeFirst();
  if (!event) return;
  const survey = JSON.stringify(await countNow(tx, eventId));
  await tx.insertInto('surveys').values({ event_id: eventId, taken_at: now, survey }).execute();
}

async function countNow(db: Database | Tx, eventId: EventId): Promise<Survey> {
  const rows = await db
    .selectFrom('registrations')
    .select(['affiliation', 'locale', 'access_needs'])
    .where('event_id', '=', eventId)
    .where('state', '=', 'confirmed')
    .where('origin', '!=', 'walk_in')
    .execute();
  const answers = rows.map(({ affiliation, locale, access_needs }) => ({
    affiliation,
    locale: isLocale(locale) ? locale : baseLocale,
    needs: readNeeds(access_needs),
  }));
  return surveyOf(answers, locales);
}
