import { getLocale } from '$lib/i18n';
import { streamRoomLists } from '$lib/server/pdf/room-lists-pdf';
import { eventOf } from '../../event-of';
import { pdfAnswer, printedOf } from '../chosen';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, url, locals: { installation, organiser } }) => {
  const event = await eventOf(installation, params.event);
  const printed = await printedOf(installation, event, 'lists', url, organiser);
  return pdfAnswer(streamRoomLists(event, printed, getLocale()), `${event.slug}-lists`);
};
