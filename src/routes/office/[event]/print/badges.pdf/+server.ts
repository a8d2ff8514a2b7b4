import { getLocale } from '$lib/i18n';
import { streamBadges } from '$lib/server/pdf/badges-pdf';
import { eventOf } from '../../event-of';
import { pdfAnswer, printedOf } from '../chosen';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, url, locals: { installation, organiser } }) => {
  const event = await eventOf(installation, params.event);
  const printed = await printedOf(installation, event, 'badges', url, organiser);
  const withCodes = url.searchParams.get('qr') === 'yes';
  return pdfAnswer(streamBadges(event, printed, getLocale(), withCodes), `${event.slug}-badges`);
};
