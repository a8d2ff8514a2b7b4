import { SECOND } from '../../domain/time.ts';
import type { ReadReplica } from '../database/read-replica.ts';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** In seconds: from a static answer to one that somebody gives up on. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BATCHES = [1, 5, 20, 50, 100, 200, 500];

/**
 * What this process counts and measures about itself; `figures.ts` adds what stands in the database. Labels take few
 * values and say nothing of a person: a route's id, never an address.
 */
export class Metrics {
  readonly registry = new Registry();
  private readonly registers = [this.registry];

  readonly requests = new Histogram({
    name: 'einlass_http_request_duration_seconds',
    help: 'Time until an answer begins, by route. Files and prerendered pages are not counted.',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: SECONDS,
    registers: this.registers,
  });
  readonly syncs = new Histogram({
    name: 'einlass_sync_duration_seconds',
    help: 'Time for one round trip of a tablet, from its parsed body to the answer.',
    labelNames: ['outcome'] as const,
    buckets: SECONDS,
    registers: this.registers,
  });
  readonly syncScans = new Histogram({
    name: 'einlass_sync_batch_scans',
    help: 'Scans that one round trip handed in; round trips without any are left out.',
    buckets: BATCHES,
    registers: this.registers,
  });
  readonly scansStored = new Counter({
    name: 'einlass_scans_stored_total',
    help: 'Scans that are new in the log. Those sent again are not counted.',
    registers: this.registers,
  });
  readonly registrations = new Counter({
    name: 'einlass_registrations_created_total',
    help: 'Registrations made, by where.',
    labelNames: ['origin'] as const,
    registers: this.registers,
  });
  readonly mails = new Counter({
    name: 'einlass_mail_attempts_total',
    help: 'Attempts to hand a mail over, by how they ended: sent, failed for good, put_off.',
    labelNames: ['outcome'] as const,
    registers: this.registers,
  });
  readonly webhooks = new Counter({
    name: 'einlass_webhook_attempts_total',
    help: 'Attempts to send a webhook message, by how they ended: sent, failed for good, put_off.',
    labelNames: ['outcome'] as const,
    registers: this.registers,
  });
  readonly streams = new Gauge({
    name: 'einlass_event_streams_open',
    help: 'Open streams of server-sent events: live pages and tablets.',
    registers: this.registers,
  });
  readonly feedLag = new Histogram({
    name: 'einlass_feed_lag_seconds',
    help: 'Time from the news of a change to its message in an open stream.',
    buckets: SECONDS,
    registers: this.registers,
  });

  /** Where there is a replica: whether it is used, read at each scrape. */
  watchReplica(replica: Pick<ReadReplica, 'state' | 'lag'>): void {
    const { registers } = this;
    new Gauge({
      name: 'einlass_read_replica_used',
      help: 'Whether the read replica answers; 0: the primary does in its place.',
      registers,
      collect() {
        this.set(replica.state === 'used' ? 1 : 0);
      },
    });
    new Gauge({
      name: 'einlass_read_replica_lag_seconds',
      help: 'How far behind the read replica was when it was last looked at; missing where that is not known.',
      registers,
      collect() {
        if (replica.lag === null) this.remove();
        else this.set(replica.lag / SECOND);
      },
    });
  }

  constructor() {
    // What has not happened yet is 0, not missing: otherwise its first increase is seen by nobody.
    for (const outcome of ['sent', 'failed', 'put_off']) {
      this.mails.inc({ outcome }, 0);
      this.webhooks.inc({ outcome }, 0);
    }
    for (const origin of ['form', 'office', 'walk_in']) this.registrations.inc({ origin }, 0);
  }
}

/** The class of a status, such as `2xx`. */
export function statusClass(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}
