import { HOST_ONLY, type SessionCookie } from './auth.ts';

/** The part of SvelteKit's `cookies` that is needed here. */
interface CookieJar {
  set(
    name: string,
    value: string,
    options: { path: string; httpOnly: boolean; sameSite: 'lax'; secure: boolean; maxAge?: number },
  ): void;
}

/** Gives (or takes away) the session's cookies: not for scripts, and over https only where the office is on https. */
export function setSessionCookies(
  { cookies, url }: { cookies: CookieJar; url: URL },
  changed: SessionCookie[],
): void {
  for (const { name, value, maxAge } of changed) {
    cookies.set(name, value, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: url.protocol === 'https:' || name.startsWith(HOST_ONLY),
      ...(maxAge !== undefined && { maxAge }),
    });
  }
}
