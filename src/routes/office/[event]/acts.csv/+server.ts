import * as v from 'valibot';
import { ActKindSchema, type ActKind } from '$lib/domain/act';
import type { EventId } from '$lib/domain/ids';
import { getLocale, m, type Locale } from '$lib/i18n';
import { listActs, writeAct } from '$lib/server/acts';
import { namesOfSubjects } from '$lib/server/act-subjects';
import { berlinStamp } from '$lib/server/berlin-time';
import { csvResponse } from '$lib/server/csv-stream';
import type { Database } from '$lib/server/database/open';
import { ACT_WORDS, moreOf } from '../acts/act-words';
import { eventOf } from '../event-of';
import type { RequestHandler } from './$types';

const AT_ONCE = 500;
const KindSchema = v.fallback(v.optional(ActKindSchema), undefined);

/** The log as a file, in words, the last first, and filtered as the page is. */
export const GET: RequestHandler = async ({ params, url, locals: { installation, organiser } }) => {
  const { db } = installation;
  const { id, slug } = await eventOf(installation, params.event);
  const kind = v.parse(KindSchema, url.searchParams.get('kind') ?? undefined);
  await db
    .transaction()
    .execute((tx) => writeAct(installation, tx, { eventId: id, by: organiser, kind: 'acts_exported' }));
  const header = [m.acts_when(), m.acts_who(), m.acts_what(), m.data_acts_more()];
  // The words' language is known now; when the parts are fetched, the request is over.
  return csvResponse(`einlass-${slug}-acts`, header, readParts(db, id, kind, getLocale()));
};

async function* readParts(
  db: Database,
  eventId: EventId,
  kind: ActKind | undefined,
  locale: Locale,
): AsyncGenerator<string[][], void, void> {
  for (let before: string | undefined; ;) {
    const acts = await listActs(db, eventId, { kind, before }, AT_ONCE);
    const names = await namesOfSubjects(db, eventId, acts);
    yield acts.map((act) => [
      berlinStamp(act.at),
      act.actorName ?? m.acts_server({}, { locale }),
      ACT_WORDS[act.kind]({}, { locale }),
      moreOf(act, names, locale),
    ]);
    before = acts.at(-1)?.id;
    if (acts.length < AT_ONCE) return;
  }
}
