import { cappedOffset, type Scan } from '../domain/scan.ts';
import { recordId, signScan } from '../domain/signed-record.ts';
import type { Identity } from './database.ts';
import type { DoorStore } from './store.ts';
import type { Transport } from './transport.ts';

export type SyncResult =
  /** Everything is sent and everything is fetched. */
  | { kind: 'done' }
  /** This round trip went well; more waits, here or there. Stuck: another one at once would do no better. */
  | { kind: 'more'; stuck: boolean }
  | { kind: 'no_network' }
  | { kind: 'refused'; status: number; code: string }
  /** This round trip went well, and the office wants the tablet locked; whatever waits is handed in from then on. */
  | { kind: 'lock' }
  /** Revoked: everything was handed in, and nothing is left on the tablet. */
  | { kind: 'wiped' }
  /** Or paired, and no PIN chosen yet. */
  | { kind: 'not_paired' };

/** What the tablet says about itself besides what the store knows. */
export interface DeviceReport {
  version: string;
  /** 0 to 1, or null. */
  battery: number | null;
}

/**
 * One round trip: hands in what waits, takes what is new. Whatever goes wrong on the way, the outbox keeps everything
 * that the server has not confirmed by its id. A locked tablet hands in, and takes nothing but the confirmation.
 */
export async function syncOnce(
  store: DoorStore,
  transport: Transport,
  report: DeviceReport,
): Promise<SyncResult> {
  const { identity, progress } = store;
  // Without a PIN there is nothing to seal a roster with.
  if (!identity || (identity.token !== null && !store.isOpen)) return { kind: 'not_paired' };
  const { scans, walkIns, relayed } = await store.outbox();
  const signatures = await signaturesOf(scans, identity);
  const sentAt = store.deviceTime();
  // Without the PIN a tablet can only hand in.
  const locked = identity.token === null;
  const answer = await transport.sync(identity.token ?? identity.handInToken, {
    cursor: progress.cursor,
    scans,
    walkIns,
    ...(scans.length > 0 && { signatures }),
    ...(relayed.length > 0 && { relayed }),
    status: { waiting: store.waiting, clockOffset: cappedOffset(progress.clockOffset), ...report },
  });
  if (answer.kind !== 'ok') return answer;
  const receivedAt = store.deviceTime();
  // The server's clock was read somewhere between: the middle is the best guess (Cristian's algorithm).
  const clockOffset = Math.round(answer.body.serverTime - (sentAt + receivedAt) / 2);
  const basis = { deviceId: identity.deviceId, cursor: progress.cursor };
  if (locked) await store.applyHandIn(identity.deviceId, answer.body);
  else if (!(await store.applySync(basis, answer.body, answer.bytes, clockOffset))) {
    return { kind: 'more', stuck: false };
  }
  if (answer.body.revoked && (await store.wipe())) return { kind: 'wiped' };
  if (!locked && answer.body.lock) return { kind: 'lock' };
  if (!answer.body.more && store.waiting + store.waitingRelayed === 0) return { kind: 'done' };
  const sent = [
    ...scans.map(({ id }) => id),
    ...walkIns.map(({ registrationId }) => registrationId),
    ...relayed.map(recordId),
  ];
  const confirmed = new Set<string>([
    ...answer.body.acknowledged,
    ...(answer.body.relayed?.acknowledged ?? []),
  ]);
  const stuck = !answer.body.more && sent.length > 0 && !sent.some((id) => confirmed.has(id));
  return { kind: 'more', stuck };
}

/** So that other tablets can hand them on: in the scans' order. */
async function signaturesOf(scans: Scan[], { eventId, privateKey }: Identity): Promise<string[]> {
  const signed = await Promise.all(scans.map((scan) => signScan(eventId, scan, privateKey)));
  return signed.map(({ signature }) => signature);
}

/** Round trips until nothing is left, or one of them fails. A confirmation that never comes ends it too. */
export async function syncFully(
  store: DoorStore,
  transport: Transport,
  report: DeviceReport,
): Promise<SyncResult> {
  for (;;) {
    const result = await syncOnce(store, transport, report);
    if (result.kind !== 'more' || result.stuck) return result;
  }
}
