import * as v from 'valibot';
import type { WorkgroupId } from './ids.ts';
import type { RegistrationState } from './registration.ts';

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

/** What of a registration is told. */
export interface ToldOf {
  state: RegistrationState;
  workgroupId: WorkgroupId;
  /** Everything personal is gone. */
  erased: boolean;
}

/**
 * What has happened to a registration that has changed.
 *
 * @param before - how it was when it was last told of; null where it is new
 * @returns never nothing: that it has changed is known
 */
export function happeningsOf(before: ToldOf | null, after: ToldOf): ToldKind[] {
  const kinds: ToldKind[] = [];
  if (before === null) kinds.push('registration.created');
  if (before?.state !== after.state) kinds.push(`registration.${after.state}`);
  if (before !== null && before.workgroupId !== after.workgroupId) kinds.push('registration.moved');
  if (after.erased && !before?.erased) kinds.push('registration.erased');
  return kinds.length > 0 ? kinds : ['registration.changed'];
}
