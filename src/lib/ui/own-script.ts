/** What a browser with trusted types lets a page make, as far as it is used here. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

const policy = trustedTypes?.createPolicy('einlass-script', { createScriptURL: ownAddress });

/**
 * The address of a script that a page starts by itself: a worker's, the service worker's. Browsers with trusted types
 * take no other, and this gives out only addresses of this very site.
 *
 * @throws {TypeError} for any other site's
 */
export function ownScript(url: string): string {
  // To TypeScript it stays a text; the browser knows better.
  return (policy?.createScriptURL(url) ?? ownAddress(url)) as string;
}

function ownAddress(url: string): string {
  const { origin, href } = new URL(url, location.href);
  if (origin !== location.origin) throw new TypeError('only scripts of this site are started');
  return href;
}
