import * as v from 'valibot';
import type { WorkgroupId } from '../../../../lib/domain/ids.ts';
import { LIST_SORTS, LISTED_STATES } from '../../../../lib/domain/registration-list.ts';
import type { ListQuery } from '../../../../lib/server/registration-list.ts';
import { textOf, tidy } from '../../../(public)/person-fields.ts';

const StateSchema = v.fallback(v.nullable(v.picklist(LISTED_STATES)), null);
const SortSchema = v.fallback(v.picklist(LIST_SORTS), 'name');
const PageSchema = v.fallback(v.pipe(v.string(), v.regex(/^[1-9]\d{0,5}$/), v.transform(Number)), 1);

/** The most characters that are searched for. */
const SEARCH_LENGTH = 200;
const SearchSchema = v.pipe(
  v.string(),
  v.transform((text) => tidy(text).slice(0, SEARCH_LENGTH)),
);

/** What of the list stands in its address; what is unknown there is as if it were not. */
export type ListFilters = Omit<ListQuery, 'search'>;

export function readFilters(query: URLSearchParams, workgroups: { id: WorkgroupId }[]): ListFilters {
  return {
    workgroupId: workgroups.find(({ id }) => id === query.get('workgroup'))?.id ?? null,
    state: v.parse(StateSchema, query.get('state')),
    sort: v.parse(SortSchema, query.get('sort')),
    page: v.parse(PageSchema, query.get('page')),
  };
}

/** The filters as an address has them; the first page and the usual order are not said. */
export function writeFilters({ workgroupId, state, sort, page }: ListFilters): string {
  const query = new URLSearchParams();
  if (workgroupId) query.set('workgroup', workgroupId);
  if (state) query.set('state', state);
  if (sort !== 'name') query.set('sort', sort);
  if (page > 1) query.set('page', String(page));
  return query.toString();
}

/** What is searched for: it comes in the body, because a name may stand in no address. */
export function readSearch(data: FormData): string {
  return v.parse(SearchSchema, textOf(data, 'search'));
}
