import { createHash } from 'node:crypto';
import { error } from '@sveltejs/kit';
import { LETTER_STYLE } from '$lib/server/mail/letter-html';
import { standaloneHtml, writeMessage } from '$lib/server/mail/message';
import { mailOf } from '../mail-of';
import type { RequestHandler } from './$types';

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

/** A mail's HTML part as a mail program would show it. */
export const GET: RequestHandler = async ({ params, locals: { installation } }) => {
  const { mail } = await mailOf(installation, params);
  const message = (await writeMessage(installation, mail)) ?? error(404);
  return new Response(standaloneHtml(message), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'x-frame-options': 'SAMEORIGIN',
      'cache-control': 'no-store',
      // A click in it tells nobody where it was.
      'referrer-policy': 'no-referrer',
    },
  });
};
