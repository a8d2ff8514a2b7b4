import { v4, v7 } from 'uuid';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import { ROLES, type Role } from '../../src/lib/domain/office-rights.ts';
import { createKeyPair, type KeyPair } from '../../src/lib/domain/signing.ts';
import { API_SCOPES } from '../../src/lib/domain/api-scope.ts';
import type { PairResponse } from '../../src/lib/domain/wire.ts';
import type { Client } from './client.ts';
import { MARK } from './corpus.ts';
import { Visitor } from './visitor.ts';

/** A tablet that is paired with the event. */
export interface PairedTablet {
  identity: PairResponse;
  keys: KeyPair;
  /** The number of its last scan. */
  seq: number;
  cursor: string | null;
}

/**
 * An event with everything that requests can be about, made by what people and other systems send: so it can be made on
 * any store. What the fuzzer breaks of it (roles, sessions, the event itself) is made anew as another world.
 */
export interface World {
  slug: string;
  eventId: string;
  administrator: Visitor;
  members: Record<Role, Visitor>;
  tokens: string[];
  tablets: PairedTablet[];
  workgroups: string[];
  checkpoints: string[];
  registrations: string[];
  /** The unguessable ends of the addresses of ticket pages. */
  tickets: string[];
  ticketIds: string[];
  announcement: string;
  mails: string[];
  /** A valid elsewhere: of the event made before. */
  foreign: string[];
  /** Whoever owns another event. */
  stranger: Visitor;
}

let number = 0;

/** @param before - an earlier world, whose ids are foreign in this one; its event is copied */
export async function makeWorld(
  client: Client,
  administrator: Visitor,
  before: World | null,
): Promise<World> {
  number += 1;
  const slug = before ? `fuzz-${number}-${v4().slice(0, 8)}` : 'integration';
  if (before) await copyEvent(administrator, 'integration', slug);
  const members = {} as Record<Role, Visitor>;
  for (const role of ROLES) {
    const link = await invite(administrator, slug, role);
    const email = `${MARK}-${role}-${v4()}@example.org`;
    members[role] = await new Visitor(client).signUp(`${link}?/sign_up`, `Person ${MARK}`, email);
  }
  const owner = members.owner;
  const tokens = await Promise.all(Array.from({ length: 8 }, () => makeToken(owner, slug)));
  const event = (await askApi(client, tokens[0]!, `/api/v1/events/${slug}`)) as {
    workgroups: { id: string }[];
    checkpoints: { id: string }[];
  };
  const workgroups = event.workgroups.map(({ id }) => id);
  const people = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      register(client, tokens[0]!, slug, workgroups[i % workgroups.length]!),
    ),
  );
  const tablets = [await pairTablet(client, owner, slug), await pairTablet(client, owner, slug)];
  const ticketIds = await firstSync(client, tablets[0]!);
  const begun = await owner.post(`/office/${slug}/announcements?/begin`, {});
  const mails = await owner.get(`/office/${slug}/mails`);
  return {
    slug,
    eventId: tablets[0]!.identity.eventId,
    administrator,
    members,
    tokens,
    tablets,
    workgroups,
    checkpoints: event.checkpoints.map(({ id }) => id),
    registrations: people.map(({ registration }) => registration.id),
    tickets: people.map(({ ticketUrl }) => ticketUrl.split('/').at(-1)!),
    ticketIds,
    announcement: begun.headers.location?.split('/').at(-1) ?? '',
    mails: [...mails.text.matchAll(/mails\/([0-9a-f-]{36})/g)].map(([, id]) => id!),
    foreign: before ? idsOf(before) : [v4(), v7()],
    stranger: before?.members.owner ?? administrator,
  };
}

/** Everything of a world that a request may name. */
function idsOf(world: World): string[] {
  const { slug, eventId, tokens, tablets, registrations, tickets, ticketIds, announcement, mails, members } =
    world;
  return [
    slug,
    eventId,
    announcement,
    ...[tokens, registrations, tickets, ticketIds, mails].map((list) => list[0] ?? ''),
    tablets[0]!.identity.token,
    tablets[0]!.identity.deviceId,
    members.owner.cookie,
    members.viewer.cookie,
  ].filter(Boolean);
}

/** Whether the people of a world may still do what they did, and its event is where it was. */
export async function isWhole({ slug, members, tokens }: World, client: Client): Promise<boolean> {
  for (const role of ROLES) if ((await members[role].get(`/office/${slug}`)).status !== 200) return false;
  if ((await members.owner.get(`/office/${slug}/members`)).status !== 200) return false;
  const answer = await client.send({
    method: 'GET',
    path: `/api/v1/events/${slug}`,
    headers: { authorization: `Bearer ${tokens[0]}` },
    body: null,
  });
  return answer.status === 200 || answer.status === 429;
}

async function copyEvent(administrator: Visitor, from: string, slug: string): Promise<void> {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const made = await administrator.post('/office/new', {
    from,
    title: `Fuzz ${slug}`,
    slug,
    venue: 'Stadthalle',
    startsAt: `${day(9)}T18:00`,
    endsAt: `${day(9)}T21:00`,
  });
  if (made.status !== 303) throw new Error(`no event was made: ${made.status}`);
  const published = await administrator.post(`/office/${slug}/setup?/publish`, {});
  if (published.status !== 303) throw new Error(`the event was not published: ${published.status}`);
}

/** @returns the path of an invitation that nobody has used */
export async function invite(by: Visitor, slug: string, role: Role): Promise<string> {
  const page = await by.post(`/office/${slug}/members?/invite`, { role });
  return must(/\/office\/invitation\/[\w-]{43}/.exec(page.text)?.[0], 'an invitation', page.status);
}

/** @returns a code that pairs one tablet */
export async function pairingCode(by: Visitor, slug: string): Promise<string> {
  const page = await by.post(`/office/${slug}/devices?/pair`, {});
  return must(/\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(page.text)?.[0], 'a pairing code', page.status);
}

async function makeToken(by: Visitor, slug: string): Promise<string> {
  const scopes = API_SCOPES.map((value) => ({ name: 'scope', value }));
  const page = await by.post(`/office/${slug}/interfaces?/make_token`, [
    { name: 'name', value: `Portal ${MARK}` },
    { name: 'lifetime', value: 'year' },
    ...scopes,
  ]);
  return must(/einlass_[\w-]{43}/.exec(page.text)?.[0], 'a token', page.status);
}

async function askApi(client: Client, token: string, path: string, body?: object): Promise<unknown> {
  const answer = await client.send({
    method: body ? 'POST' : 'GET',
    path,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': v4(),
    },
    body: body ? Buffer.from(JSON.stringify(body)) : null,
  });
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text) as unknown;
}

async function register(client: Client, token: string, slug: string, workgroup: string) {
  const body = {
    name: `Gast ${MARK}`,
    email: `${MARK}-${v4()}@example.org`,
    workgroup,
    whenFull: 'waiting_list',
    consented: true,
  };
  return (await askApi(client, token, `/api/v1/events/${slug}/registrations`, body)) as {
    registration: { id: string };
    ticketUrl: string;
  };
}

async function pairTablet(client: Client, by: Visitor, slug: string): Promise<PairedTablet> {
  const keys = await createKeyPair();
  const code = await pairingCode(by, slug);
  const answer = await client.send({
    method: 'POST',
    path: '/api/door/v1/pair',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(
      JSON.stringify({ code, name: `Tablet ${MARK}`, publicKey: bytesToBase64url(keys.publicKey) }),
    ),
  });
  if (answer.status !== 200) throw new Error(`no tablet was paired: ${answer.status}`);
  return { identity: JSON.parse(answer.text) as PairResponse, keys, seq: 0, cursor: null };
}

/** @returns the ids of the event's tickets, as the tablet is told them */
async function firstSync(client: Client, tablet: PairedTablet): Promise<string[]> {
  const answer = await client.send({
    method: 'POST',
    path: '/api/door/v1/sync',
    headers: { authorization: `Bearer ${tablet.identity.token}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ cursor: null, scans: [], walkIns: [], status: null })),
  });
  if (answer.status !== 200) throw new Error(`the tablet was not answered: ${answer.status}`);
  const { cursor } = JSON.parse(answer.text) as { cursor: string };
  tablet.cursor = cursor;
  return [...answer.text.matchAll(/"ticketId":"([0-9a-f-]{36})"/g)].map(([, id]) => id!);
}

function must(found: string | undefined, what: string, status: number): string {
  if (found === undefined) throw new Error(`there was no ${what} in an answer of ${status}`);
  return found;
}
