import type { Meeting } from '$lib/server/meeting';

/** A meeting as the ticket page shows it: the address itself is told to whoever opens the link, who is then counted. */
export type MeetingView = { kind: 'open' | 'no_address' | 'over' } | Extract<Meeting, { kind: 'not_yet' }>;

/** @returns null where there is nothing to show: the event is held on site, or the person has no place */
export function viewMeeting(meeting: Meeting): MeetingView | null {
  if (meeting.kind === 'none') return null;
  return meeting.kind === 'not_yet' ? meeting : { kind: meeting.kind };
}
