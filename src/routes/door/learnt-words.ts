import type { DeviceId } from '$lib/domain/ids';
import { isNewerThan, type Learnt } from '$lib/door/learnt';
import type { Way } from '$lib/door/record-book';
import { m } from '$lib/i18n/door-texts';
import { ageInWords, clockTime } from './times';

/** What these words need to know of the tablet. */
export interface Told {
  learnt: Learnt | null;
  lastSyncAt: number | null;
  waiting: number;
  waitingOfOthers: number;
}

const STATUS: Record<Way, (about: { time: string }) => string> = {
  pictures: (about) => m.learnt_status_pictures(about),
  local_network: (about) => m.learnt_status_network(about),
};

const LAST: Record<Way, (about: { time: string; age: string }) => string> = {
  pictures: (about) => m.learnt_last_pictures(about),
  local_network: (about) => m.learnt_last_network(about),
};

const AS_OF: Record<Way, (about: { time: string; age: string }) => string> = {
  pictures: (about) => m.learnt_as_of_pictures(about),
  local_network: (about) => m.learnt_as_of_network(about),
};

const OF_TABLET: Record<Way, (about: { time: string }) => string> = {
  pictures: (about) => m.learnt_tablet_pictures(about),
  local_network: (about) => m.learnt_tablet_network(about),
};

/** For the status line: until when the others' scans are known. @returns null where the server has told more since */
export function statusOfOthers({ learnt, lastSyncAt }: Pick<Told, 'learnt' | 'lastSyncAt'>): string | null {
  if (!learnt || !isNewerThan(learnt, lastSyncAt)) return null;
  return STATUS[learnt.way]({ time: clockTime(learnt.lastAt) });
}

/** For the readiness check: when something came last. @param now - by the server's clock */
export function lastOfOthers({ lastAt, way }: Learnt, now: number): string {
  return LAST[way]({ time: clockTime(lastAt), age: ageInWords(Math.max(0, now - lastAt)) });
}

/**
 * For the assembly point: of when the server's news is, and the others', where that is newer.
 *
 * @param now - by the server's clock
 */
export function newsAsOf({ learnt, lastSyncAt }: Pick<Told, 'learnt' | 'lastSyncAt'>, now: number): string[] {
  const about = (moment: number) => ({
    time: clockTime(moment),
    age: ageInWords(Math.max(0, now - moment)),
  });
  const server = lastSyncAt === null ? [] : [m.learnt_as_of_server(about(lastSyncAt))];
  if (!learnt || !isNewerThan(learnt, lastSyncAt)) return server;
  return [...server, AS_OF[learnt.way](about(learnt.lastAt))];
}

/**
 * Until when a tablet's own scans are known by way of others.
 *
 * @param heardAt - when the server last heard it, as far as it has told
 * @returns null where nothing newer is known
 */
export function ofTablet(learnt: Learnt | null, deviceId: DeviceId, heardAt: number | null): string | null {
  const known = learnt?.tablets.find((one) => one.deviceId === deviceId);
  if (!known || (heardAt !== null && known.newest <= heardAt)) return null;
  return OF_TABLET[known.way]({ time: clockTime(known.newest) });
}

/** What waits for the server, own and others'; empty when nothing does. */
export function waitingInWords({
  waiting,
  waitingOfOthers,
}: Pick<Told, 'waiting' | 'waitingOfOthers'>): string {
  return [
    waiting > 0 && m.door_status_waiting({ count: waiting }),
    waitingOfOthers > 0 && m.learnt_waiting({ count: waitingOfOthers }),
  ]
    .filter(Boolean)
    .join(' · ');
}
