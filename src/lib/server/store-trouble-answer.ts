import { getLocale, getTextDirection, m } from '../i18n/index.ts';
import { isApi } from './api/api-rules.ts';
import { apiProblem } from './api/api-problem.ts';
import { problem } from './problem.ts';
import { RETRY_AFTER, type StoreTrouble } from './store-trouble.ts';

const SENTENCES: Record<StoreTrouble, string> = {
  away: 'The server cannot reach its database now. Nothing is confirmed; send it again in a moment.',
  full: 'The server cannot store anything now: its disk is full. Nothing is confirmed; send it again later.',
};

const HEADERS = { 'retry-after': String(RETRY_AFTER), 'cache-control': 'no-store' };

interface Asked {
  request: Request;
  url: URL;
  isDataRequest: boolean;
}

/**
 * What whoever asked is told while the store is in trouble: 503, in the form that they understand, and nothing that
 * sounds as if something had been stored. The page needs neither database nor scripts.
 */
export function storeTroubleAnswer({ request, url, isDataRequest }: Asked, trouble: StoreTrouble): Response {
  const code = `store_${trouble}`;
  const sentence = SENTENCES[trouble];
  if (isApi(url.pathname)) return apiProblem(503, code, sentence, { headers: HEADERS });
  if (url.pathname.startsWith('/api/')) return problem(503, code, sentence, HEADERS);
  if (request.headers.has('x-sveltekit-action')) {
    const answer = { type: 'error', status: 503, error: { message: sentence } };
    return Response.json(answer, { status: 503, headers: HEADERS });
  }
  if (isDataRequest) return Response.json({ message: sentence }, { status: 503, headers: HEADERS });
  return new Response(page(request.method === 'POST'), {
    status: 503,
    headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' },
  });
}

function page(sent: boolean): string {
  const locale = getLocale();
  return `<!doctype html>
<html lang="${locale}" dir="${getTextDirection(locale)}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${m.trouble_title()}</title>
    <link rel="stylesheet" href="/plain.css" />
  </head>
  <body>
    <main>
      <h1>${m.trouble_title()}</h1>
      <p>${m.trouble_help()}</p>
      <p>${sent ? m.trouble_sent() : m.trouble_reload()}</p>
    </main>
  </body>
</html>
`;
}
