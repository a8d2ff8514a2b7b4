import { Chance } from './random.ts';
import type { Process } from './scheduler.ts';
import type { Timeout } from './seams/globals.ts';
import type { HttpAnswer, HttpRequest, Server } from './server.ts';
import type { World } from './world.ts';

/** How well a tablet reaches the server. */
export type Quality = 'good' | 'slow' | 'flaky' | 'down';

/** What becomes of a request. */
const FATES: Record<Quality, Record<string, number>> = {
  good: { carried: 1 },
  slow: { carried: 1 },
  flaky: { carried: 6, dropped: 3, answer_lost: 4, cut_off: 2, doubled: 3, late_again: 2, strange: 3 },
  down: { dropped: 1 },
};

/** How long one way takes, in milliseconds. */
const DELAYS: Record<Quality, [number, number]> = {
  good: [3, 60],
  slow: [200, 9_000],
  flaky: [5, 4_000],
  down: [0, 25_000],
};

/** Answers of what stands between a tablet and its server. */
const STRANGE: readonly HttpAnswer[] = [
  { status: 200, body: '<!doctype html><title>Willkommen im WLAN</title>' },
  { status: 200, body: '{"acknowledged":"all","ok":true}' },
  { status: 400, body: '{"code":"malformed","message":"Bad request"}' },
  { status: 401, body: '{"code":"not_paired","message":"Who are you?"}' },
  { status: 413, body: '{"code":"too_large","message":"Too large"}' },
  { status: 429, body: '{"code":"too_many","message":"Later"}' },
  { status: 502, body: '<html>Bad Gateway</html>' },
  { status: 503, body: '{"code":"unavailable","message":"Later"}' },
];

/** The way between one tablet and the server. */
export class Link {
  quality: Quality = 'good';
  private readonly world: World;
  private readonly server: Server;
  private readonly name: string;
  private readonly chance: Chance;
  private readonly onAnswer: (body: string) => void;

  /** @param onAnswer - sees every byte that gets to the tablet */
  constructor(world: World, server: Server, name: string, onAnswer: (body: string) => void) {
    this.world = world;
    this.server = server;
    this.name = name;
    this.chance = new Chance(world.seed, `network ${name}`);
    this.onAnswer = onAnswer;
  }

  get delay(): number {
    return this.chance.between(...DELAYS[this.quality]);
  }

  /** `fetch` of one run of the tablet's app. */
  fetch(process: Process): typeof fetch {
    return (input, init) =>
      new Promise((resolve, reject) => {
        const { scheduler } = this.world;
        const request: HttpRequest = {
          path: input as string,
          headers: init!.headers as Record<string, string>,
          body: init!.body as string,
          address: `10.0.0.${this.name.charCodeAt(this.name.length - 1)}`,
        };
        const fail = (delay: number) =>
          scheduler.post(process, () => reject(new TypeError('fetch failed')), delay);
        const succeed = (answer: HttpAnswer, delay: number) =>
          scheduler.post(process, () => resolve(this.responseOf(answer)), delay);
        const timeout = (init!.signal as unknown as Timeout).after;
        scheduler.post(process, () => reject(new DOMException('too long', 'TimeoutError')), timeout);
        this.carry(request, fail, succeed);
      });
  }

  private carry(
    request: HttpRequest,
    fail: (delay: number) => void,
    succeed: (answer: HttpAnswer, delay: number) => void,
  ): void {
    const { world, chance } = this;
    const fate = chance.weighed(FATES[this.quality]);
    if (fate !== 'carried') world.tell(`${this.name}: a request is ${fate}`);
    if (fate === 'dropped') return fail(this.delay);
    if (fate === 'strange') return succeed(chance.pick(STRANGE), this.delay);
    const deliver = (delay: number, reply: (answer: HttpAnswer | null) => void) =>
      world.scheduler.post(world.process, () => this.server.receive(request, reply), delay);
    deliver(this.delay, (answer) => {
      if (!answer || fate === 'answer_lost') return fail(this.delay);
      const cut = chance.between(0, Math.max(0, answer.body.length - 1));
      succeed(fate === 'cut_off' ? { ...answer, body: answer.body.slice(0, cut) } : answer, this.delay);
    });
    if (fate === 'doubled') deliver(this.delay, () => undefined);
    if (fate === 'late_again') deliver(chance.between(10_000, 400_000), () => undefined);
  }

  private responseOf({ status, body }: HttpAnswer): Response {
    this.onAnswer(body);
    const bytes = new TextEncoder().encode(body);
    return {
      ok: status < 400,
      status,
      arrayBuffer: () => Promise.resolve(bytes.buffer),
    } as unknown as Response;
  }
}
