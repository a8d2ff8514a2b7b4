import { MOST_WORKGROUPS, type Venue, type VenueEdit } from '../../../../../lib/server/venue-setting.ts';
import { readLines } from '../../../form-lines.ts';
import { CountSchema, FieldReader, NeededLineSchema } from '../../../form-reader.ts';
import type { Fields, FormRefusal } from '../../../form-state.ts';

/** What the form of rooms and workgroups is filled with. */
export function typedVenue({ rooms, workgroups }: Venue): Fields {
  return {
    ...Object.fromEntries(
      rooms.flatMap(({ id, name, capacity }) => [
        [`room-name-${id}`, name.de],
        [`room-capacity-${id}`, String(capacity)],
      ]),
    ),
    ...Object.fromEntries(
      workgroups.flatMap(({ id, title, roomId, places }) => [
        [`group-title-${id}`, title.de],
        [`group-room-${id}`, roomId],
        [`group-places-${id}`, String(places)],
      ]),
    ),
    'new-places': '30',
  };
}

/** Reads the rooms and workgroups that there are, and what is added to them, out of whatever was sent. */
export function parseVenue(
  typed: Fields,
  { rooms, workgroups }: Venue,
): { edit: VenueEdit } | Pick<FormRefusal, 'problems'> {
  const form = new FieldReader(typed);
  const removedRooms = rooms.filter(({ id }) => form.ticked(`room-remove-${id}`)).map(({ id }) => id);
  const removedWorkgroups = workgroups
    .filter(({ id }) => form.ticked(`group-remove-${id}`))
    .map(({ id }) => id);
  const newTitles = readLines(form, 'new-groups', MOST_WORKGROUPS);
  const places = newTitles.length > 0 ? form.read('new-places', CountSchema) : 0;
  const isNewRoom = form.raw('new-room-name').trim() !== '' || form.raw('new-room-capacity').trim() !== '';
  const edit: VenueEdit = {
    rooms: rooms
      .filter(({ id }) => !removedRooms.includes(id))
      .map(({ id }) => ({
        id,
        name: form.read(`room-name-${id}`, NeededLineSchema),
        capacity: form.read(`room-capacity-${id}`, CountSchema),
      })),
    removedRooms,
    addedRooms: isNewRoom
      ? [
          {
            name: form.read('new-room-name', NeededLineSchema),
            capacity: form.read('new-room-capacity', CountSchema),
          },
        ]
      : [],
    workgroups: workgroups
      .filter(({ id }) => !removedWorkgroups.includes(id))
      .map(({ id, roomId }) => ({
        id,
        title: form.read(`group-title-${id}`, NeededLineSchema),
        // The list offers the rooms that there are; anything else is nobody's wish.
        roomId: rooms.find((room) => room.id === form.raw(`group-room-${id}`))?.id ?? roomId,
        places: form.read(`group-places-${id}`, CountSchema),
      })),
    removedWorkgroups,
    addedWorkgroups: newTitles.map((title) => ({ title, places })),
    version: typed.version ?? '',
  };
  return form.failed ? form : { edit };
}
