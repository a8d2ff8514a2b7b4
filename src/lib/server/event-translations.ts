import type { EventId } from '../domain/ids.ts';
import type { Localized } from '../domain/setting.ts';
import { writeAct, type Actor } from './acts.ts';
import { listCheckpoints } from './checkpoint-setting.ts';
import type { Database, Tx } from './database/open.ts';
import { editEvent, versionOf, type ChangedMeanwhile } from './event-edit.ts';
import { readTexts, storeTexts } from './event-texts.ts';
import { listRooms, listWorkgroups, type EventTexts } from './events.ts';
import type { Installation } from './installation.ts';

/** What kind of text it is, so that a page can say so. */
export type TranslatableKind =
  | 'title'
  | 'introduction'
  | 'venue'
  | 'contact_role'
  | 'programme_title'
  | 'programme_detail'
  | 'workgroup'
  | 'room'
  | 'checkpoint';

/** A text of an event that is read in every language. */
export interface Translatable {
  /** Which one: `title`, `programme_title-0`, `workgroup-w5`. */
  key: string;
  kind: TranslatableKind;
  text: Localized;
}

/** All texts of an event that are written in German and so can be translated, in the order in which they are read. */
export async function listTranslatable(db: Database | Tx, eventId: EventId): Promise<Translatable[]> {
  const { texts } = await readTexts(db, eventId);
  const workgroups = await listWorkgroups(db, eventId);
  const rooms = await listRooms(db, eventId);
  const checkpoints = await listCheckpoints(db, eventId);
  const one = (kind: TranslatableKind, text: Localized | undefined, id: string | number | null = null) =>
    text?.de ? [{ key: id === null ? kind : `${kind}-${id}`, kind, text }] : [];
  return [
    ...one('title', texts.title),
    ...one('introduction', texts.introduction),
    ...one('venue', texts.venue),
    ...one('contact_role', texts.contact.role),
    ...texts.programme.flatMap(({ title, detail }, i) => [
      ...one('programme_title', title, i),
      ...one('programme_detail', detail, i),
    ]),
    ...workgroups.flatMap(({ id, title }) => one('workgroup', title, id)),
    ...rooms.flatMap(({ id, name }) => one('room', name, id)),
    ...checkpoints.flatMap(({ id, name }) => one('checkpoint', name, id)),
  ];
}

/** How many of the texts a language lacks; readers see the German there. */
export function countMissing(texts: readonly Translatable[], language: string): number {
  return texts.filter(({ text }) => !text[language]).length;
}

/** What a form in this language was filled with: which texts there are, in German, and how they are translated. */
export function translationVersion(texts: readonly Translatable[], language: string): string {
  return versionOf(texts.map(({ key, text }) => [key, text.de, text[language] ?? '']));
}

/**
 * Saves an event's texts in one language. An empty one is none: readers see the German.
 *
 * @param translations - by the texts' keys; what isn't there stays
 * @param version - of the texts that the form showed
 */
export async function saveTranslations(
  installation: Installation,
  eventId: EventId,
  language: string,
  { translations, version }: { translations: ReadonlyMap<string, string>; version: string },
  by: Actor = null,
): Promise<{ kind: 'saved' } | ChangedMeanwhile> {
  type Outcome = { kind: 'saved' } | ChangedMeanwhile;
  return editEvent<Outcome>(installation, eventId, async (tx, refuse) => {
    const before = await listTranslatable(tx, eventId);
    if (translationVersion(before, language) !== version) refuse({ kind: 'changed_meanwhile' });
    const after = new Map(
      before.map(({ key, text }) => [key, translated(text, language, translations.get(key))]),
    );
    const { texts } = await readTexts(tx, eventId);
    await storeTexts(tx, installation, eventId, withTranslations(texts, after));
    await storeNames(tx, eventId, after);
    await writeAct(installation, tx, { eventId, by, kind: 'event_translated', details: { language } });
    return { kind: 'saved' };
  });
}

function translated(text: Localized, language: string, translation: string | undefined): Localized {
  if (translation === undefined) return text;
  const { [language]: _before, ...others } = text;
  return { ...others, de: text.de, ...(translation !== '' && { [language]: translation }) };
}

function withTranslations(texts: EventTexts, after: ReadonlyMap<string, Localized>): EventTexts {
  return {
    ...texts,
    title: after.get('title') ?? texts.title,
    introduction: after.get('introduction') ?? texts.introduction,
    venue: after.get('venue') ?? texts.venue,
    contact: { ...texts.contact, role: after.get('contact_role') ?? texts.contact.role },
    programme: texts.programme.map(({ time, title, detail }, i) => ({
      time,
      title: after.get(`programme_title-${i}`) ?? title,
      ...(detail && { detail: after.get(`programme_detail-${i}`) ?? detail }),
    })),
  };
}

async function storeNames(tx: Tx, eventId: EventId, after: ReadonlyMap<string, Localized>): Promise<void> {
  for (const [key, text] of after) {
    const [kind, id] = [key.slice(0, key.indexOf('-')), key.slice(key.indexOf('-') + 1)];
    const json = JSON.stringify(text);
    if (kind === 'workgroup')
      await tx
        .updateTable('workgroups')
        .set({ title: json })
        .where('event_id', '=', eventId)
        .where('id', '=', id as never)
        .execute();
    if (kind === 'room' || kind === 'checkpoint')
      await tx
        .updateTable(kind === 'room' ? 'rooms' : 'checkpoints')
        .set({ name: json })
        .where('event_id', '=', eventId)
        .where('id', '=', id as never)
        .execute();
  }
}
