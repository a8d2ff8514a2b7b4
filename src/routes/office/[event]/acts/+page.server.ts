import * as v from 'valibot';
import {
  ACCOUNT_ACT_KINDS,
  ACT_KINDS,
  ActKindSchema,
  INSTALLATION_ACT_KINDS,
  type ActKind,
} from '$lib/domain/act';
import { listActs } from '$lib/server/acts';
import { namesOfSubjects } from '$lib/server/act-subjects';
import { eventOf } from '../event-of';
import type { PageServerLoad } from './$types';

const PAGE = 50;
const OF_NO_EVENT: readonly ActKind[] = [...ACCOUNT_ACT_KINDS, ...INSTALLATION_ACT_KINDS];
const EVENT_KINDS = ACT_KINDS.filter((kind) => !OF_NO_EVENT.includes(kind));

const FilterSchema = v.object({
  kind: v.fallback(v.optional(ActKindSchema), undefined),
  before: v.fallback(v.optional(v.pipe(v.string(), v.uuid())), undefined),
});

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const { id, slug, texts } = await eventOf(installation, params.event);
  const filter = v.parse(FilterSchema, Object.fromEntries(url.searchParams));
  const acts = await listActs(installation.db, id, filter, PAGE + 1);
  const shown = acts.slice(0, PAGE);
  return {
    event: { slug, title: texts.title },
    kinds: EVENT_KINDS,
    kind: filter.kind ?? null,
    acts: shown,
    names: await namesOfSubjects(installation.db, id, shown),
    next: acts.length > PAGE ? shown.at(-1)!.id : null,
    isFirst: filter.before === undefined,
  };
};
