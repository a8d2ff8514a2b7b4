import type { Ledger } from './ledger.ts';

/** How long somebody waits for an answer, in milliseconds. */
const PATIENCE = 20_000;

/** What came of asking the server. */
export type Answer =
  | { kind: 'answer'; status: number; headers: Headers; text: string }
  /** The server said honestly that it can't now. */
  | { kind: 'not_now' }
  /** Nothing came, or it broke off: what was asked for may have happened. */
  | { kind: 'nothing' };

/**
 * `fetch` that notes answers which a server in trouble must not give: a bug's 500, or a refusal without a word. Every
 * answer is read to its end before it counts.
 */
export function honestFetch(ledger: Ledger): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { signal: AbortSignal.timeout(PATIENCE), ...init });
    const bytes = await response.arrayBuffer();
    if (response.status >= 500) {
      if (isHonest(response.status) && bytes.byteLength > 0) ledger.honest += 1;
      else ledger.violate(`${response.status} at ${routeOf(new URL(input as string | URL))}`);
    }
    const { status, headers } = response;
    return new Response(bytes.byteLength > 0 ? bytes : null, { status, headers });
  };
}

const isHonest = (status: number) => status === 503 || status === 507;

/** Without what differs from one request to the next. */
function routeOf({ pathname, search }: URL): string {
  const path = pathname
    .replace(/\/ticket\/[^/]+/, '/ticket/…')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16}/g, '…')
    .replace(/(\/setup\/).*/, '$1…');
  return path + search.replace(/=.*/, '');
}

/** Sends a form as a browser without scripts does. */
export async function postForm(
  fetcher: typeof fetch,
  url: string,
  fields: Record<string, string>,
  cookie?: string,
): Promise<Answer> {
  try {
    const response = await fetcher(url, {
      method: 'POST',
      headers: { origin: new URL(url).origin, accept: 'text/html', ...(cookie && { cookie }) },
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });
    if (response.status >= 500) return { kind: 'not_now' };
    return {
      kind: 'answer',
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    };
  } catch {
    return { kind: 'nothing' };
  }
}

/** What a browser would send back of a form: its hidden fields. */
export function hiddenFields(html: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [input] of html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    const [, name] = /name="([^"]*)"/.exec(input) ?? [];
    const [, value = ''] = /value="([^"]*)"/.exec(input) ?? [];
    if (name) fields[name] = value;
  }
  return fields;
}
