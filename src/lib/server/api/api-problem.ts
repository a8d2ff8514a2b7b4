import * as v from 'valibot';

/** What the interface answers when it can't do as asked: RFC 9457, with a `code` for programs. */
export const ApiProblemSchema = v.object({
  type: v.pipe(v.string(), v.description('`urn:einlass:problem:` and the code.')),
  title: v.pipe(v.string(), v.description('What is wrong, in a sentence.')),
  status: v.pipe(v.number(), v.integer()),
  code: v.pipe(v.string(), v.description('Names the kind of problem; stays the same.')),
  fields: v.optional(
    v.pipe(v.array(v.string()), v.description('Which fields or parameters are not as described.')),
  ),
});

/** Nothing of what was sent is repeated in it. */
export function apiProblem(
  status: number,
  code: string,
  title: string,
  { headers, fields }: { headers?: Record<string, string>; fields?: string[] } = {},
): Response {
  const body = { type: `urn:einlass:problem:${code}`, title, status, code, ...(fields && { fields }) };
  return Response.json(body satisfies v.InferOutput<typeof ApiProblemSchema>, {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}

/** What was sent is not as described. Names where, as far as these are names that we could have given. */
export function notAsDescribed(issues: readonly v.BaseIssue<unknown>[]): Response {
  const named = issues.map((issue) => v.getDotPath(issue) ?? '').filter((path) => /^[\w.]{1,60}$/.test(path));
  const fields = [...new Set(named)];
  return apiProblem(400, 'malformed', 'What was sent is not as the interface describes it.', {
    ...(fields.length > 0 && { fields }),
  });
}

/** A cursor is none of this database's: whoever keeps a copy starts anew. */
export function cursorGone(): Response {
  return apiProblem(410, 'cursor_gone', 'This cursor is not of this server: read from the beginning.');
}

export function unknownRegistration(): Response {
  return apiProblem(404, 'unknown_registration', 'The event has no such registration.');
}
