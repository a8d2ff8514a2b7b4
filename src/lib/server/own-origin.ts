import { isApi } from './api/api-rules.ts';

/** These change nothing. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What comes with a token in a header, which no browser sends by itself. */
const byToken = (pathname: string): boolean => isApi(pathname) || pathname.startsWith('/api/door/');

/**
 * Whether a request that may change something was made by another site's page in somebody's browser. SvelteKit refuses
 * those that look like a form; this refuses the others too, whatever they say that they carry. Browsers always say where
 * such a request comes from; a program that says nothing brings no cookies of anybody's.
 */
export function isForeign({ method, headers }: Pick<Request, 'method' | 'headers'>, url: URL): boolean {
  if (SAFE.has(method) || byToken(url.pathname)) return false;
  const origin = headers.get('origin');
  if (origin !== null) return origin !== url.origin;
  const site = headers.get('sec-fetch-site');
  return site !== null && site !== 'same-origin' && site !== 'none';
}
