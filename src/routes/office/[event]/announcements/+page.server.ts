import { redirect } from '@sveltejs/kit';
import { announcementText } from '$lib/domain/announcement';
import { beginAnnouncement, listAnnouncements } from '$lib/server/announcements';
import { getLocale } from '$lib/i18n';
import { eventOf } from '../event-of';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals: { installation } }) => {
  const { id } = await eventOf(installation, params.event);
  const all = await listAnnouncements(installation.db, id);
  return {
    announcements: all.map(({ id, texts, createdAt, sentAt, mails }) => {
      const { subject, language } = announcementText(texts, getLocale());
      return { id, subject, language, createdAt, sentAt, mails };
    }),
    sends: installation.sendsMail,
  };
};

export const actions: Actions = {
  begin: async ({ params, locals: { installation } }) => {
    const event = await eventOf(installation, params.event);
    redirect(303, `/office/${event.slug}/announcements/${await beginAnnouncement(installation, event.id)}`);
  },
};
