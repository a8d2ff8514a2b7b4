import type { ApiScope } from '../../domain/api-scope.ts';

/** `open`: to everybody; otherwise to whoever shows a token of the event that has the scope. */
export type ApiRule = 'open' | ApiScope;

/**
 * For each route of the interface for other systems, what each of its methods demands. What does not stand here is
 * refused: see `apiRuleOf`. The office's own routes have a table of their own, `OFFICE_RULES`, because they go by
 * sessions and roles; no cookie opens anything here, and no token anything there.
 */
export const API_RULES: Record<string, Partial<Record<ApiMethod, ApiRule>>> = {
  '/api/v1/openapi.json': { GET: 'open' },
  '/api/v1/guide': { GET: 'open' },
  '/api/v1/events/[event]': { GET: 'event:read' },
  '/api/v1/events/[event]/headcount': { GET: 'headcount:read' },
  '/api/v1/events/[event]/registrations': { GET: 'registrations:read', POST: 'registrations:write' },
  '/api/v1/events/[event]/registrations/[registration]': { GET: 'registrations:read' },
  '/api/v1/events/[event]/registrations/[registration]/cancel': { POST: 'registrations:write' },
  '/api/v1/events/[event]/scans': { GET: 'scans:read' },
};

export type ApiMethod = 'GET' | 'POST';

/** Whether an address belongs to the interface for other systems, also where there is nothing at it. */
export function isApi(pathname: string): boolean {
  return /^\/api\/v1(\/|$)/.test(pathname);
}

/** What a request demands; null: there is no such thing, and nobody may do it. */
export function apiRuleOf(routeId: string | null, method: string): ApiRule | null {
  const rules: Partial<Record<string, ApiRule>> | undefined =
    routeId !== null && Object.hasOwn(API_RULES, routeId) ? API_RULES[routeId] : undefined;
  const asked = method === 'HEAD' ? 'GET' : method;
  return (rules && Object.hasOwn(rules, asked) && rules[asked]) || null;
}
