import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { readJson } from '../problem.ts';
import { apiProblem, notAsDescribed } from './api-problem.ts';

/**
 * Answers with a value in the shape that the description promises: what the schema doesn't name stays here. Whoever
 * sends back the answer's ETag in `If-None-Match` gets 304 and no body as long as nothing has changed.
 *
 * @param news - the part of the value whose change is news; by default all of it
 */
export function apiAnswer<Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
  value: v.InferInput<Schema>,
  { status = 200, news = value }: { status?: number; news?: unknown } = {},
): Response {
  const body = JSON.stringify(v.parse(schema, value));
  const etag = `W/"${createHash('sha256').update(JSON.stringify(news)).digest('base64url').slice(0, 22)}"`;
  const headers = { 'cache-control': 'private, no-cache', vary: 'authorization', etag };
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim());
  if (request.method === 'GET' && (known.includes(etag) || known.includes('*')))
    return new Response(null, { status: 304, headers });
  return new Response(body, { status, headers: { ...headers, 'content-type': 'application/json' } });
}

export type Read<Value> = { kind: 'read'; value: Value } | { kind: 'problem'; response: Response };

/** Reads a request's query; a parameter that is not described, or twice there, is a mistake worth telling. */
export function readQuery<Schema extends v.GenericSchema>(
  url: URL,
  schema: Schema,
): Read<v.InferOutput<Schema>> {
  const query = Object.create(null) as Record<string, unknown>;
  for (const [name, text] of url.searchParams) {
    const known = Object.hasOwn(query, name);
    // Everything in an address is text; what looks like a number is read as one where one is wanted.
    query[name] = known ? null : name === 'limit' && /^\d{1,6}$/.test(text) ? Number(text) : text;
  }
  const parsed = v.safeParse(schema, query);
  return parsed.success
    ? { kind: 'read', value: parsed.output }
    : { kind: 'problem', response: notAsDescribed(parsed.issues) };
}

/** Reads a request's JSON body. @param limit - the most bytes */
export async function readBody<Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
  limit: number,
): Promise<Read<v.InferOutput<Schema>>> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? ''))
    return { kind: 'problem', response: apiProblem(415, 'not_json', 'Send application/json.') };
  const read = await readJson(request, limit);
  if (read.kind === 'problem') {
    const { code, message } = read;
    return { kind: 'problem', response: apiProblem(read.response.status, code, message) };
  }
  const parsed = v.safeParse(schema, read.body);
  return parsed.success
    ? { kind: 'read', value: parsed.output }
    : { kind: 'problem', response: notAsDescribed(parsed.issues) };
}
