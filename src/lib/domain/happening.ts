import * as v from 'valibot';

/** What webhooks can be told of. */
export const TOLD_KINDS = [
  'registration.created',
  'registration.confirmed',
  'registration.waitlisted',
  'registration.cancelled',
  'registration.moved',
  /** Something else about it: what the person says of themselves, or the ticket. */
  'registration.changed',
  /** Everything personal is gone, and must go where it was copied to. */
  'registration.erased',
  /** A door let somebody in or out. */
  'checkin.recorded',
  /** The tablet took such a scan back. */
  'checkin.undone',
] as const;
export type ToldKind = (typeof TOLD_KINDS)[number];

/** Also what the office sends to try an address out. */
export type HappeningKind = ToldKind | 'webhook.test';

/** Each once, in the order of `TOLD_KINDS`. */
export const ToldKindsSchema = v.pipe(
  v.array(v.picklist(TOLD_KINDS)),
  v.minLength(1),
  v.transform((kinds) => TOLD_KINDS.filter((kind) => kinds.includes(kind))),
);
