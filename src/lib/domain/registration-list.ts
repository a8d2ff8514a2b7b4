/** What a list of registrations can be narrowed to: a state, or where the holder is or has been. */
export const LISTED_STATES = ['confirmed', 'waitlisted', 'cancelled', 'came', 'inside'] as const;
export type ListedState = (typeof LISTED_STATES)[number];

export const LIST_SORTS = ['name', 'time'] as const;
/** By name, or by the time of registration, the newest first. */
export type ListSort = (typeof LIST_SORTS)[number];
