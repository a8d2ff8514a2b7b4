import { v4, v7 } from 'uuid';
import { MARK } from './corpus.ts';
import { formsIn, type HtmlForm } from './html-forms.ts';
import { percent, type Draft, type Field } from './request.ts';
import type { Endpoint } from './route-list.ts';
import { pairBody, scanFiles, syncBodies } from './tablet-requests.ts';
import { PASSWORD, Visitor } from './visitor.ts';
import { invite, pairingCode, type World } from './world.ts';

/** Who sends a request; the first of a route is who may. */
export type Who = 'right' | 'owner' | 'organiser' | 'reception' | 'viewer' | 'stranger' | 'nobody';

/** What a parameter of a route can be, in this world. */
const PARAMETERS: Record<string, (world: World, route: string) => string | Promise<string>> = {
  event: ({ slug }) => slug,
  eventId: ({ eventId }) => eventId,
  notice: () => one(['imprint', 'privacy', 'accessibility']),
  link: ({ tickets }) => one(tickets),
  registration: ({ registrations }) => one(registrations),
  id: ({ announcement, mails }, route) => (route.includes('announcements') ? announcement : one(mails)),
  language: () => one(['en', 'ar', 'de-simple', 'pl']),
  token: async ({ members, slug }, route) =>
    route.includes('invitation')
      ? (await invite(members.owner, slug, 'viewer')).split('/').at(-1)!
      : 'A'.repeat(43),
};

const one = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)]!;

/** The address of a route. @throws for a parameter that nobody has said anything of: see PARAMETERS */
export async function pathOf(route: string, world: World): Promise<string> {
  let path = route;
  for (const [whole, name] of route.matchAll(/\[(\w+)\]/g)) {
    const value = PARAMETERS[name!];
    if (!value) throw new Error(`${route}: the fuzzer knows nothing of the parameter ${name}`);
    path = path.replace(whole, percent(await value(world, route)));
  }
  return path;
}

/** Whether the fuzzer can make requests for a route. */
export function isKnown({ route, kind, method, id }: Endpoint): boolean {
  const parameters = [...route.matchAll(/\[(\w+)\]/g)].map(([, name]) => name!);
  if (!parameters.every((name) => Object.hasOwn(PARAMETERS, name))) return false;
  return kind !== 'endpoint' || ['GET', 'HEAD'].includes(method) || Object.hasOwn(BODIES, id);
}

/** What a query says, by its names. */
const ASKED: Record<string, (world: World) => string> = {
  language: () => 'en',
  from: ({ slug }) => slug,
  to: ({ slug }) => `/office/${slug}`,
  q: () => MARK,
  kind: () => 'registration_cancelled',
  before: () => v7(),
  import: () => v4(),
  done: () => 'saved',
  page: () => '2',
  look: () => 'light',
  state: () => 'waitlisted',
  limit: () => '3',
  after: ({ tablets }) => tablets[0]!.cursor ?? '0',
};

/** What people type, by the fields' names, where the page has left them empty. */
const TYPED: Record<string, (world: World) => string> = {
  name: () => `Gast ${MARK}`,
  email: () => `${MARK}-${v4().slice(0, 8)}@example.org`,
  password: () => PASSWORD,
  current: () => PASSWORD,
  workgroup: ({ workgroups }) => one(workgroups),
  second: ({ workgroups }) => one(workgroups),
  registration: ({ registrations }) => one(registrations),
  device: ({ tablets }) => one(tablets).identity.deviceId,
  text: () => `Ein Text ${MARK}`,
  consent: () => 'yes',
  url: () => `https://example.org/${v4()}`,
  import: () => v4(),
  submission: () => v4(),
  id: () => v7(),
  companion: () => '',
  trap: () => '',
  otherNeeds: () => '',
  confirm: () => '',
};

/** The bodies of endpoints that no form leads to. @returns drafts without address and credentials */
const BODIES: Record<string, (world: World) => Promise<Partial<Draft>[]>> = {
  'POST /api/door/v1/sync': async (world) =>
    (await syncBodies(world)).map(({ token, body }) => ({
      headers: { authorization: `Bearer ${token}` },
      body: { kind: 'json', value: body },
    })),
  'POST /api/door/v1/nearby': async ({ tablets }) =>
    tablets.map(({ identity }) => ({
      headers: { authorization: `Bearer ${identity.token}` },
      body: {
        kind: 'json',
        value: {
          signals: tablets.map((other) => ({ to: other.identity.deviceId, signal: 'A'.repeat(220) })),
        },
      },
    })),
  'POST /api/door/v1/pair': async ({ members, slug }) => {
    const code = await pairingCode(members.owner, slug);
    return [{ body: { kind: 'json', value: await pairBody(code) } }];
  },
  'POST /api/v1/events/[event]/registrations': async ({ workgroups }) =>
    [null, 'waiting_list', 'second_choice'].map((whenFull) => ({
      headers: { 'idempotency-key': v4() },
      body: {
        kind: 'json',
        value: {
          name: `Gast ${MARK}`,
          email: `${MARK}-${v4()}@example.org`,
          workgroup: one(workgroups),
          secondChoice: one(workgroups),
          whenFull,
          affiliation: null,
          locale: 'tr',
          accessNeeds: { wheelchair: true, signLanguage: false, interpreting: null, other: MARK },
          consented: true,
        },
      },
    })),
  'POST /api/v1/events/[event]/registrations/[registration]/cancel': async () => [
    { body: { kind: 'none' } },
    { body: { kind: 'json', value: {} } },
  ],
  'POST /office/[event]/import-registrations/run': async (world) => [
    {
      body: form([
        { name: 'import', value: await handInTable(world) },
        { name: 'mails', value: 'yes' },
      ]),
    },
  ],
};

const form = (fields: Field[], multipart = false): Draft['body'] => ({
  kind: 'form',
  encoding: multipart ? 'multipart' : 'urlencoded',
  fields,
});

/** Requests that a client of ours would send to an endpoint now, as whoever may. */
export async function validRequests(endpoint: Endpoint, world: World): Promise<Draft[]> {
  const path = await pathOf(endpoint.route, world);
  const right = rightful(endpoint, world);
  const base: Draft = {
    method: endpoint.method,
    path,
    query: [],
    headers: credentials(endpoint, world),
    body: { kind: 'none' },
  };
  const bodies = BODIES[endpoint.id];
  if (bodies)
    return (await bodies(world)).map((part) => ({
      ...base,
      ...part,
      headers: { ...base.headers, ...part.headers },
    }));
  if (endpoint.kind === 'action') return actionRequests(endpoint, world, base, right);
  const asked = endpoint.queryNames.map((name): [string, string] => [name, ASKED[name]?.(world) ?? '1']);
  const links = endpoint.kind === 'page' && endpoint.route !== '/' ? await linksOf(right, path) : [];
  return [base, { ...base, query: asked }, ...links.map((query) => ({ ...base, query }))];
}

async function actionRequests(
  endpoint: Endpoint,
  world: World,
  base: Draft,
  right: Visitor,
): Promise<Draft[]> {
  const { action, fieldNames } = endpoint;
  const address = action ? `${base.path}?/${action}` : base.path;
  const found = (await formsOn(right, base.path, world)).filter((one) => isFor(one, endpoint, base.path));
  const forms = found.length > 0 ? found.slice(0, 6) : [guessed(fieldNames)];
  const drafts = [];
  for (const { fields, multipart } of forms) {
    const filled = fields.map((field) => ({
      ...field,
      value: field.value || (TYPED[field.name]?.(world) ?? ''),
    }));
    for (const files of await filesFor(endpoint, world))
      drafts.push({
        ...base,
        path: address,
        body: form(
          files ? filled.map((field) => (field.file ? { ...field, value: files } : field)) : filled,
          multipart,
        ),
      });
  }
  return drafts;
}

/** Some forms stand on a page only once something has been asked for. */
async function formsOn(visitor: Visitor, path: string, world: World): Promise<HtmlForm[]> {
  const forms = await visitor.forms(path);
  if (path.endsWith('/import-registrations'))
    forms.push({
      ...guessed([]),
      action: '?/import',
      fields: [
        { name: 'import', value: await handInTable(world) },
        { name: 'overbook', value: 'yes' },
      ],
    });
  if (path.endsWith('/registrations/selected')) {
    const list = await visitor.forms(path.replace('/selected', ''));
    forms.push(...list.filter(({ action }) => action.includes('selected')));
  }
  if (path.endsWith('/office/sign-in'))
    return forms.map((one) => ({ ...one, action: one.action.replace(/^\/office\/sign-in\?.*/, '') }));
  return forms;
}

function isFor({ method, action }: HtmlForm, endpoint: Endpoint, path: string): boolean {
  if (method !== 'POST') return false;
  const name = /\?\/(\w+)/.exec(action)?.[1] ?? null;
  const at = action.split('?')[0]!;
  return name === endpoint.action && (at === '' || at === path || at.endsWith(path));
}

const guessed = (names: string[]): HtmlForm => ({
  method: 'POST',
  action: '',
  multipart: false,
  fields: names.map((name) => ({ name, value: '' })),
});

const TABLE = (workgroup: string) =>
  [
    'Name;E-Mail;Arbeitsgruppe;Status;Rollstuhl',
    `Gast ${MARK};${MARK}-${v4()}@example.org;${workgroup};bestätigt;ja`,
    `"Zwei; ${MARK}";;${workgroup};Warteliste;nein`,
  ].join('\r\n');

/** What is put into a form's file field; null where there is none. */
async function filesFor({ route }: Endpoint, world: World): Promise<(string | null)[]> {
  if (route.endsWith('/import')) return scanFiles(world);
  if (!route.endsWith('/import-registrations')) return [null];
  const exported = await world.members.owner.get(`/office/${world.slug}/registrations.csv`);
  return [
    TABLE('1'),
    exported.text,
    TABLE('1').replaceAll(';', '\t'),
    `sep=,\r\n${TABLE('1').replaceAll(';', ',')}`,
  ];
}

/** @returns the id of a table that waits to be taken in */
async function handInTable({ members, slug }: World): Promise<string> {
  const fields = [{ name: 'file', value: TABLE('1'), file: 'gaeste.csv' }];
  const page = await members.owner.post(`/office/${slug}/import-registrations?/check`, fields, 'multipart');
  return /name="import" value="([^"]+)"/.exec(page.text)?.[1] ?? v4();
}

/** The queries that the page itself links to and asks for. */
async function linksOf(visitor: Visitor, path: string): Promise<[string, string][][]> {
  const { text } = await visitor.get(path);
  const links = [...text.matchAll(/href="([^"]*)\?([^"/][^"]*)"/g)]
    .filter(([, to]) => to === '' || to === path)
    .map(([, , query]) => [...new URLSearchParams(query!.replaceAll('&amp;', '&'))]);
  const forms = formsIn(text)
    .filter(({ method, action }) => method === 'GET' && (action === '' || action === path))
    .map(({ fields }) => fields.map(({ name, value }): [string, string] => [name, value || 'a']));
  return [...forms, ...links].slice(0, 8);
}

const ADMINISTRATED = /^\/office\/new|\?\/reset$/;

/** Whoever may ask for it. */
function rightful({ route, id }: Endpoint, { administrator, members }: World): Visitor {
  if (ADMINISTRATED.test(route) || ADMINISTRATED.test(id)) return administrator;
  return /^\/office\/(sign-in|reset|setup|invitation)/.test(route)
    ? new Visitor(members.owner.client, '')
    : members.owner;
}

function credentials(endpoint: Endpoint, world: World): Record<string, string> {
  const origin: Record<string, string> =
    endpoint.method === 'GET' ? {} : { origin: world.administrator.client.url };
  if (endpoint.route.startsWith('/api/v1')) return { authorization: `Bearer ${one(world.tokens)}` };
  if (endpoint.route.startsWith('/api/door'))
    return { authorization: `Bearer ${one(world.tablets).identity.token}` };
  if (!/^\/(office|api\/office)/.test(endpoint.route)) return { accept: 'text/html', ...origin };
  return { ...rightful(endpoint, world).headers, ...origin };
}

/** The same request from somebody else. */
export function sentBy(draft: Draft, who: Who, { members, stranger }: World): Draft {
  if (who === 'right') return draft;
  const headers = { ...draft.headers };
  delete headers.authorization;
  delete headers.cookie;
  if (who !== 'nobody') headers.cookie = who === 'stranger' ? stranger.cookie : members[who].cookie;
  return { ...draft, headers };
}
