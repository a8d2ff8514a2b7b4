import type { EventId } from '../domain/ids.ts';
import type { Localized } from '../domain/setting.ts';
import * as v from 'valibot';
import { writeAct, type Actor } from './acts.ts';
import type { Database, Tx } from './database/open.ts';
import { editEvent, versionOf, type ChangedMeanwhile } from './event-edit.ts';
import { EventTextsSchema, touchNearbySettings, touchSetting, type EventTexts } from './events.ts';
import type { Installation } from './installation.ts';

/** An event's texts as they are written: in German, from which all others are translated. */
export interface GermanTexts {
  title: string;
  introduction: string;
  venue: string;
  organiser: string;
  contact: { name: string; role: string; email: string; phone: string };
  programme: {
    /** Which point of the present programme it is, by its place there; null for a new one. */
    was: number | null;
    time: string;
    title: string;
    detail: string;
  }[];
}

/** An event's texts, with the version of their German that a form brings back. */
export async function readTexts(
  db: Database | Tx,
  eventId: EventId,
): Promise<{ texts: EventTexts; version: string }> {
  const row = await db
    .selectFrom('events')
    .select('texts')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  const texts = v.parse(EventTextsSchema, JSON.parse(row.texts));
  return { texts, version: versionOf(germanOf(texts)) };
}

/** What the form is filled with. */
export function germanOf(texts: EventTexts): GermanTexts {
  return {
    title: texts.title.de,
    introduction: texts.introduction.de,
    venue: texts.venue.de,
    organiser: texts.organiser,
    contact: { ...texts.contact, role: texts.contact.role.de },
    programme: texts.programme.map(({ time, title, detail }, was) => ({
      was,
      time,
      title: title.de,
      detail: detail?.de ?? '',
    })),
  };
}

/** Saves what was written in German; what is translated of it stays. @param version - of the texts that the form showed */
export async function saveGermanTexts(
  installation: Installation,
  eventId: EventId,
  { german, version }: { german: GermanTexts; version: string },
  by: Actor = null,
): Promise<{ kind: 'saved' } | ChangedMeanwhile> {
  type Outcome = { kind: 'saved' } | ChangedMeanwhile;
  return editEvent<Outcome>(installation, eventId, async (tx, refuse) => {
    const before = await readTexts(tx, eventId);
    if (before.version !== version) refuse({ kind: 'changed_meanwhile' });
    await storeTexts(tx, installation, eventId, withGerman(before.texts, german));
    await writeAct(installation, tx, { eventId, by, kind: 'event_texts_changed' });
    return { kind: 'saved' };
  });
}

/** Tablets show the title, those of events near it, too. */
export async function storeTexts(
  tx: Tx,
  { clock }: Pick<Installation, 'clock'>,
  eventId: EventId,
  texts: EventTexts,
): Promise<void> {
  await tx
    .updateTable('events')
    .set({ texts: JSON.stringify(texts) })
    .where('id', '=', eventId)
    .execute();
  await touchSetting(tx, eventId);
  await touchNearbySettings(tx, clock(), eventId);
}

/** A text with other German; its translations stay, unless nothing is left to translate. */
export const german = (text: Localized | undefined, de: string): Localized =>
  de === '' ? { de } : { ...text, de };

function withGerman(before: EventTexts, typed: GermanTexts): EventTexts {
  return {
    title: german(before.title, typed.title),
    introduction: german(before.introduction, typed.introduction),
    venue: german(before.venue, typed.venue),
    organiser: typed.organiser,
    contact: { ...typed.contact, role: german(before.contact.role, typed.contact.role) },
    programme: typed.programme.map(({ was, time, title, detail }) => {
      const point = was === null ? undefined : before.programme[was];
      return {
        time,
        title: german(point?.title, title),
        ...(detail !== '' && { detail: german(point?.detail, detail) }),
      };
    }),
  };
}
