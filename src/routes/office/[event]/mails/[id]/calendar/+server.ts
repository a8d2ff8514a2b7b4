import { error } from '@sveltejs/kit';
import { writeMessage } from '$lib/server/mail/message';
import { mailOf } from '../mail-of';
import type { RequestHandler } from './$types';

/** The appointment that goes with a mail. */
export const GET: RequestHandler = async ({ params, locals: { installation } }) => {
  const { mail } = await mailOf(installation, params);
  const { calendar } = (await writeMessage(installation, mail)) ?? error(404);
  if (calendar === null) error(404);
  return new Response(calendar, {
    headers: {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'attachment; filename="einlass.ics"',
      'cache-control': 'no-store',
    },
  });
};
