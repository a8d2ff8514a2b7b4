import { EventState } from '../domain/event-state.ts';
import type { RegistrationId } from '../domain/ids.ts';
import { isErased, type Registration } from '../domain/registration.ts';
import { cappedOffset, type Scan } from '../domain/scan.ts';
import { addMillis } from '../domain/time.ts';
import type { Change, WalkIn } from '../domain/wire.ts';

/**
 * Folds what this tablet made and what the server said; without a setting there is nothing to fold into. A walk-in comes
 * before the news, because what the server says of it wins.
 */
export function stateOf(walkIns: WalkIn[], changes: Change[], scans: Scan[]): EventState | null {
  const setting = changes.find((change) => change.kind === 'setting');
  if (!setting) return null;
  const state = new EventState(setting.setting);
  for (const walkIn of walkIns) state.setRegistration(registrationOf(walkIn));
  for (const change of changes) state.apply(change);
  for (const scan of scans) state.addScan(scan);
  return state;
}

/** The key for what passes between the event's tablets, in base64url, if these changes hold one. */
export function exchangeKeyIn(changes: readonly Change[]): string | null {
  const change = changes.findLast(({ kind }) => kind === 'exchange_key');
  return change?.kind === 'exchange_key' ? change.key : null;
}

/** Of whom nothing personal may be left on the tablet. */
export function forgottenBy(change: Change): RegistrationId[] {
  if (change.kind === 'registration_removed') return [change.registrationId];
  return change.kind === 'registration' && isErased(change.registration) ? [change.registration.id] : [];
}

/** A walk-in is in the roster at once. */
export function registrationOf(walkIn: WalkIn): Registration {
  return {
    id: walkIn.registrationId,
    name: walkIn.name,
    workgroupId: walkIn.workgroupId,
    state: 'confirmed',
    stateSince: addMillis(walkIn.deviceTime, cappedOffset(walkIn.clockOffset)),
    ticketId: walkIn.ticketId,
    formerTickets: [],
    accessNeeds: '',
  };
}
