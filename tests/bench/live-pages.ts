// Many live pages in a process of their own: each holds its stream open, parses every message as a page does, and notes
// when it showed what. Started by live.ts, with which it speaks by messages.
import http from 'node:http';
import * as v from 'valibot';
import { percentiles, type Percentiles } from './report.ts';

export interface LivePagesOrder {
  url: string;
  cookie: string;
  pages: number;
  /** The rooms whose headcounts are watched. */
  rooms: string[];
}

/** A scan by which a room came to hold `headcount`. */
export interface SentScan {
  room: string;
  headcount: number;
  /** When it was sent, in milliseconds since 1970. */
  time: number;
}

export type FromLivePages =
  | { kind: 'ready' }
  | { kind: 'measured'; delays: Percentiles; messages: number; bytes: number; unseen: number };

export type ToLivePages = { kind: 'open'; order: LivePagesOrder } | { kind: 'measure'; scans: SentScan[] };

const ViewSchema = v.object({
  rooms: v.array(v.object({ id: v.string(), headcount: v.number() })),
});

/** For each page and room, when which headcount was first on the page; what a message skips came with it. */
const seen: Map<string, number[]>[] = [];
let messages = 0;
let bytes = 0;

process.on('message', (message: ToLivePages) => {
  if (message.kind === 'open') void openAll(message.order);
  else measure(message.scans);
});

async function openAll(order: LivePagesOrder): Promise<void> {
  await Promise.all(Array.from({ length: order.pages }, () => open(order)));
  tell({ kind: 'ready' });
}

/** @returns resolves with the first view */
function open({ url, cookie, rooms }: LivePagesOrder): Promise<void> {
  const times = new Map(rooms.map((room) => [room, [] as number[]]));
  seen.push(times);
  return new Promise((resolve, reject) => {
    const headers = { accept: 'text/event-stream', cookie };
    const request = http.get(url, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`the stream answered ${response.statusCode}`));
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) {
          if (!block.startsWith('data: ')) continue;
          note(times, block.slice('data: '.length));
          resolve();
        }
      });
      response.on('close', () => reject(new Error('a stream has ended')));
    });
    request.on('error', reject);
  });
}

function note(times: Map<string, number[]>, data: string): void {
  messages += 1;
  bytes += data.length;
  const { rooms } = v.parse(ViewSchema, JSON.parse(data));
  const now = Date.now();
  for (const { id, headcount } of rooms) {
    const ofRoom = times.get(id);
    while (ofRoom && ofRoom.length < headcount) ofRoom.push(now);
  }
}

function measure(scans: SentScan[]): void {
  const delays: number[] = [];
  let unseen = 0;
  for (const page of seen) {
    for (const { room, headcount, time } of scans) {
      const shown = page.get(room)?.[headcount - 1];
      if (shown === undefined) unseen += 1;
      else delays.push(Math.max(0, shown - time));
    }
  }
  tell({ kind: 'measured', delays: percentiles(delays), messages, bytes, unseen });
  process.disconnect();
  process.exit(0);
}

function tell(message: FromLivePages): void {
  process.send!(message);
}
