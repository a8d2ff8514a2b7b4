import type { Held } from '../held.ts';
import type { DeviceId, RegistrationId } from '../ids.ts';
import { MOST_WALK_INS } from './message.ts';

export const NOTHING_HELD: Held = { scans: {}, walkIns: [] };

/** What is held by either. Whoever has once had a record has it for good. */
export function joinHeld(a: Held, b: Held): Held {
  const scans = { ...a.scans };
  for (const [device, seq] of entriesOf(b)) scans[device] = Math.max(scans[device] ?? 0, seq);
  return { scans, walkIns: [...new Set([...a.walkIns, ...b.walkIns])] };
}

/** What `now` holds beyond `before`: joined to it, it gives `now` again. */
export function heldSince(now: Held, before: Held): Held {
  const known = new Set<RegistrationId>(before.walkIns);
  return {
    scans: Object.fromEntries(entriesOf(now).filter(([device, seq]) => seq > (before.scans[device] ?? 0))),
    walkIns: now.walkIns.filter((id) => !known.has(id)),
  };
}

export function isNothing({ scans, walkIns }: Held): boolean {
  return walkIns.length === 0 && Object.keys(scans).length === 0;
}

/** As much of it as goes into one message. */
export function tellable(held: Held): Held {
  return { ...held, walkIns: held.walkIns.slice(-MOST_WALK_INS) };
}

function entriesOf({ scans }: Held): [DeviceId, number][] {
  return Object.entries(scans) as [DeviceId, number][];
}
