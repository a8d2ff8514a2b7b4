import type { Millis } from '../../domain/time.ts';
import { withSnapshot } from './snapshot.ts';
import type { Store } from './store.ts';

export interface EventStatus {
  slug: string;
  registrations: number;
  scans: number;
  waitingMails: number;
  failedMails: number;
  /** In use: not revoked. */
  tablets: { name: string; lastContactAt: Millis | null; waiting: number }[];
}

export interface Status {
  kind: Store['kind'];
  migration: string;
  events: EventStatus[];
}

/** How the installation is doing, in figures. @throws when its tables are those of another version */
export async function readStatus(store: Store): Promise<Status> {
  return withSnapshot(store, async ({ tx, migration }) => {
    const rows = await tx.selectFrom('events').select(['id', 'slug']).orderBy('starts_at').execute();
    const events: EventStatus[] = [];
    for (const { id, slug } of rows) {
      const count = async (table: 'registrations' | 'scans') => {
        const { count } = await tx
          .selectFrom(table)
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('event_id', '=', id)
          .executeTakeFirstOrThrow();
        return Number(count);
      };
      const mails = await tx
        .selectFrom('mails')
        .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
        .where('event_id', '=', id)
        .groupBy('state')
        .execute();
      const inState = (state: string) => Number(mails.find((one) => one.state === state)?.count ?? 0);
      const tablets = await tx
        .selectFrom('devices')
        .select(['name', 'last_contact_at as lastContactAt', 'waiting'])
        .where('event_id', '=', id)
        .where('revoked_at', 'is', null)
        .orderBy('name')
        .execute();
      events.push({
        slug,
        registrations: await count('registrations'),
        scans: await count('scans'),
        waitingMails: inState('waiting'),
        failedMails: inState('failed'),
        tablets,
      });
    }
    return { kind: store.kind, migration, events };
  });
}
