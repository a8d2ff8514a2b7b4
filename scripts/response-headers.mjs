// The headers that every answer of the server carries: files and prerendered pages too, which no hook sees. What knows
// better overwrites them, as the pages do with a policy of their own (`csp` in svelte.config.js).

/**
 * Nobody may frame, embed or script what is no page: a table, a feed, a picture. Of the pages that stand when little else
 * does (`src/lib/server/store-trouble-answer.ts`, `src/error.html`) it lets the one thing that they need: their look.
 */
const INERT =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A browser's own viewer draws a PDF with styles and parts that are not ours to forbid; there is no script in it. */
const PDF = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The door is prerendered: its policy is in the page, where browsers don't heed the one line that stands here. */
const DOOR = "frame-ancestors 'none'";

/** A worker goes by its own file's policy. The reader of codes is the only place where WebAssembly is compiled. */
const WORKER = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/** The service worker fetches what the door and the tickets need without network. */
const SERVICE_WORKER = "default-src 'none'; script-src 'self'; connect-src 'self'";

/** What browsers would let a page ask for, and no page here does unless it stands below. */
const FEATURES = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'clipboard-read',
  'clipboard-write',
  'compute-pressure',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'keyboard-map',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'otp-credentials',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];

/** Who uses what. Languages stand before a ticket's path, so that only its end is looked at. */
const USERS = [
  // Scans, sounds, stays awake, and hands its scans over as a file.
  { pages: /^\/door(\/|$)/, features: ['camera', 'autoplay', 'fullscreen', 'screen-wake-lock'] },
  // Stays awake in a queue.
  { pages: /\/ticket\//, features: ['screen-wake-lock'] },
  { pages: /^\/office\/[^/]+\/wall$/, features: ['fullscreen', 'screen-wake-lock'] },
];

const SECONDS_OF_TWO_YEARS = 63_072_000;

/**
 * @param {string} pathname - of the address that is asked for
 * @param {boolean} https - whether people reach the installation by https
 * @returns {Record<string, string>}
 */
export function responseHeaders(pathname, https) {
  return {
    // Kept, but asked for anew each time: names of pages and files don't say what is in them.
    'cache-control': 'no-cache',
    'content-security-policy': policyOf(pathname),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': permissionsOf(pathname),
    // Not `no-referrer`: with that, browsers send forms without their origin, and they are refused.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    // For browsers that don't know `frame-ancestors`.
    'x-frame-options': 'DENY',
    ...(https && { 'strict-transport-security': `max-age=${SECONDS_OF_TWO_YEARS}; includeSubDomains` }),
  };
}

function policyOf(pathname) {
  if (pathname === '/door') return DOOR;
  if (pathname === '/service-worker.js') return SERVICE_WORKER;
  if (pathname.startsWith('/_app/immutable/workers/')) return WORKER;
  return pathname.endsWith('.pdf') ? PDF : INERT;
}

function permissionsOf(pathname) {
  const used = USERS.filter(({ pages }) => pages.test(pathname)).flatMap(({ features }) => features);
  return FEATURES.map((name) => `${name}=${used.includes(name) ? '(self)' : '()'}`).join(', ');
}
