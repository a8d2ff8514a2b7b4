import fc from 'fast-check';
import { nastyText } from './corpus.ts';
import { compressed, inHeader, percent, rawInAddress, type Body, type Draft, type Field } from './request.ts';

/** One thing that is changed about a request that would have been right. Plain data, so that it shrinks and prints. */
export interface Mutation {
  how: How;
  /** Which of several: taken modulo their number. */
  at: number;
  and: number;
  text: string;
}

type Change = (draft: Draft, mutation: Mutation, foreign: Foreign) => void;

/** What is valid elsewhere: ids of another event, somebody else's links and cookies. */
export type Foreign = readonly string[];

const pick = <Item>(items: readonly Item[], at: number): Item | undefined => items[at % (items.length || 1)];

const fieldsOf = ({ body }: Draft): Field[] => (body.kind === 'form' ? body.fields : []);

const HEADERS = [
  'accept',
  'accept-language',
  'accept-encoding',
  'authorization',
  'cookie',
  'user-agent',
  'referer',
  'origin',
  'if-none-match',
  'range',
  'x-forwarded-for',
  'x-forwarded-proto',
  'idempotency-key',
  'content-type',
  'x-sveltekit-action',
  'x-requested-with',
];
const TYPES = [
  '',
  'text/plain',
  'application/json',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-16',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary=other',
  'multipart/form-data; boundary="',
  'application/octet-stream',
  'text/csv; charset=x',
  'application/x-sveltekit-formdata',
  ';;',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];
const PREFIXES = ['/en', '/ar', '/de', '/de-simple', '/xx', '/EN', '//', '/.', '/%2e%2e', '/office', '/api'];
const SUFFIXES = [
  '/',
  '//',
  '/__data.json',
  '.json',
  '%00',
  '%zz',
  '%',
  '/..',
  ';a=b',
  '?/',
  '/__data.json?x-sveltekit-invalidated=',
  '?/default',
  '?/constructor',
  '/__route.js',
  '.html__data.json',
];

const CHANGES = {
  drop_field: (draft, { at }) => void fieldsOf(draft).splice(at % (fieldsOf(draft).length || 1), 1),
  double_field(draft, { at, text }) {
    const field = pick(fieldsOf(draft), at);
    if (field) fieldsOf(draft).push({ ...field, value: text });
  },
  set_field(draft, { at, text }) {
    const field = pick(fieldsOf(draft), at);
    if (field) field.value = text;
  },
  splice_field(draft, { at, and, text }) {
    const field = pick(fieldsOf(draft), at);
    if (!field) return;
    const place = and % (field.value.length + 1);
    field.value = field.value.slice(0, place) + text + field.value.slice(place);
  },
  cut_field(draft, { at, and }) {
    const field = pick(fieldsOf(draft), at);
    if (field) field.value = field.value.slice(0, and % (field.value.length || 1));
  },
  swap_fields(draft, { at, and }) {
    const [one, other] = [pick(fieldsOf(draft), at), pick(fieldsOf(draft), and)];
    if (one && other) [one.value, other.value] = [other.value, one.value];
  },
  foreign_field(draft, { at, and }, foreign) {
    const field = pick(fieldsOf(draft), at);
    if (field) field.value = pick(foreign, and) ?? '';
  },
  rename_field(draft, { at, text }) {
    const field = pick(fieldsOf(draft), at);
    if (field) field.name = text;
  },
  add_field: (draft, { at, text }) =>
    void fieldsOf(draft).push({ name: pick(['__proto__', 'id', 'constructor', text], at)!, value: text }),
  file_field(draft, { at, text }) {
    const field = pick(fieldsOf(draft), at);
    if (!field || draft.body.kind !== 'form') return;
    draft.body.encoding = 'multipart';
    if (field.file === undefined) field.file = text;
    else delete field.file;
  },
  many_fields(draft, { at, and, text }) {
    const name = pick(fieldsOf(draft), at)?.name ?? text;
    for (let i = 0; i < and * 3; i++)
      fieldsOf(draft).push({ name: i % 2 ? name : `${name}${i}`, value: text.slice(0, 50) });
  },
  other_encoding(draft, { at }) {
    if (draft.body.kind === 'form')
      draft.body.encoding = pick(['urlencoded', 'multipart', 'plain'] as const, at)!;
  },
  json_set: (draft, { at, text }) => changeJson(draft, at, () => text),
  json_retype: (draft, { at, and }) => changeJson(draft, at, () => pick(ODD_VALUES, and)),
  json_drop: (draft, { at }) => changeJson(draft, at, () => undefined),
  json_nest: (draft, { at, and }) =>
    changeJson(draft, at, (value) => {
      for (let i = 0; i < and * 4; i++) value = i % 2 ? [value] : { a: value };
      return value;
    }),
  json_repeat: (draft, { at, and }) =>
    changeJson(draft, at, (value) =>
      Array.isArray(value) ? Array.from({ length: and }, () => value as unknown[]).flat() : [value, value],
    ),
  json_foreign: (draft, { at, and }, foreign) => changeJson(draft, at, () => pick(foreign, and)),
  json_key(draft, { at, and, text }) {
    const key = pick(['__proto__', 'constructor', 'toJSON', text], and)!;
    changeJson(draft, at, (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (JSON.parse(
            `{${JSON.stringify(key)}:{"admin":true},${JSON.stringify(value).slice(1)}`.replace(/,\}$/, '}'),
          ) as unknown)
        : value,
    );
  },
  json_text(draft, { at, and, text }) {
    if (draft.body.kind !== 'json') return;
    const written = JSON.stringify(draft.body.value) ?? '';
    const place = at % (written.length + 1);
    draft.body.value = pick(
      [
        written.slice(0, place),
        written.slice(0, place) + text + written.slice(place),
        '\ufeff' + written,
        written + written,
        written.replace('{', '{"cursor":1,"cursor":2,'),
      ],
      and,
    );
  },
  whole_body(draft, { text }) {
    if (draft.body.kind !== 'none')
      draft.body = { kind: 'bytes', type: typeOf(draft.body), bytes: Buffer.from(text, 'utf8') };
  },
  wide_body(draft, { text }) {
    if (draft.body.kind !== 'none')
      draft.body = { kind: 'bytes', type: typeOf(draft.body), bytes: Buffer.from(text, 'utf16le') };
  },
  content_type: (draft, { at }) => void (draft.headers['content-type'] = pick(TYPES, at)!),
  content_encoding(draft, { at, and }) {
    draft.headers['content-encoding'] = pick(['gzip', 'br', 'deflate', 'identity', 'x', 'gzip, br'], at)!;
    draft.headers['x-fuzz-body'] = pick(['as-is', 'gzip', 'gzip-cut', 'br', 'br-cut'], and)!;
  },
  chunked: (draft) => void (draft.body.kind !== 'none' && (draft.headers['transfer-encoding'] = 'chunked')),
  header: (draft, { at, text }) => void (draft.headers[pick(HEADERS, at)!] = inHeader(text).slice(0, 12_000)),
  foreign_header(draft, { at, and }, foreign) {
    const value = inHeader(pick(foreign, and) ?? '');
    if (at % 2) draft.headers.authorization = `Bearer ${value}`;
    else draft.headers.cookie = value;
  },
  many_headers(draft, { and, text }) {
    for (let i = 0; i < and / 4; i++) draft.headers[`x-many-${i}`] = inHeader(text).slice(0, 30);
  },
  no_header: (draft, { at }) => {
    const name = pick(Object.keys(draft.headers), at);
    if (name) delete draft.headers[name];
  },
  stream: (draft) => void (draft.headers.accept = 'text/event-stream'),
  as_json: (draft) => void (draft.headers.accept = 'application/json'),
  path_part(draft, { at, and, text }) {
    const parts = draft.path.split('/');
    const place = 1 + (at % Math.max(1, parts.length - 1));
    const short = text.slice(0, 3_000);
    parts[place] = and % 3 === 0 ? rawInAddress(short) : percent(short);
    draft.path = parts.join('/');
  },
  foreign_part(draft, { at, and }, foreign) {
    const parts = draft.path.split('/');
    parts[1 + (at % Math.max(1, parts.length - 1))] = percent(pick(foreign, and) ?? '');
    draft.path = parts.join('/');
  },
  cut_part(draft, { at, and }) {
    const parts = draft.path.split('/');
    const place = 1 + (at % Math.max(1, parts.length - 1));
    parts[place] = parts[place]?.slice(0, and % 40) ?? '';
    draft.path = parts.join('/');
  },
  prefix: (draft, { at }) => void (draft.path = pick(PREFIXES, at)! + draft.path),
  suffix(draft, { at }) {
    const [before, after] = draft.path.split(/(?=\?)/) as [string, string?];
    draft.path = before + pick(SUFFIXES, at)! + (after ?? '');
  },
  query(draft, { at, text }) {
    const asked = pick(draft.query, at);
    if (asked) asked[1] = text.slice(0, 3_000);
    else draft.query.push(['q', text.slice(0, 3_000)]);
  },
  query_name: (draft, { text }) => void draft.query.push([text.slice(0, 200), text.slice(0, 200)]),
  query_raw: (draft, { text }) =>
    void (draft.path += (draft.path.includes('?') ? '&' : '?') + rawInAddress(text).slice(0, 3_000)),
  foreign_query(draft, { at, and }, foreign) {
    const asked = pick(draft.query, at);
    if (asked) asked[1] = pick(foreign, and) ?? '';
  },
  method: (draft, { at }) => void (draft.method = pick(METHODS, at)!),
} satisfies Record<string, Change>;

type How = keyof typeof CHANGES;
const HOWS = Object.keys(CHANGES) as How[];

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53 + 2,
  -0,
  '',
  '1',
  [],
  {},
  [[]],
  [null],
  { length: 1e9 },
  8.64e15,
  8.64e15 + 1,
  '2026-01-01',
  1e21,
];

const typeOf = (body: Body): string =>
  body.kind === 'json'
    ? 'application/json'
    : body.kind === 'form' && body.encoding === 'multipart'
      ? 'multipart/form-data; boundary=einlass-fuzz-7e1f'
      : body.kind === 'bytes'
        ? body.type
        : 'application/x-www-form-urlencoded';

/** Changes one node of the tree: which one, the number says. */
function changeJson(draft: Draft, at: number, change: (value: unknown) => unknown): void {
  if (draft.body.kind !== 'json' || typeof draft.body.value === 'string') return;
  const holder = { root: draft.body.value };
  const places: [Record<string, unknown>, string][] = [[holder, 'root']];
  for (const [parent, key] of places) {
    const value = parent[key];
    if (typeof value === 'object' && value !== null && places.length < 500)
      for (const child of Object.keys(value)) places.push([value as Record<string, unknown>, child]);
  }
  const [parent, key] = places[at % places.length]!;
  // A copy, because a later change must reach neither the values to pick from nor, within it, itself.
  const changed: unknown = structuredClone(change(parent[key]));
  if (changed === undefined && parent !== holder) delete parent[key];
  else parent[key] = changed;
  draft.body.value = holder.root;
}

/** Mutations of a form make nothing of JSON, and the other way round: each request gets those that mean something. */
export function mutationsFor(body: Body['kind']): fc.Arbitrary<Mutation[]> {
  const fits = (how: How) =>
    how.startsWith('json_')
      ? body === 'json'
      : /field/.test(how) || how === 'other_encoding'
        ? body === 'form'
        : true;
  const ofBody = HOWS.filter((how) => fits(how) && /json_|field/.test(how));
  const others = HOWS.filter(
    (how) => fits(how) && !ofBody.includes(how) && (body !== 'none' || !/body|content_|chunked/.test(how)),
  );
  const how =
    ofBody.length > 0
      ? fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom(...ofBody) },
          { weight: 2, arbitrary: fc.constantFrom(...others) },
        )
      : fc.constantFrom(...others);
  return fc.array(fc.record({ how, at: fc.nat(997), and: fc.nat(200), text: nastyText }), { maxLength: 4 });
}

/** @returns the request with everything changed; the one that was given stays as it is */
export function mutated(draft: Draft, mutations: readonly Mutation[], foreign: Foreign): Draft {
  const changed = structuredClone(draft);
  for (const mutation of mutations) CHANGES[mutation.how](changed, mutation, foreign);
  return changed;
}

/** Carries out what `content_encoding` asked for, once the body is bytes. */
export function squeeze(body: Buffer, how: string | undefined): Buffer {
  switch (how) {
    case 'gzip':
      return compressed.gzip(body);
    case 'gzip-cut':
      return compressed.gzip(body).subarray(0, -5);
    case 'br':
      return compressed.br(body);
    case 'br-cut':
      return compressed.br(body).subarray(0, -2);
    default:
      return body;
  }
}
