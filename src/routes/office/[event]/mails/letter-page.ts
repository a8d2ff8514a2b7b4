import { createHash } from 'node:crypto';
import { LETTER_STYLE } from '$lib/server/mail/letter-html';

/** Nothing but the letter's own style and the images that are in it; only the office may frame it. */
const POLICY = [
  "default-src 'none'",
  'img-src data:',
  `style-src 'sha256-${createHash('sha256').update(LETTER_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

/** A letter's HTML as a page of its own, as a mail program would show it. */
export function letterPage(html: string): Response {
  return new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'x-frame-options': 'SAMEORIGIN',
      'cache-control': 'no-store',
      // A click in it tells nobody where it was.
      'referrer-policy': 'no-referrer',
    },
  });
}
