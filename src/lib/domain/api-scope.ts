import * as v from 'valibot';

/** What a token of another system may do at its event. */
export const API_SCOPES = [
  'event:read',
  'headcount:read',
  /** Ids, states and workgroups, no names. */
  'registrations:read',
  /** Who they are: names, addresses, needs. Counts together with `registrations:read` only. */
  'people:read',
  'registrations:write',
  'scans:read',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** Each once, in the order of `API_SCOPES`. */
export const ScopesSchema = v.pipe(
  v.array(v.picklist(API_SCOPES)),
  v.minLength(1),
  v.transform((scopes) => API_SCOPES.filter((scope) => scopes.includes(scope))),
);
