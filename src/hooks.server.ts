import { redirect, type Handle, type HandleServerError, type ServerInit } from '@sveltejs/kit';
import { sequence } from '@sveltejs/kit/hooks';
import { building } from '$app/environment';
import { getTextDirection } from '$lib/i18n';
import { paraglideMiddleware } from '$lib/i18n/paraglide/server.js';
import { readOrganiser } from '$lib/server/accounts';
import type { Installation } from '$lib/server/installation';
import { isOffice, needsOrganiser } from '$lib/server/office-access';
import { problem } from '$lib/server/problem';
import { setSessionCookies } from '$lib/server/session-cookies';
import { startInstallation } from '$lib/server/start';

let installation: Installation;

export const init: ServerInit = async () => {
  if (building) return;
  installation = await startInstallation(process.env);
  // The server process ends the open streams first, and closes the rest when the last connection has gone.
  process.once('einlass:shutdown', () => installation.news.close());
  (globalThis as Record<symbol, unknown>)[Symbol.for('einlass.close')] = () => installation.close();
};

/** Hands the installation to every route. */
const open: Handle = ({ event, resolve }) => {
  event.locals.installation = installation;
  event.locals.organiser = null;
  return resolve(event);
};

/**
 * SvelteKit throws on a post to the default action by its name, as if it were a bug of the page. It is the sender's.
 */
const strayAction: Handle = ({ event, resolve }) => {
  if (event.request.method === 'POST' && event.url.searchParams.has('/default')) {
    return problem(404, 'no_such_action', 'This page has no such action.');
  }
  return resolve(event);
};

/** Decides the language of the answer and says so on the page. */
const language: Handle = ({ event, resolve }) => {
  // The wire speaks no language, and its bodies and streams shall pass untouched.
  if (event.url.pathname.startsWith('/api/')) return resolve(event);
  return paraglideMiddleware(event.request, ({ locale }) =>
    resolve(event, {
      transformPageChunk: ({ html }) =>
        html.replace('%lang%', locale).replace('%dir%', getTextDirection(locale)),
    }),
  );
};

/** Lets only organisers into the office. Here, because a layout's load guards neither form actions nor endpoints. */
const office: Handle = async ({ event, resolve }) => {
  const { request, route, url } = event;
  if (!isOffice(route.id)) return resolve(event);
  event.locals.organiser = await readOrganiser(installation, request.headers, (cookie) =>
    setSessionCookies(event, [cookie]),
  );
  if (event.locals.organiser || !needsOrganiser(route.id)) return resolve(event);
  if (url.pathname.startsWith('/api/')) return problem(401, 'signed_out', 'Sign in to the office first.');
  const back = request.method === 'GET' ? url.pathname + url.search : url.pathname;
  redirect(303, `/office/sign-in?${new URLSearchParams({ to: back })}`);
};

// The language comes first, so that every handle behind it can speak it.
export const handle: Handle = sequence(open, strayAction, language, office);

/** A bug: the log tells where, the client is told nothing but a number to ask by. */
export const handleError: HandleServerError = ({ error, event, status, message }) => {
  const reference = crypto.randomUUID().slice(0, 8);
  if (status >= 500)
    installation?.log.error({ err: error, route: event.route.id, reference }, 'unexpected error');
  return { message, reference };
};
