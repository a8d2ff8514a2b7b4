import * as v from 'valibot';
import type { WorkgroupPlaces } from '$lib/server/events';
import type { WorkgroupDecision } from '$lib/server/workgroup-setting';

/** More than any hall holds. */
export const MAX_PLACES = 10_000;
const URL_LENGTH = 2_000;

/** What was typed for one workgroup, to be shown again. */
export interface TypedWorkgroup {
  places: string;
  meeting: string;
}
export type WorkgroupProblems = Partial<Record<keyof TypedWorkgroup, 'places_wrong' | 'url_wrong'>>;

const PlacesSchema = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^\d{1,5}$/),
  v.transform(Number),
  v.maxValue(MAX_PLACES),
);
/** Nothing, or an address that a browser opens without running what it says. */
const MeetingSchema = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(URL_LENGTH),
  v.check((url) => url === '' || (URL.canParse(url) && new URL(url).protocol === 'https:')),
  v.transform((url) => url || null),
);

/** Reads the fields of each workgroup, `places-{id}` and `meeting-{id}`, out of whatever was sent. */
export function readWorkgroups(
  data: FormData,
  workgroups: WorkgroupPlaces[],
):
  | { decisions: WorkgroupDecision[] }
  | { typed: Record<string, TypedWorkgroup>; problems: Record<string, WorkgroupProblems> } {
  const text = (name: string) => data.getAll(name).find((value) => typeof value === 'string') ?? '';
  const decisions: WorkgroupDecision[] = [];
  const typed: Record<string, TypedWorkgroup> = {};
  const problems: Record<string, WorkgroupProblems> = {};
  for (const { id } of workgroups) {
    typed[id] = { places: text(`places-${id}`), meeting: text(`meeting-${id}`) };
    const places = v.safeParse(PlacesSchema, typed[id].places);
    const meeting = v.safeParse(MeetingSchema, typed[id].meeting);
    if (places.success && meeting.success)
      decisions.push({ id, places: places.output, meetingUrl: meeting.output });
    else
      problems[id] = {
        ...(!places.success && { places: 'places_wrong' }),
        ...(!meeting.success && { meeting: 'url_wrong' }),
      };
  }
  return Object.keys(problems).length > 0 ? { typed, problems } : { decisions };
}
