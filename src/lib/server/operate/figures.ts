import { Gauge } from 'prom-client';
import { HOUR, MINUTE, SECOND, type Millis } from '../../domain/time.ts';
import type { Database } from '../database/open.ts';
import type { Installation } from '../installation.ts';
import type { Metrics } from './metrics.ts';
import { within } from './within.ts';

/** For how long the database may keep the figures waiting; the process's own are told in any case. */
const PATIENCE = 2 * SECOND;

/** Since when nothing was heard of a tablet, as the office shows it: upper bounds in milliseconds. */
const SILENCES = [
  ['under_1m', MINUTE],
  ['under_5m', 5 * MINUTE],
  ['under_15m', 15 * MINUTE],
] as const;

/**
 * What the database says, read anew at each scrape. Every process on one database says the same: take the largest, not
 * the sum.
 */
export class Figures {
  private readonly installation: Installation;
  private readonly up;
  private readonly waiting;
  private readonly oldest;
  private readonly tablets;
  private readonly unsent;

  constructor(installation: Installation, { registry }: Metrics) {
    this.installation = installation;
    const registers = [registry];
    this.up = new Gauge({
      name: 'einlass_database_up',
      help: 'Whether the database has answered within 2 s. Where it has not, the figures from it are missing.',
      registers,
    });
    this.waiting = new Gauge({
      name: 'einlass_outbox_waiting',
      help: 'What waits to be sent, by outbox.',
      labelNames: ['outbox'] as const,
      registers,
    });
    this.oldest = new Gauge({
      name: 'einlass_outbox_oldest_waiting_seconds',
      help: 'For how long the oldest of it has been waiting; 0 where nothing waits.',
      labelNames: ['outbox'] as const,
      registers,
    });
    this.tablets = new Gauge({
      name: 'einlass_tablets',
      help: 'Tablets of the events whose doors are open now or within an hour, by when they were last heard.',
      labelNames: ['silence'] as const,
      registers,
    });
    this.unsent = new Gauge({
      name: 'einlass_tablet_scans_waiting',
      help: 'Scans and walk-ins that these tablets had not handed in when they were last heard.',
      registers,
    });
  }

  /** Reads them; says that the database is down where it does not answer. */
  async read(): Promise<void> {
    const { clock, db, log } = this.installation;
    try {
      const now = clock();
      const [mails, webhooks, tablets] = await within(
        PATIENCE,
        Promise.all([readMails(db), readWebhooks(db), readTablets(db, now)]),
      );
      this.setOutbox('mail', mails, now);
      this.setOutbox('webhook', webhooks, now);
      for (const silence of [...SILENCES.map(([name]) => name), 'longer', 'never'] as const)
        this.tablets.set({ silence }, Number(tablets[silence] ?? 0));
      this.unsent.set(Number(tablets.unsent ?? 0));
      this.up.set(1);
    } catch (err) {
      for (const gauge of [this.waiting, this.oldest, this.tablets]) gauge.reset();
      // One without labels would be reset to 0, which is not known.
      this.unsent.remove();
      this.up.set(0);
      log.warn({ err }, 'no figures from the database');
    }
  }

  private setOutbox(outbox: string, { waiting, since }: Waiting, now: Millis): void {
    this.waiting.set({ outbox }, Number(waiting));
    const oldest = since === null ? 0 : Math.max(0, now - Number(since));
    this.oldest.set({ outbox }, oldest / SECOND);
  }
}

interface Waiting {
  waiting: number | string | bigint;
  /** When the oldest of it was made. */
  since: Millis | null;
}

function readMails(db: Database): Promise<Waiting> {
  return db
    .selectFrom('mails')
    .select((eb) => [eb.fn.countAll().as('waiting'), eb.fn.min<Millis | null>('created_at').as('since')])
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
}

/** Those of paused webhooks wait by the office's own will, and are left out. */
function readWebhooks(db: Database): Promise<Waiting> {
  return db
    .selectFrom('webhook_deliveries')
    .select((eb) => [eb.fn.countAll().as('waiting'), eb.fn.min<Millis | null>('created_at').as('since')])
    .where('webhook_id', 'in', (eb) =>
      eb.selectFrom('webhooks').select('webhooks.id').where('paused_at', 'is', null),
    )
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
}

type TabletFigures = Record<(typeof SILENCES)[number][0] | 'longer' | 'never' | 'unsent', unknown>;

function readTablets(db: Database, now: Millis): Promise<TabletFigures> {
  const bounds = [0, ...SILENCES.map(([, bound]) => bound)];
  return db
    .selectFrom('devices')
    .innerJoin('events', 'events.id', 'devices.event_id')
    .where('devices.revoked_at', 'is', null)
    .where('events.admission_from', '<=', (now + HOUR) as Millis)
    .where('events.admission_until', '>=', now)
    .select((eb) => {
      const heard = eb.ref('devices.last_contact_at');
      const countWhen = (from: number, until: number | null) => {
        const young = from === 0 ? eb.lit(true) : eb(heard, '<=', (now - from) as Millis);
        const old = until === null ? eb.lit(true) : eb(heard, '>', (now - until) as Millis);
        const told = eb(heard, 'is not', null);
        return eb.fn.sum(
          eb
            .case()
            .when(eb.and([told, young, old]))
            .then(1)
            .else(0)
            .end(),
        );
      };
      return [
        countWhen(0, MINUTE).as('under_1m'),
        countWhen(bounds[1]!, bounds[2]!).as('under_5m'),
        countWhen(bounds[2]!, bounds[3]!).as('under_15m'),
        countWhen(bounds[3]!, null).as('longer'),
        eb.fn.sum(eb.case().when(heard, 'is', null).then(1).else(0).end()).as('never'),
        eb.fn.sum('devices.waiting').as('unsent'),
      ];
    })
    .executeTakeFirstOrThrow();
}
