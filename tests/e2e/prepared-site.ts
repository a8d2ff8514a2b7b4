import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type { EventId, RegistrationId } from '../../src/lib/domain/ids.ts';
import { createApiToken } from '../../src/lib/server/api/api-tokens.ts';
import { demoEvent } from '../../src/lib/server/demo-event.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { registerByForm } from '../../src/lib/server/form-registration.ts';
import { ticketLink } from '../../src/lib/server/tickets.ts';
import { testInstallation } from '../support/installation.ts';
import { setUpBrowser } from '../support/office-browser.ts';

/** An installation that has been used, on which a server can be started. */
export interface PreparedSite {
  folder: string;
  event: { id: EventId; slug: string };
  /** A guest with a place, an e-mail address, and a mail that waits. */
  registration: RegistrationId;
  /** The end of that guest's ticket page's address. */
  link: string;
  mail: string;
  /** Of the organiser, signed in. */
  cookie: string;
  apiToken: string;
  close(): Promise<void>;
}

/** @param origin - the address at which the server will be known, which decides what its cookies are called */
export async function prepareSite(
  origin: string,
  guest = { name: 'Fatma Yılmaz', email: 'fatma@example.org' },
): Promise<PreparedSite> {
  const opened = await testInstallation(undefined, { origin });
  const { installation } = opened;
  const demo = demoEvent(installation.clock());
  const eventId = await createEvent(installation, demo);
  const registered = await registerByForm(installation, eventId, {
    submissionId: crypto.randomUUID(),
    names: [guest.name],
    email: guest.email,
    affiliation: null,
    workgroupId: demo.workgroups[0]!.id,
    secondChoiceId: null,
    needs: NO_NEEDS,
    locale: 'de',
    whenFull: 'waiting_list',
  });
  if (registered.kind !== 'registered') throw new Error(registered.kind);
  const mail = await installation.db.selectFrom('mails').select('id').executeTakeFirstOrThrow();
  const browser = await setUpBrowser(installation);
  const scopes = ['registrations:read' as const];
  const apiToken = await createApiToken(installation, eventId, { name: 'Kasse', scopes, expiresAt: null });
  return {
    folder: opened.dataFolder,
    event: { id: eventId, slug: demo.slug },
    registration: registered.registrationId,
    link: ticketLink(installation, registered.registrationId),
    mail: mail.id,
    cookie: browser.headers.get('cookie')!,
    apiToken,
    close: () => opened.dispose(),
  };
}
