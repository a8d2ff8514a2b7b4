import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely';
import type { Audience } from '../domain/announcement.ts';
import type { EventId } from '../domain/ids.ts';
import { baseLocale, isLocale, type Locale } from '../i18n/index.ts';
import type { Database, Tx } from './database/open.ts';
import type { Schema } from './database/schema.ts';

interface Joined extends Schema {
  person: Schema['registrations'];
  host: Schema['registrations'];
}

/**
 * Whose mails an announcement becomes. Whoever was brought along and gave no address is told by who brought them; where
 * that person is a reader as well, one mail does for both.
 */
export function readersOf(db: Database | Tx, eventId: EventId, audience: Audience) {
  return db
    .selectFrom('registrations as person')
    .leftJoin('registrations as host', 'host.id', 'person.host_id')
    .where('person.event_id', '=', eventId)
    .where((eb) => isOf(eb as never, 'person', audience))
    .where((eb) =>
      eb.or([
        eb('person.email', 'is not', null),
        eb.and([eb('host.email', 'is not', null), eb.not(isOf(eb as never, 'host', audience))]),
      ]),
    );
}

/** How many mails an announcement would become, by the language in which they are read. */
export async function countReaders(
  db: Database,
  eventId: EventId,
  audience: Audience,
): Promise<{ total: number; byLocale: Partial<Record<Locale, number>> }> {
  const rows = await readersOf(db, eventId, audience)
    .select((eb) => ['person.locale', eb.fn.countAll<number>().as('count')])
    .groupBy('person.locale')
    .execute();
  const byLocale: Partial<Record<Locale, number>> = {};
  for (const { locale, count } of rows) {
    const read = isLocale(locale) ? locale : baseLocale;
    byLocale[read] = (byLocale[read] ?? 0) + Number(count);
  }
  return { total: rows.reduce((sum, { count }) => sum + Number(count), 0), byLocale };
}

/** Whether somebody belongs to an audience. Of whoever has been erased, there is nobody left to write to. */
function isOf(
  eb: ExpressionBuilder<Joined, 'person' | 'host'>,
  who: 'person' | 'host',
  { state, workgroupId }: Audience,
): ExpressionWrapper<Joined, 'person' | 'host', SqlBool> {
  return eb.and([
    eb(`${who}.erased_at`, 'is', null),
    state === 'all' ? eb(`${who}.state`, '!=', 'cancelled') : eb(`${who}.state`, '=', state),
    ...(workgroupId ? [eb(`${who}.workgroup_id`, '=', workgroupId)] : []),
  ]);
}
