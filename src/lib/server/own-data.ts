import type { EventId, RegistrationId } from '../domain/ids.ts';
import { correctedTime } from '../domain/scan.ts';
import { localizedText, type Localized } from '../domain/setting.ts';
import type { Millis } from '../domain/time.ts';
import type { Locale } from '../i18n/index.ts';
import type { Database } from './database/open.ts';
import { findEvent, listWorkgroups, localized } from './events.ts';
import { listCompanions, readNeeds } from './registrations.ts';

/** Everything that is stored about one person: plain values, times as ISO 8601 in UTC. */
export type OwnData = NonNullable<Awaited<ReturnType<typeof collectOwnData>>>;

/**
 * Collects what a person may know of themselves (Art. 15 and 20 GDPR).
 *
 * @param locale - the language of the event's texts in it
 * @returns null when there is no such registration, or everything about it has been erased
 */
export async function collectOwnData(db: Database, id: RegistrationId, locale: Locale) {
  const registration = await db
    .selectFrom('registrations')
    .selectAll()
    .where('id', '=', id)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  if (!registration) return null;
  const event = (await findEvent(db, { id: registration.event_id }))!;
  const workgroups = await listWorkgroups(db, event.id);
  const text = (value: Localized) => localizedText(value, locale);
  const workgroup = (wanted: string | null) => {
    const found = workgroups.find((workgroup) => workgroup.id === wanted);
    return found ? text(found.title) : null;
  };

  return {
    event: {
      title: text(event.texts.title),
      startsAt: iso(event.startsAt),
      organiser: event.texts.organiser,
    },
    registration: {
      id,
      name: registration.name,
      email: registration.email,
      state: registration.state,
      stateSince: iso(registration.state_since),
      workgroup: workgroup(registration.workgroup_id),
      firstChoice: workgroup(registration.first_choice_id),
      secondChoice: workgroup(registration.second_choice_id),
      affiliation: registration.affiliation,
      accessNeeds: readNeeds(registration.access_needs),
      language: registration.locale,
      registeredBy: registration.origin,
      registeredAt: iso(registration.created_at),
      consentedAt: iso(registration.consented_at),
      broughtAlongBySomebody: registration.host_id !== null,
      formNumber: registration.submission_id,
    },
    tickets: await ticketsOf(db, id),
    scans: await scansOf(db, event.id, id, text),
    mails: await mailsOf(db, id),
    companions: {
      note: 'Each of these persons has a ticket of their own, where they see what is stored about them.',
      names: (await listCompanions(db, id)).map(({ name }) => name),
    },
  };
}

async function ticketsOf(db: Database, id: RegistrationId) {
  const rows = await db
    .selectFrom('tickets')
    .selectAll()
    .where('registration_id', '=', id)
    .orderBy('issued_at')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    code: row.text,
    issuedAt: iso(row.issued_at),
    replacedAt: iso(row.revoked_at),
  }));
}

async function scansOf(
  db: Database,
  eventId: EventId,
  id: RegistrationId,
  text: (value: Localized) => string,
) {
  const rows = await db
    .selectFrom('scans')
    .innerJoin('tickets', 'tickets.id', 'scans.ticket_id')
    .leftJoin('checkpoints', (join) =>
      join
        .onRef('checkpoints.event_id', '=', 'scans.event_id')
        .onRef('checkpoints.id', '=', 'scans.checkpoint_id'),
    )
    .where('scans.event_id', '=', eventId)
    .where('tickets.registration_id', '=', id)
    .select([
      'scans.ticket_id',
      'scans.checkpoint_id',
      'scans.direction',
      'scans.device_time as deviceTime',
      'scans.clock_offset as clockOffset',
      'scans.verdict_shown',
      'scans.override_why',
      'checkpoints.name as door',
    ])
    .orderBy('scans.device_time')
    .execute();
  return rows.map((row) => ({
    ticketId: row.ticket_id,
    at: iso(correctedTime(row)),
    door: row.door ? text(localized(row.door)) : row.checkpoint_id,
    direction: row.direction,
    verdictShown: row.verdict_shown,
    staffDecidedOtherwiseBecause: row.override_why,
  }));
}

async function mailsOf(db: Database, id: RegistrationId) {
  const rows = await db
    .selectFrom('mails')
    .selectAll()
    .where('registration_id', '=', id)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    kind: row.kind,
    state: row.state,
    queuedAt: iso(row.created_at),
    settledAt: iso(row.settled_at),
  }));
}

function iso(moment: Millis): string;
function iso(moment: Millis | null): string | null;
function iso(moment: Millis | null): string | null {
  return moment === null ? null : new Date(moment).toISOString();
}
