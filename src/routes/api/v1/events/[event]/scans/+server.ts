import { apiAnswer, readQuery } from '$lib/server/api/api-answer';
import { cursorGone } from '$lib/server/api/api-problem';
import { listApiScans } from '$lib/server/api/api-scans';
import { ApiScanPageSchema, ScanQuerySchema } from '$lib/server/api/api-schemas';
import type { RequestHandler } from './$types';

/** What the doors have scanned. */
export const GET: RequestHandler = async ({ request, url, locals: { installation, client } }) => {
  const query = readQuery(url, ScanQuerySchema);
  if (query.kind === 'problem') return query.response;
  const page = await listApiScans(installation, client!, query.value);
  return page ? apiAnswer(request, ApiScanPageSchema, page) : cursorGone();
};
