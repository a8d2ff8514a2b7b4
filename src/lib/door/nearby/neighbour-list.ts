import type { DeviceId } from '../../domain/ids.ts';
import type { Link } from './link.ts';
import type { Neighbour } from './neighbour.ts';
import type { Returns } from './returns.ts';
import type { Waits } from './waits.ts';

interface Standing {
  known: Returns['known'];
  waits: Waits;
  opening: ReadonlyMap<DeviceId, ReadonlySet<Link>>;
  links: ReadonlyMap<DeviceId, Link>;
}

const NEW = { heardAt: null, gained: 0, refused: 0 };

/** How it stands with everybody, each once: with whom there is a link, and with whom there was or shall be one. */
export function neighboursOf({ known, waits, opening, links }: Standing): Neighbour[] {
  const all = new Map<DeviceId, Neighbour>();
  for (const { deviceId, heardAt, tries } of known) {
    const state = waits.isForbidden(deviceId) ? 'forbidden' : tries ? 'returning' : 'lost';
    all.set(deviceId, { ...NEW, deviceId, heardAt, state });
  }
  for (const deviceId of waits.forbidden)
    if (!all.has(deviceId)) all.set(deviceId, { ...NEW, deviceId, state: 'forbidden' });
  for (const [deviceId, attempts] of opening)
    if (attempts.size > 0 && all.get(deviceId)?.state !== 'returning')
      all.set(deviceId, { ...(all.get(deviceId) ?? NEW), deviceId, state: 'connecting' });
  for (const [deviceId, link] of links) {
    const { gained, refused, heardAt } = link;
    all.set(deviceId, { deviceId, heardAt, gained, refused, state: link.isLinked ? 'linked' : 'silent' });
  }
  return [...all.values()].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
}
