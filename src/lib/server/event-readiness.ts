import type { EventId } from '../domain/ids.ts';
import type { Millis } from '../domain/time.ts';
import { listCheckpoints } from './checkpoint-setting.ts';
import type { Database, Tx } from './database/open.ts';
import { readDates } from './event-dates.ts';
import { readTexts } from './event-texts.ts';
import { listRooms, listWorkgroups } from './events.ts';

/** The pages of an event's set-up. */
export type SetupPart = 'texts' | 'dates' | 'rooms' | 'checkpoints';

/** What an event can't be published without. */
export type Missing =
  'title' | 'venue' | 'organiser' | 'contact' | 'workgroup' | 'places' | 'deadline' | 'end' | 'entry';

/** On which page what is missing is mended. */
export const PART_OF: Record<Missing, SetupPart> = {
  title: 'texts',
  venue: 'texts',
  organiser: 'texts',
  contact: 'texts',
  workgroup: 'rooms',
  places: 'rooms',
  deadline: 'dates',
  end: 'dates',
  entry: 'checkpoints',
};

/** What is still missing before people can register and be let in; nothing, when the event can be published. */
export async function missingToPublish(db: Database | Tx, eventId: EventId, now: Millis): Promise<Missing[]> {
  const { texts } = await readTexts(db, eventId);
  const { dates } = await readDates(db, eventId);
  const workgroups = await listWorkgroups(db, eventId);
  const rooms = await listRooms(db, eventId);
  const checkpoints = await listCheckpoints(db, eventId);
  const isMissing: Record<Missing, boolean> = {
    title: texts.title.de === '',
    venue: texts.venue.de === '',
    organiser: texts.organiser === '',
    contact: texts.contact.name === '' || (texts.contact.email === '' && texts.contact.phone === ''),
    workgroup: workgroups.length === 0,
    places: workgroups.length > 0 && workgroups.every(({ places }) => places === 0),
    end: dates.endsAt <= now,
    deadline: dates.endsAt > now && dates.registrationUntil <= now,
    entry: !checkpoints.some(
      ({ roomId, directions }) =>
        directions.includes('entry') && rooms.some(({ id, main }) => main && id === roomId),
    ),
  };
  return (Object.keys(isMissing) as Missing[]).filter((what) => isMissing[what]);
}
