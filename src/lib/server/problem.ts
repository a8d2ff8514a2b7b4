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

export type BodyOutcome = { kind: 'json'; body: unknown } | { kind: 'problem'; response: Response };

/**
 * Reads a request's body as JSON, however bad it is.
 *
 * @param limit - the most bytes that are read
 */
export async function readJson(request: Request, limit: number): Promise<BodyOutcome> {
  const tooLarge = problem(413, 'too_large', `The body is larger than ${limit} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > limit)
    return { kind: 'problem', response: tooLarge };
  let text: string;
  try {
    text = await request.text();
  } catch {
    return { kind: 'problem', response: problem(413, 'unreadable', 'The body is too large or broke off.') };
  }
  if (text.length > limit) return { kind: 'problem', response: tooLarge };
  let body: unknown;
  try {
    body = JSON.parse(text) as unknown;
  } catch {
    return { kind: 'problem', response: problem(400, 'not_json', 'The body is not JSON.') };
  }
  if (isDeeperThan(body, MAX_DEPTH)) {
    return { kind: 'problem', response: problem(400, 'too_deep', 'The body is nested too deeply.') };
  }
  return { kind: 'json', body };
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}
