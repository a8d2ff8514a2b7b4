/** Where nobody wants to be any more once they are signed in. */
const WAYS_IN = ['/office/sign-in', '/office/setup/', '/office/reset/'];

/** Whether a route belongs to the organisers, its ways in included. */
export function isOffice(routeId: string | null): boolean {
  return routeId !== null && /^(\/office|\/api\/office)(\/|$)/.test(routeId);
}

/** Where to go after signing in: back to a page of the office, never anywhere else. */
export function officePath(wanted: string | null): string {
  const office = 'http://office.invalid';
  const url = URL.canParse(wanted ?? '', office) ? new URL(wanted ?? '', office) : null;
  if (!url || url.origin !== office || !/^\/office(\/|$)/.test(url.pathname)) return '/office';
  return WAYS_IN.some((way) => url.pathname.startsWith(way)) ? '/office' : url.pathname + url.search;
}
