import { globSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareSite, type PreparedSite } from './prepared-site.ts';
import { freePort, startServer, type RunningServer } from './support.ts';

/** What the built server says of security on every page, endpoint and file, as people reach it by https. */

const ORIGIN = 'https://einlass.example';
const ROUTES = 'src/routes';
/** Looks like an id, and is nobody's. */
const NOBODY = '0190b3a5-0000-7000-8000-000000000000';

let site: PreparedSite;
let server: RunningServer;

beforeAll(async () => {
  site = await prepareSite(ORIGIN);
  server = await startServer({ ORIGIN, EINLASS_DATA: site.folder, PORT: String(await freePort()) });
});
afterAll(async () => {
  await server?.stop();
  await site?.close();
});

/** Everything that can be asked for, found as SvelteKit finds it. */
const routeIds = [
  ...new Set(
    globSync(`${ROUTES}/**/+{page,server,page@}.{svelte,ts}`).map((file) =>
      `/${path.relative(ROUTES, path.dirname(file))}`.replaceAll(path.sep, '/'),
    ),
  ),
].sort();

/** Those that are pages, beside tables and feeds. */
const pages = new Set(
  globSync(`${ROUTES}/**/+page*.svelte`).map((file) =>
    `/${path.relative(ROUTES, path.dirname(file))}`.replaceAll(path.sep, '/'),
  ),
);

const isRedirection = ({ status }: Response): boolean => status >= 300 && status < 400;

function addressOf(routeId: string): string {
  return (
    routeId
      .replace('[x+2e]', '.')
      .replace('/(public)', '')
      .replace('[event]', site.event.slug)
      .replace('[eventId]', site.event.id)
      .replace('[notice=notice]', 'privacy')
      .replace('[language]', 'en')
      .replace('[link]', site.link)
      .replace('[registration]', site.registration)
      .replace('/mails/[id]', `/mails/${site.mail}`)
      .replaceAll(/\[[^\]]+\]/g, NOBODY) || '/'
  );
}

const ask = (address: string, headers: Record<string, string> = { cookie: site.cookie }) =>
  fetch(server.url + address, {
    redirect: 'manual',
    headers: { accept: 'text/html', ...headers },
    signal: AbortSignal.timeout(10_000),
  });

/** A policy's directives by name. */
function directivesOf(policy: string): Map<string, string[]> {
  return new Map(
    policy.split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(/\s+/);
      return [name, sources];
    }),
  );
}

/** The whole policy of a page: what its header says, and what a prerendered one says itself. */
async function policyOf(answer: Response): Promise<Map<string, string[]>> {
  const own = /<meta http-equiv="content-security-policy" content="([^"]*)"/.exec(await answer.text())?.[1];
  const header = answer.headers.get('content-security-policy') ?? '';
  return directivesOf(own ? `${own}; ${header}` : header);
}

const featuresOf = (answer: Response): string[] =>
  [...(answer.headers.get('permissions-policy') ?? '').matchAll(/([\w-]+)=\(self\)/g)].map(
    ([, name]) => name!,
  );

/** Whatever it is that is asked for, and whatever is answered. */
function expectGuarded({ headers }: Response): void {
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toMatch(/^(same-origin|no-referrer)$/);
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains');
  expect(headers.get('permissions-policy')).toContain('geolocation=()');
  expect(headers.has('access-control-allow-origin')).toBe(false);
  expect(headers.has('x-powered-by')).toBe(false);
  expect(headers.get('content-security-policy')).not.toMatch(
    /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/,
  );
}

test('the routes are found', () => {
  expect(routeIds.length).toBeGreaterThan(80);
});

describe.each(routeIds)('%s', (routeId) => {
  test('is guarded by its headers', async () => {
    const answer = await ask(addressOf(routeId));
    expect(answer.status).toBeLessThan(500);
    expectGuarded(answer);
    const isLetter = routeId.endsWith('/html') && answer.ok;
    expect(answer.headers.get('x-frame-options')).toBe(isLetter ? 'SAMEORIGIN' : 'DENY');
    const policy = await policyOf(answer);
    expect(policy.get('frame-ancestors')).toEqual([isLetter ? "'self'" : "'none'"]);
    expect(policy.get('base-uri')).toEqual(["'none'"]);
    if (answer.headers.get('content-type') !== 'application/pdf')
      expect(policy.get('default-src')).toEqual(["'none'"]);
    if (answer.headers.get('content-type')?.startsWith('text/html'))
      expect(answer.headers.get('content-type')).toMatch(/charset=utf-8/);
    // Where somebody is only sent on, nothing is shown.
    if (!pages.has(routeId) || isRedirection(answer)) return;
    expect(policy.get('form-action')).toEqual(["'self'"]);
    expect(policy.get('object-src')).toEqual(["'none'"]);
    expect(policy.get('require-trusted-types-for')).toEqual(["'script'"]);
    expect(policy.get('trusted-types')).toEqual(['svelte-trusted-html', 'einlass-script']);
    const strange = [...(policy.get('script-src') ?? []), ...(policy.get('style-src') ?? [])].filter(
      (source) => !/^'(self|nonce-[\w+/=]{20,}|sha256-[\w+/=]{44})'$/.test(source),
    );
    expect(strange).toEqual([]);
  });

  test('may use what it needs of the device, and nothing else', async () => {
    const features = featuresOf(await ask(addressOf(routeId)));
    const needed = routeId === '/door' ? ['autoplay', 'camera', 'fullscreen', 'screen-wake-lock'] : [];
    if (routeId.startsWith('/(public)/ticket/')) needed.push('screen-wake-lock');
    if (routeId.endsWith('/wall')) needed.push('fullscreen', 'screen-wake-lock');
    expect(features.sort()).toEqual(needed);
  });
});

describe('what shows people stays in no cache', () => {
  const personal = (routeId: string) =>
    /^\/(office|api\/office|\(public\)\/ticket)(\/|$)/.test(routeId) && !routeId.includes('/example.csv');

  test.each(routeIds.filter(personal))('%s', async (routeId) => {
    const answer = await ask(addressOf(routeId));
    if (isRedirection(answer)) return;
    expect(answer.headers.get('cache-control')).toContain('no-store');
  });

  test('nor what other systems are told', async () => {
    const answer = await ask(`/api/v1/events/${site.event.slug}/registrations`, {
      authorization: `Bearer ${site.apiToken}`,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toMatch(/private|no-store/);
    expectGuarded(answer);
  });
});

describe('files and errors are guarded as pages are', () => {
  const files = globSync('build/client/**/*.{js,css,svg,png,webmanifest,wasm,woff2}').map(
    (file) => `/${path.relative('build/client', file).replaceAll(path.sep, '/')}`,
  );
  const kinds = [...new Map(files.map((file) => [path.extname(file), file])).values()];

  test.each([...kinds, '/service-worker.js'])('%s', async (file) => {
    const answer = await ask(file);
    expect(answer.status).toBe(200);
    expectGuarded(answer);
    const policy = await policyOf(answer);
    expect(policy.get('default-src')).toEqual(["'none'"]);
  });

  test.each([
    ['nothing', '/nothing/is/here', 404],
    ['nothing in the office', '/office/integration/nothing', 404],
    ['no such file', '/_app/immutable/nothing.js', 404],
    ['a broken address', '/%E0%A4%A', 400],
    ['a way that is not open', '/office/integration/acts?/nothing', 405],
  ])('%s', async (_, address, status) => {
    const answer = await (status === 405
      ? fetch(server.url + address, { method: 'POST', headers: { origin: ORIGIN } })
      : ask(address));
    expect(answer.status).toBe(status);
    expectGuarded(answer);
    expect((await policyOf(answer)).get('frame-ancestors')).toEqual(["'none'"]);
  });

  test.each(['TRACE', 'OPTIONS', 'PUT', 'DELETE'])('%s is no way to ask for a page', async (method) => {
    // `fetch` itself refuses TRACE.
    const { request } = await import('node:http');
    const status = await new Promise<number>((resolve, reject) => {
      const asked = request(
        `${server.url}/integration`,
        { method, headers: { origin: ORIGIN } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        },
      );
      asked.on('error', reject).end();
    });
    expect([204, 400, 403, 404, 405, 501]).toContain(status);
  });
});

test('security.txt says whom to tell of a weakness', async () => {
  writeFileSync(
    path.join(site.folder, 'operator.json'),
    JSON.stringify({ securityContact: 'it@example.org' }),
  );
  const port = String(await freePort());
  const told = await startServer({ PORT: port, ORIGIN, EINLASS_DATA: site.folder });
  const answer = await fetch(`${told.url}/.well-known/security.txt`);
  expect(await answer.text()).toMatch(/^Contact: mailto:it@example\.org\nExpires: \d{4}-.+Z\n/);
  await told.stop();
});

test('a page that has not changed keeps the policy that it came with', async () => {
  const first = await ask('/integration', {});
  const again = await ask('/integration', { 'if-none-match': first.headers.get('etag')! });
  expect(again.status).toBe(304);
  expect(again.headers.has('content-security-policy')).toBe(false);
});

test('where people come without https, nobody is told to come with it', async () => {
  const port = String(await freePort());
  const plain = await startServer({ PORT: port, ORIGIN: `http://localhost:${port}` });
  const answer = await fetch(`${plain.url}/integration`);
  expect(answer.status).toBe(200);
  expect(answer.headers.has('strict-transport-security')).toBe(false);
  await plain.stop();
});
