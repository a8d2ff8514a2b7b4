// The people of the evening in the screenshots, and the tablet at the other entrance.
import { randomBytes, randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import type { Registration } from '../src/lib/domain/registration.ts';
import type { PairResponse, SyncRequest, SyncResponse } from '../src/lib/domain/wire.ts';
import { openedEarlier, type RunningServer } from '../tests/e2e/support.ts';

const FIRST = 'Anna Mehmet Olga Yusuf Karin Jamal Lena Piotr Samira Thomas Elif Hans Mariam Viktor'.split(
  ' ',
);
const LAST = 'Aydın Bergmann Kowalski Rahimi Strothmann Demir Nowak Haddad Wiebe Okafor'.split(' ');
const MINUTE = 60_000;

let registered = 0;

/** Registers somebody new for a workgroup, as a browser without JavaScript would. */
export async function signUp(server: RunningServer, workgroup: number): Promise<void> {
  const { url } = server;
  const n = registered++;
  const name = `${FIRST[n % FIRST.length]} ${LAST[(n + Math.floor(n / FIRST.length)) % LAST.length]}`;
  const form = {
    submission: randomUUID(),
    stamp: openedEarlier(server),
    name,
    email: `guest${n}@example.org`,
    workgroup: `w${workgroup}`,
    consent: 'yes',
  };
  const answer = await fetch(`${url}/integration/register`, {
    method: 'POST',
    headers: { origin: url, accept: 'text/html' },
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
  if (answer.status !== 303) throw new Error(`${name} could not register: ${answer.status}`);
}

type WireScan = SyncRequest['scans'][number];

/** Another volunteer's tablet, which speaks the wire without a browser. */
export class OtherTablet {
  private readonly url: string;
  private readonly identity: PairResponse;
  private readonly people: Registration[] = [];
  private cursor: SyncRequest['cursor'] = null;
  private count = 0;
  /** By the server's clock; known after the first sync. */
  startsAt = 0;
  /** Milliseconds by which server and tablets are ahead of this machine. */
  shift = 0;

  private constructor(url: string, identity: PairResponse) {
    this.url = url;
    this.identity = identity;
  }

  static async pair(url: string, code: string, name: string): Promise<OtherTablet> {
    const publicKey = randomBytes(32).toString('base64url');
    const identity = await post<PairResponse>(`${url}/api/door/v1/pair`, { code, name, publicKey });
    return new OtherTablet(url, identity);
  }

  /** Lets in all who have come, at the entrance and at the rooms' doors. */
  async admitEverybody(evening: { came: number }[], stillInHall: number): Promise<void> {
    const scans: WireScan[] = [];
    for (const [i, { came }] of evening.entries()) {
      const group = this.people.filter(({ workgroupId }) => workgroupId === `w${i + 1}`);
      for (const [n, person] of group.slice(0, came + stillInHall).entries()) {
        scans.push(this.scanOf(person, 'hall-door', this.startsAt + (n - 20) * MINUTE));
        if (n < came)
          scans.push(this.scanOf(person, `w${i + 1}-door`, this.startsAt + (50 + n / 4) * MINUTE));
      }
    }
    await this.sync(scans);
  }

  async admit(name: string): Promise<void> {
    const person = this.people.find((one) => one.name === name);
    if (!person) throw new Error(`The roster lacks ${name}.`);
    await this.sync([this.scanOf(person, 'hall-door', Date.now() + this.shift - 2 * MINUTE)]);
  }

  /** Hands in scans and learns who has registered. */
  async sync(scans: WireScan[] = []): Promise<void> {
    for (let more = true; more; scans = []) {
      const answer = await post<SyncResponse & { changes: unknown[] }>(
        `${this.url}/api/door/v1/sync`,
        {
          cursor: this.cursor,
          scans,
          walkIns: [],
          status: { waiting: 0, clockOffset: 0, version: 'screenshots', battery: 0.83 },
        } satisfies SyncRequest,
        this.identity.token,
      );
      for (const change of answer.changes) {
        if (change.kind === 'registration') this.people.push(change.registration);
        if (change.kind === 'setting') this.startsAt = change.setting.startsAt;
      }
      ({ cursor: this.cursor, more } = answer);
    }
  }

  private scanOf({ ticketId }: Registration, checkpoint: string, time: number): WireScan {
    this.count += 1;
    return {
      id: v7(),
      deviceId: this.identity.deviceId,
      deviceSeq: this.count,
      ticketId,
      payloadHash: null,
      checkpointId: checkpoint,
      direction: 'entry',
      deviceTime: Math.round(time),
      clockOffset: 0,
      rosterCursor: this.cursor,
      verdictShown: 'admitted',
      override: null,
      undoes: null,
    };
  }
}

async function post<Answer>(address: string, body: unknown, token?: string): Promise<Answer> {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
