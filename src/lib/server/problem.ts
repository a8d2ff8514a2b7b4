import type { Problem } from '../domain/wire.ts';

/** What an endpoint answers when it can't do as asked. Nothing of what was sent is repeated in it. */
export function problem(
  status: number,
  code: string,
  message: string,
  headers?: Record<string, string>,
): Response {
  return Response.json({ code, message } satisfies Problem, {
    status,
    headers: { 'cache-control': 'no-store', ...headers },
  });
}

/** Nothing that we read is nested deeper, and what walks through a value must come to an end. */
const MAX_DEPTH = 32;

export type BodyOutcome =
  | { kind: 'json'; body: unknown }
  /** With what it says, for an endpoint that says it in another form. */
  | ({ kind: 'problem'; response: Response } & Problem);

/**
 * Reads a request's body as JSON, however bad it is.
 *
 * @param limit - the most bytes that are read
 */
export async function readJson(request: Request, limit: number): Promise<BodyOutcome> {
  const tooLarge = () => refusedBody(413, 'too_large', `The body is larger than ${limit} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > limit) return tooLarge();
  let text: string;
  try {
    text = await request.text();
  } catch {
    return refusedBody(413, 'unreadable', 'The body is too large or broke off.');
  }
  if (text.length > limit) return tooLarge();
  let body: unknown;
  try {
    body = JSON.parse(text) as unknown;
  } catch {
    return refusedBody(400, 'not_json', 'The body is not JSON.');
  }
  return isDeeperThan(body, MAX_DEPTH)
    ? refusedBody(400, 'too_deep', 'The body is nested too deeply.')
    : { kind: 'json', body };
}

function refusedBody(status: number, code: string, message: string): BodyOutcome {
  return { kind: 'problem', response: problem(status, code, message), code, message };
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}
