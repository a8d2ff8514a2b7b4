import { globSync } from 'node:fs';
import path from 'node:path';
import type { ApiScope } from '../../../src/lib/domain/api-scope.ts';
import type { EventId } from '../../../src/lib/domain/ids.ts';
import { guardApi } from '../../../src/lib/server/api/api-guard.ts';
import { createApiToken } from '../../../src/lib/server/api/api-tokens.ts';
import type { Installation } from '../../../src/lib/server/installation.ts';

const ROUTES = 'src/routes';

/** The interface's routes, as they lie in the folder. */
export const routeIds = globSync(`${ROUTES}/api/v1/**/+server.ts`)
  .map((file) => '/' + path.relative(ROUTES, path.dirname(file)).split(path.sep).join('/'))
  .sort();

type Endpoint = (event: never) => Response | Promise<Response>;

export async function endpointsOf(routeId: string): Promise<Record<string, Endpoint>> {
  return (await import(path.resolve(`${ROUTES}${routeId}/+server.ts`))) as Record<string, Endpoint>;
}

/** The route of an address, and what stands in its place-holders; one without them comes first. */
export function routeOf(pathname: string): { routeId: string; params: Record<string, string> } | null {
  for (const routeId of routeIds) {
    const pattern = routeId.replaceAll('.', '\\.').replaceAll(/\[(\w+)\]/g, '(?<$1>[^/]+)');
    const found = new RegExp(`^${pattern}$`).exec(pathname);
    if (found) return { routeId, params: { ...found.groups } };
  }
  return null;
}

export interface Ask {
  token?: string | undefined;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Asks the real guard and the real endpoint, without a socket between. */
export async function ask(
  installation: Installation,
  method: string,
  address: string,
  { token, headers = {}, body }: Ask = {},
): Promise<Response> {
  const url = new URL(`/api/v1${address}`, 'http://einlass.test');
  const request = new Request(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const route = routeOf(url.pathname);
  const authorization = request.headers.get('authorization');
  const { routeId = null, params = {} } = route ?? {};
  const outcome = await guardApi(installation, {
    routeId,
    method,
    params,
    authorization,
    client: '192.0.2.7',
  });
  if (outcome.kind === 'refused') return outcome.response;
  const endpoint = (await endpointsOf(routeId!))[method]!;
  return endpoint({ request, url, params, locals: { installation, client: outcome.client } } as never);
}

export function tokenFor(
  installation: Installation,
  eventId: EventId,
  scopes: readonly ApiScope[],
  expiresAt: Parameters<typeof createApiToken>[2]['expiresAt'] = null,
): Promise<string> {
  return createApiToken(installation, eventId, { name: 'Bürgerportal', scopes: [...scopes], expiresAt });
}
