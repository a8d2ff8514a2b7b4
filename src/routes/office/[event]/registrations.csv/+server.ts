import { csvResponse } from '$lib/server/csv-stream';
import { listWorkgroups } from '$lib/server/events';
import { exportRegistrations } from '$lib/server/registration-export';
import { eventOf } from '../event-of';
import { readFilters } from '../registrations/list-query';
import { tableLanguage } from '../table-language';
import type { RequestHandler } from './$types';

/** The registrations that the list's filters leave, as a file. What was searched for stands in no address. */
export const GET: RequestHandler = async ({ params, url, locals: { installation, organiser } }) => {
  const { id, slug } = await eventOf(installation, params.event);
  const filters = readFilters(url.searchParams, await listWorkgroups(installation.db, id));
  const { header, parts } = await exportRegistrations(installation, id, filters, tableLanguage(), organiser);
  return csvResponse(`einlass-${slug}-registrations`, header, parts);
};
