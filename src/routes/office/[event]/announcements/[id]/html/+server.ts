import { announcementText, isWritten } from '$lib/domain/announcement';
import { isLocale } from '$lib/i18n';
import { previewLetter } from '$lib/server/mail/announcement-letter';
import { letterHtml } from '$lib/server/mail/letter-html';
import { letterPage } from '../../../mails/letter-page';
import { announcementOf } from '../announcement-of';
import type { RequestHandler } from './$types';

/** What an announcement's mail would look like, to whoever writes it. */
export const GET: RequestHandler = async ({ params, url, locals: { installation, organiser } }) => {
  const { event, announcement } = await announcementOf(installation, params);
  const wanted = url.searchParams.get('language');
  const locale = isLocale(wanted) && isWritten(announcement.texts, wanted) ? wanted : 'de';
  const reader = { name: organiser!.name, address: organiser!.email, locale };
  const letter = previewLetter(installation, event, announcementText(announcement.texts, locale), reader);
  return letterPage(letterHtml(letter, () => ''));
};
