import { error } from '@sveltejs/kit';
import { writeMessage } from '$lib/server/mail/message';
import { renderTicketPdf } from '$lib/server/pdf/ticket-pdf';
import { mailOf } from '../mail-of';
import type { RequestHandler } from './$types';

/** The tickets that go with a mail, to be printed. */
export const GET: RequestHandler = async ({ params, locals: { installation } }) => {
  const { mail } = await mailOf(installation, params);
  const { paper } = (await writeMessage(installation, mail)) ?? error(404);
  if (paper.length === 0) error(404);
  return new Response(new Uint8Array(await renderTicketPdf(paper)), {
    headers: {
      'content-type': 'application/pdf',
      'content-disposition': 'attachment; filename="ticket.pdf"',
      'cache-control': 'no-store',
    },
  });
};
