// Thousands of open event streams in a process of their own, over bare sockets: nothing is parsed, only a mark looked for,
// so that the listeners take little of the machine from the server. Started by fanout.ts.
import net from 'node:net';

/** A stream to open: a whole HTTP request, as it goes over the wire. */
export interface StreamsOrder {
  port: number;
  requests: string[];
}

export type ToClients =
  | { kind: 'open'; order: StreamsOrder }
  /** From now on, note when each stream brings this for the first time. */
  | { kind: 'await'; mark: string }
  | { kind: 'collect' };

export type FromClients =
  | { kind: 'opened'; refused: number }
  | { kind: 'awaiting' }
  | { kind: 'all' }
  /** When it came, for each stream that has brought it, in milliseconds since 1970; how many have ended. */
  | { kind: 'collected'; times: number[]; ended: number };

/** How many connections are opened at the same time. */
const AT_ONCE = 64;

let mark = Buffer.alloc(0);
let round = 0;
let times: number[] = [];
let streams = 0;
let ended = 0;

process.on('message', (message: ToClients) => {
  if (message.kind === 'open') void openAll(message.order);
  else if (message.kind === 'await') {
    mark = Buffer.from(message.mark);
    round += 1;
    times = [];
    tell({ kind: 'awaiting' });
  } else tell({ kind: 'collected', times, ended });
});

async function openAll({ port, requests }: StreamsOrder): Promise<void> {
  let refused = 0;
  const left = [...requests];
  const work = async () => {
    for (let request = left.pop(); request !== undefined; request = left.pop())
      if (await open(port, request)) streams += 1;
      else refused += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  tell({ kind: 'opened', refused });
}

/** @returns resolves with the first bytes: whether they say that the stream is open */
function open(port: number, request: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
    let seenIn = 0;
    let begun = false;
    let tail = Buffer.alloc(0);
    socket.on('data', (data) => {
      if (!begun) {
        begun = true;
        resolve(data.subarray(0, 12).toString() === 'HTTP/1.1 200');
      }
      if (seenIn === round) return;
      // What is awaited may come in two pieces.
      const bytes = tail.length > 0 ? Buffer.concat([tail, data]) : data;
      if (bytes.includes(mark)) {
        seenIn = round;
        tail = Buffer.alloc(0);
        times.push(Date.now());
        if (times.length === streams) tell({ kind: 'all' });
      } else tail = Buffer.from(bytes.subarray(1 - mark.length));
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => {
      if (begun) ended += 1;
      resolve(false);
    });
  });
}

function tell(message: FromClients): void {
  process.send!(message);
}
