import { happeningsOf, type ToldKind } from '../../domain/happening.ts';
import type { EventId, RegistrationId } from '../../domain/ids.ts';
import { correctedTime, isAccepted } from '../../domain/scan.ts';
import { addMillis, DAY } from '../../domain/time.ts';
import type { Tx } from '../database/open.ts';
import { scanOf } from '../feed.ts';
import type { Installation } from '../installation.ts';
import { kindsOf, newDelivery } from './webhooks.ts';

/** How long a message is tried, in milliseconds. */
export const MESSAGE_LIFETIME = DAY;

/** How many changes one transaction makes into messages, so that the doors need not wait long. */
const AT_ONCE = 200;
/** How many rows one statement writes. */
const ROWS_AT_ONCE = 500;

/**
 * Makes what has happened at the events into messages in the outbox.
 *
 * What has happened is read from the events' feeds, which tablets and office live on already: whoever changes a
 * registration or hands in a scan takes a number of the feed in the same transaction, so that nothing can happen and
 * not be told, and none of those many places has to know of webhooks. The cursor moves on in the transaction that writes
 * the messages: each change is told once, whenever a process dies. A feed tells how things are, not what was between,
 * so what changes twice before we look is told once, as it is then; receivers are told to believe the API anyway.
 */
export async function tellHappenings(installation: Installation): Promise<void> {
  const behind = await installation.db
    .selectFrom('watched_events')
    .innerJoin('events', 'events.id', 'watched_events.event_id')
    .select('events.id')
    .whereRef('events.change', '>', 'watched_events.position')
    .execute();
  for (const { id } of behind) {
    while (await installation.db.transaction().execute((tx) => tellSome(tx, installation, id)));
  }
}

interface Told {
  kind: ToldKind;
  data: Record<string, string | null>;
}

/** @returns whether there is more */
async function tellSome(tx: Tx, { clock }: Installation, eventId: EventId): Promise<boolean> {
  const watched = await tx
    .selectFrom('watched_events')
    .innerJoin('events', 'events.id', 'watched_events.event_id')
    .select(['position', 'events.change', 'events.slug'])
    .where('events.id', '=', eventId)
    .executeTakeFirst();
  if (!watched) return false;
  const { position, change: newest, slug } = watched;
  const registrations = await tx
    .selectFrom('registrations')
    .select(['id', 'state', 'workgroup_id', 'erased_at', 'change'])
    .where('event_id', '=', eventId)
    .where('change', '>', position)
    .where('change', '<=', newest)
    .orderBy('change')
    .limit(AT_ONCE + 1)
    .execute();
  const scans = await tx
    .selectFrom('scans')
    .leftJoin('tickets', (join) =>
      join.onRef('tickets.id', '=', 'scans.ticket_id').onRef('tickets.event_id', '=', 'scans.event_id'),
    )
    .selectAll('scans')
    .select('tickets.registration_id')
    .where('scans.event_id', '=', eventId)
    .where('change', '>', position)
    .where('change', '<=', newest)
    .orderBy('change')
    .limit(AT_ONCE + 1)
    .execute();
  const rows = [...registrations, ...scans].sort((a, b) => a.change - b.change);
  const more = rows.length > AT_ONCE;
  const page = rows.slice(0, AT_ONCE);

  const moved = await tx
    .updateTable('watched_events')
    .set({ position: more ? page.at(-1)!.change : newest })
    .where('event_id', '=', eventId)
    // Another process may have told it.
    .where('position', '=', position)
    .executeTakeFirst();
  if (moved.numUpdatedRows === 0n) return true;

  const changed = page.filter((row) => 'state' in row);
  const before = await knownStates(
    tx,
    changed.map(({ id }) => id),
  );
  const told: Told[] = [];
  for (const row of page) {
    if ('state' in row) told.push(...toldOfRegistration(row, before.get(row.id) ?? null, slug));
    else told.push(...toldOfScan(row, slug));
  }
  await rememberStates(tx, eventId, changed);
  await queue(tx, eventId, told, clock());
  return more;
}

type RegistrationPart = Pick<
  Parameters<typeof rememberStates>[2][number],
  'id' | 'state' | 'workgroup_id' | 'erased_at'
>;

function toldOfRegistration(
  row: RegistrationPart,
  before: Parameters<typeof happeningsOf>[0],
  event: string,
): Told[] {
  const after = { state: row.state, workgroupId: row.workgroup_id, erased: row.erased_at !== null };
  const data = { event, registration: row.id, state: row.state, workgroup: row.workgroup_id };
  return happeningsOf(before, after).map((kind) => ({ kind, data }));
}

function toldOfScan(
  row: Parameters<typeof scanOf>[0] & { registration_id: RegistrationId | null },
  event: string,
): Told[] {
  const scan = scanOf(row);
  const data = {
    event,
    scan: scan.id,
    registration: row.registration_id,
    checkpoint: scan.checkpointId,
    direction: scan.direction,
    at: new Date(correctedTime(scan)).toISOString(),
  };
  if (scan.undoes !== null) return [{ kind: 'checkin.undone', data: { ...data, undoes: scan.undoes } }];
  // Who was turned away has not checked in.
  return isAccepted(scan) ? [{ kind: 'checkin.recorded', data }] : [];
}

async function knownStates(tx: Tx, ids: RegistrationId[]) {
  if (ids.length === 0) return new Map<RegistrationId, never>();
  const rows = await tx
    .selectFrom('watched_registrations')
    .selectAll()
    .where('registration_id', 'in', ids)
    .execute();
  return new Map(
    rows.map((row) => [
      row.registration_id,
      { state: row.state, workgroupId: row.workgroup_id, erased: row.erased === 1 },
    ]),
  );
}

async function rememberStates(
  tx: Tx,
  eventId: EventId,
  rows: {
    id: RegistrationId;
    state: 'confirmed' | 'waitlisted' | 'cancelled';
    workgroup_id: NonNullable<Parameters<typeof happeningsOf>[0]>['workgroupId'];
    erased_at: number | null;
  }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insertInto('watched_registrations')
    .values(
      rows.map((row) => ({
        event_id: eventId,
        registration_id: row.id,
        state: row.state,
        workgroup_id: row.workgroup_id,
        erased: row.erased_at === null ? (0 as const) : (1 as const),
      })),
    )
    .onConflict((conflict) =>
      conflict.column('registration_id').doUpdateSet((eb) => ({
        state: eb.ref('excluded.state'),
        workgroup_id: eb.ref('excluded.workgroup_id'),
        erased: eb.ref('excluded.erased'),
      })),
    )
    .execute();
}

/** Each webhook gets what it wants to be told of, in the order in which it has happened. */
async function queue(tx: Tx, eventId: EventId, told: Told[], now: ReturnType<Installation['clock']>) {
  const webhooks = await tx
    .selectFrom('webhooks')
    .select(['id', 'kinds'])
    .where('event_id', '=', eventId)
    .execute();
  const expiresAt = addMillis(now, MESSAGE_LIFETIME);
  const deliveries = webhooks.flatMap((webhook) => {
    const kinds = kindsOf(webhook);
    return told
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ kind, data }) => newDelivery(webhook.id, kind, data, now, expiresAt));
  });
  for (let i = 0; i < deliveries.length; i += ROWS_AT_ONCE)
    await tx
      .insertInto('webhook_deliveries')
      .values(deliveries.slice(i, i + ROWS_AT_ONCE))
      .execute();
}
