import { error } from '@sveltejs/kit';
import * as v from 'valibot';
import type { MailRow } from '$lib/server/database/schema';
import { findEvent, type EventPage } from '$lib/server/events';
import type { Installation } from '$lib/server/installation';
import { findMail } from '$lib/server/mail/mail-list';

const IdSchema = v.pipe(v.string(), v.uuid());

/** The mail that an address names. @throws SvelteKit's 404 when there is none */
export async function mailOf(
  { db }: Installation,
  params: { event: string; id: string },
): Promise<{ event: EventPage; mail: MailRow }> {
  const event = await findEvent(db, { slug: params.event });
  const mail = event && v.is(IdSchema, params.id) ? await findMail(db, event.id, params.id) : null;
  if (!event || !mail) error(404);
  return { event, mail };
}
