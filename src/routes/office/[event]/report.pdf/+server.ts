import { getLocale } from '$lib/i18n';
import { readFigures } from '$lib/server/event-figures';
import { listWorkgroups } from '$lib/server/events';
import { renderReportPdf } from '$lib/server/pdf/report-pdf';
import { eventOf } from '../event-of';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const pdf = await renderReportPdf({
    locale: getLocale(),
    event,
    workgroups: await listWorkgroups(installation.db, event.id),
    figures: await readFigures(installation, event.id),
    now: installation.clock(),
  });
  return new Response(new Uint8Array(pdf), {
    headers: {
      'cache-control': 'no-store',
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${event.slug}-report.pdf"`,
    },
  });
};
