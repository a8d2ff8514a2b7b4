import type { NeighbourState } from '$lib/door/nearby/neighbour';
import type { PictureOutcome } from '$lib/door/nearby/mesh-parts';
import { m } from '$lib/i18n/door-texts';

/** How it stands with a tablet. */
export const STATES: Record<NeighbourState, () => string> = {
  connecting: m.nearby_connecting,
  linked: m.nearby_is_linked,
  silent: m.nearby_silent,
  returning: m.nearby_returning,
  lost: m.nearby_lost,
  forbidden: m.nearby_forbidden,
};

/** Why a code that the camera has read leads to nothing, and what to do. */
export const REFUSALS: Record<Extract<PictureOutcome, { kind: 'refused' }>['why'], () => string> = {
  unreadable: m.nearby_refusal_unreadable,
  other_version: m.nearby_refusal_version,
  other_event: m.nearby_refusal_event,
  not_genuine: m.nearby_refusal_not_genuine,
  own: m.nearby_refusal_unreadable,
  for_another: m.nearby_refusal_again,
  used: m.nearby_refusal_again,
  failed: m.nearby_refusal_again,
  full: m.nearby_refusal_full,
};
