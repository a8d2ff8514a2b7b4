import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { v7 } from 'uuid';
import type { CheckpointId, ScanId, TicketId } from '../../src/lib/domain/ids.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import type { Direction } from '../../src/lib/domain/setting.ts';
import { millis } from '../../src/lib/domain/time.ts';
import type { PairResponse } from '../../src/lib/domain/wire.ts';
import type { SeededEvent, Site } from './seed.ts';

/**
 * In the place of the one that a tablet signs each scan with: the server keeps it unread, and the processor that the
 * server shares with the bench is not to be measured signing.
 */
export const SIGNATURE = 'A'.repeat(86);

/** What a tablet reads at a door. */
export type Reading = (seq: number) => { ticketId: TicketId; checkpoint: string; direction: Direction };

const comingAndGoing =
  ({ ticketIds }: SeededEvent): Reading =>
  (seq) => ({
    ticketId: ticketIds[(seq * 7) % ticketIds.length]!,
    checkpoint: 'hall-door',
    direction: seq % 2 ? 'entry' : 'exit',
  });

/** Hands in and fetches as a real tablet does, but forgets the news at once. */
export class SimulatedTablet {
  private readonly identity: PairResponse;
  private readonly url: string;
  private readonly reading: Reading;
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  private cursor: string | null = null;
  private more = true;
  private seq = 0;
  /** How many bytes the answers have had, as they came over the wire. */
  received = 0;

  private constructor(identity: PairResponse, url: string, reading: Reading) {
    this.identity = identity;
    this.url = `${url}/api/door/v1/sync`;
    this.reading = reading;
  }

  /** @param reading - what it reads at its door, by the number of the scan, from 1; by default guests who come and go */
  static async pair(
    site: Site,
    event: SeededEvent,
    url: string,
    reading = comingAndGoing(event),
  ): Promise<SimulatedTablet> {
    return new SimulatedTablet(await site.pair(event, 'Eingang'), url, reading);
  }

  async catchUp(): Promise<void> {
    while (this.more) await this.sync([]);
  }

  /** @returns how many of the scans the server has confirmed, which must be all */
  async handIn(count: number): Promise<number> {
    const scans = Array.from({ length: count }, () => this.scan());
    const answer = await this.sync(scans);
    if (!answer.startsWith(`{"acknowledged":${JSON.stringify(scans.map(({ id }) => id))}`))
      throw new Error(`not every scan was confirmed: ${answer.slice(0, 200)}`);
    return count;
  }

  /** What it shows the server. */
  get token(): string {
    return this.identity.token;
  }

  close(): void {
    this.agent.destroy();
  }

  private scan(): Scan {
    this.seq += 1;
    const { ticketId, checkpoint, direction } = this.reading(this.seq);
    return {
      id: v7() as ScanId,
      deviceId: this.identity.deviceId,
      deviceSeq: this.seq,
      ticketId,
      payloadHash: null,
      checkpointId: checkpoint as CheckpointId,
      direction,
      deviceTime: millis(Date.now()),
      clockOffset: 0,
      rosterCursor: this.cursor as Scan['rosterCursor'],
      verdictShown: direction === 'entry' ? 'admitted' : 'left',
      override: null,
      byHand: null,
      undoes: null,
    };
  }

  private async sync(scans: Scan[]): Promise<string> {
    const status = { waiting: scans.length, clockOffset: 0, version: 'bench', battery: 0.5 };
    const signatures = scans.map(() => SIGNATURE);
    const answer = await this.post(
      JSON.stringify({ cursor: this.cursor, scans, signatures, walkIns: [], status }),
    );
    // The news may hold the same words; behind them is the tablet's own.
    const own = answer.slice(answer.lastIndexOf('"cursor":"'));
    const [, cursor, more] = /^"cursor":"([^"]+)","more":(\w+),"serverTime":\d+/.exec(own) ?? [];
    if (!cursor) throw new Error(`not an answer: ${answer.slice(0, 200)}`);
    this.cursor = cursor;
    this.more = more === 'true';
    return answer;
  }

  private post(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.identity.token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'accept-encoding': 'gzip',
      };
      const request = http.request(this.url, { method: 'POST', headers, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          this.received += bytes.length;
          const packed = response.headers['content-encoding'] === 'gzip';
          resolve((packed ? gunzipSync(bytes) : bytes).toString());
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}
