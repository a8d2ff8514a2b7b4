import fc from 'fast-check';
import { NoAnswer, type Answer, type Client } from './client.ts';
import { Broken, isFault, SLOW } from './laws.ts';
import type { Ledger } from './ledger.ts';
import { mutated, mutationsFor, squeeze, type Mutation } from './mutations.ts';
import { asCurl, encode, type Draft, type Plain } from './request.ts';
import type { Endpoint } from './route-list.ts';
import { sentBy, validRequests, type Who } from './valid-requests.ts';
import type { Visitor } from './visitor.ts';
import { isWhole, makeWorld, type World } from './world.ts';

/** How one request differs from one that a client of ours would send. */
interface Input {
  who: Who;
  /** Which of the requests that would be right. */
  base: number;
  mutations: Mutation[];
}

/** What became of an endpoint's inputs. */
export interface Coverage {
  endpoint: string;
  inputs: number;
  /** By the answer's status. */
  statuses: Record<number, number>;
}

export interface Failure {
  /** What to name with `--only`. */
  part: string;
  law: string;
  /** With everything that is needed to see it again. */
  message: string;
}

/** An answer that took long; it is asked for once more when nothing else runs. */
export interface Suspect {
  part: string;
  plain: Plain;
  took: number;
}

/** So many requests are made of what a page said before it is asked anew. */
const FRESH_FOR = 40;
/** Milliseconds within which nobody looks whether the world is still whole. */
const WHOLE_FOR = 3_000;
/** The longest that one fault may be made smaller, in milliseconds. */
const SHRINK_FOR = 20_000;

/** Sends variations of valid requests to one server, and keeps the event there going. */
export class EndpointFuzzer {
  readonly coverage = new Map<string, Coverage>();
  readonly failures: Failure[] = [];
  readonly suspects: Suspect[] = [];
  readonly client: Client;
  private world!: World;
  private readonly administrator: Visitor;
  private seenWhole = 0;
  private mending: Promise<void> | null = null;

  constructor(client: Client, administrator: Visitor) {
    this.client = client;
    this.administrator = administrator;
  }

  /** Makes two events: what is valid at one is foreign at the other. */
  async prepare(): Promise<void> {
    const first = await makeWorld(this.client, this.administrator, null);
    this.world = await makeWorld(this.client, this.administrator, first);
    this.seenWhole = Date.now();
  }

  /**
   * Tries one endpoint; at the first fault it looks for the smallest input that shows it, and goes on with no other.
   *
   * @param ledger - with it, a refused request that has changed something is a fault; then nothing else may run
   */
  async fuzz(endpoint: Endpoint, inputs: number, seed: number, ledger: Ledger | null = null): Promise<void> {
    let drafts = await this.draftsOf(endpoint);
    let used = 0;
    const part = endpoint.id;
    const body = endpoint.kind === 'action' ? 'form' : (drafts[0]?.body.kind ?? 'none');
    const whos: Who[] = ['owner', 'organiser', 'reception', 'viewer', 'stranger', 'nobody'];
    const input: fc.Arbitrary<Input> = fc.record({
      who: fc.oneof(
        { weight: 4, arbitrary: fc.constant<Who>('right') },
        { weight: 1, arbitrary: fc.constantFrom(...whos) },
      ),
      base: fc.nat(20),
      mutations: mutationsFor(body),
    });
    let failedAt = 0;
    let smallest: Broken | null = null;
    const property = fc.asyncProperty(input, async (one) => {
      if (failedAt && Date.now() - failedAt > SHRINK_FOR) return;
      if (++used % FRESH_FOR === 0) drafts = await this.draftsOf(endpoint);
      const draft = sentBy(
        mutated(drafts[one.base % drafts.length]!, one.mutations, this.world.foreign),
        one.who,
        this.world,
      );
      try {
        await this.probe(part, plainOf(draft), ledger);
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        failedAt ||= Date.now();
        smallest = error;
        throw error;
      }
    });
    const result = await fc.check(property, { seed: seedFor(part, seed), numRuns: inputs });
    if (!result.failed) return;
    const shown = smallest as Broken | null;
    if (!shown) throw result.errorInstance;
    const counterexample = JSON.stringify(result.counterexample?.[0] ?? null).slice(0, 2_000);
    this.failures.push({
      part,
      law: shown.law,
      message: `${shown.message}\n  seed ${seed}, input ${counterexample}`,
    });
  }

  /** Whether an answer that took long takes long again when nothing else is asked. */
  async takesLongAlone({ plain }: Suspect): Promise<boolean> {
    for (let i = 0; i < 2; i++) {
      const { took } = await this.client.send(plain).catch(() => ({ took: Infinity }));
      if (took < SLOW) return false;
    }
    return true;
  }

  private async probe(part: string, plain: Plain, ledger: Ledger | null): Promise<void> {
    const shown = () => asCurl(this.client.url, plain);
    ledger?.changes();
    let answer: Answer;
    try {
      answer = await this.client.send(plain);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      throw new Broken(
        error.why === 'hang' ? 'never a hang' : 'always an answer',
        `${error.message}\n${shown()}`,
      );
    }
    this.count(part, answer.status);
    if (isFault(answer.status)) throw new Broken('never a 5xx', `${answer.status}\n${shown()}`);
    if (answer.took > SLOW) this.suspects.push({ part, plain, took: answer.took });
    if (!ledger || !isRefusal(answer)) return;
    const changed = ledger.changes();
    if (changed.length > 0)
      throw new Broken(
        'what is refused changes nothing',
        `${answer.status}, but: ${changed.join(', ')}\n${shown()}`,
      );
  }

  private count(part: string, status: number): void {
    const coverage = this.coverage.get(part) ?? { endpoint: part, inputs: 0, statuses: {} };
    this.coverage.set(part, coverage);
    coverage.inputs += 1;
    coverage.statuses[status] = (coverage.statuses[status] ?? 0) + 1;
  }

  private async draftsOf(endpoint: Endpoint): Promise<Draft[]> {
    await this.mend();
    for (let attempt = 0; ; attempt++) {
      try {
        return await validRequests(endpoint, this.world);
      } catch (error) {
        if (attempt === 2) throw error;
        this.seenWhole = 0;
        await this.mend();
      }
    }
  }

  /** Makes another world where this one has been broken: members removed, signed out, the event gone. */
  private mend(): Promise<void> {
    if (!this.mending && Date.now() - this.seenWhole < WHOLE_FOR) return Promise.resolve();
    this.mending ??= (async () => {
      if (!(await isWhole(this.world, this.client)))
        this.world = await makeWorld(this.client, this.administrator, this.world);
      this.seenWhole = Date.now();
    })().finally(() => (this.mending = null));
    return this.mending;
  }
}

/** Another one for each endpoint: the same mutations everywhere would be fewer. */
export function seedFor(part: string, seed: number): number {
  let hash = seed;
  for (const sign of part) hash = (Math.imul(hash, 31) + sign.codePointAt(0)!) | 0;
  return hash;
}

function plainOf(draft: Draft): Plain {
  const plain = encode(draft);
  const how = plain.headers['x-fuzz-body'];
  delete plain.headers['x-fuzz-body'];
  return { ...plain, body: plain.body && squeeze(plain.body, how) };
}

/** Said no: by the status, or by leading to where one signs in. */
function isRefusal({ status, headers }: Answer): boolean {
  return status >= 400 || /^\/office\/(sign-in\?|no-access)/.test(headers.location ?? '');
}
