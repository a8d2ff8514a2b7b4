import { redirect, type Handle, type HandleServerError, type ServerInit } from '@sveltejs/kit';
import { sequence } from '@sveltejs/kit/hooks';
import { building, version } from '$app/environment';
import { may } from '$lib/domain/office-rights';
import { getTextDirection } from '$lib/i18n';
import { paraglideMiddleware } from '$lib/i18n/paraglide/server.js';
import { readOrganiser } from '$lib/server/accounts';
import { guardApi } from '$lib/server/api/api-guard';
import { isApi } from '$lib/server/api/api-rules';
import { completeHeaders } from '$lib/server/answer-headers';
import { limitBody, saysTooLarge } from '$lib/server/body-limit';
import type { Installation } from '$lib/server/installation';
import { standingAt } from '$lib/server/members';
import { lateRefusalAnswer, lateRefusalOf } from '$lib/server/late-refusal';
import { isOffice } from '$lib/server/office-access';
import { needsProof, ruleOf } from '$lib/server/office-rules';
import { isForeign } from '$lib/server/own-origin';
import { statusClass } from '$lib/server/operate/metrics';
import { problem } from '$lib/server/problem';
import { isProved } from '$lib/server/proof';
import { owesSecondFactor, SECOND_FACTOR_PAGE } from '$lib/server/second-factor-demand';
import { noteSecurity } from '$lib/server/security-log';
import { setSessionCookies } from '$lib/server/session-cookies';
import { startInstallation } from '$lib/server/start';
import { noteStoreTrouble, storeTroubleOf } from '$lib/server/store-trouble';
import { storeTroubleAnswer } from '$lib/server/store-trouble-answer';

let installation: Installation;

export const init: ServerInit = async () => {
  if (building) return;
  installation = await startInstallation(process.env, version);
  installation.shutdown.follow(process, installation);
};

/** Measures each answer by its route: an address may hold a ticket's link, and there are too many of them. */
const measure: Handle = async ({ event, resolve }) => {
  const labels = { route: event.route.id ?? 'none', method: event.request.method };
  const started = performance.now();
  const response = await resolve(event);
  // While prerendering there is no installation.
  installation?.metrics.requests.observe(
    { ...labels, status: statusClass(response.status) },
    (performance.now() - started) / 1000,
  );
  return response;
};

/** Hands the installation to every route. */
const open: Handle = ({ event, resolve }) => {
  event.locals.installation = installation;
  event.locals.organiser = null;
  event.locals.client = null;
  event.locals.standing = { role: null, administrator: false };
  return resolve(event);
};

/** Who asks for the head of an answer alone must not wait for the end of a stream that has none. */
const headAlone: Handle = async ({ event, resolve }) => {
  const response = await resolve(event);
  if (event.request.method !== 'HEAD' || response.body === null) return response;
  await response.body.cancel();
  return new Response(null, response);
};

/** Whatever is answered, and whoever answers it. */
const headers: Handle = async ({ event, resolve }) => {
  const response = await resolve(event);
  // The build knows a page that it makes beforehand by its bare type.
  if (building) return response;
  const { retryAt } = event.locals;
  const wait = retryAt === undefined ? null : retryAt - installation.clock();
  completeHeaders(response, event.route.id, wait);
  return response;
};

/** Lets no other site's page do anything with what somebody's browser sends by itself. */
const ownOrigin: Handle = ({ event, resolve }) => {
  if (!isForeign(event.request, event.url)) return resolve(event);
  noteSecurity(installation, 'refused_other_site', { route: event.route.id });
  return problem(403, 'other_site', 'This can be done from the pages of this site only.');
};

/** Says what it is while the store is in trouble: no bug, nothing that was promised, and worth another try. */
const storeTrouble: Handle = async ({ event, resolve }) => {
  try {
    const response = await resolve(event);
    // What a route has thrown, SvelteKit has made an answer of; `handleError` has seen what it was.
    const { storeTrouble, lateRefusal } = event.locals;
    if (lateRefusal) return lateRefusalAnswer(event, lateRefusal);
    return storeTrouble ? storeTroubleAnswer(event, storeTrouble) : response;
  } catch (error) {
    const refusal = lateRefusalOf(error);
    if (refusal) return lateRefusalAnswer(event, refusal);
    const trouble = storeTroubleOf(error);
    if (!trouble) throw error;
    noteStoreTrouble(installation, trouble, error);
    return storeTroubleAnswer(event, trouble);
  }
};

/** Takes in little, except where a route is made for more; nothing is read before that is decided. */
const bodies: Handle = ({ event, resolve }) => {
  const { request, route, url } = event;
  event.request = limitBody(request, route.id);
  // A page's own action says so in the reader's language.
  if (url.pathname.startsWith('/api/') && saysTooLarge(request, route.id))
    return problem(413, 'too_large', 'The body is too large.');
  return resolve(event);
};

/** An address with a character that no text has leads nowhere, and nobody is to look for it. */
const address: Handle = ({ event, resolve }) =>
  event.request.url.includes('%00')
    ? problem(404, 'no_such_page', 'There is nothing at this address.')
    : resolve(event);

/**
 * SvelteKit throws on a post to the default action by its name, as if it were a bug of the page, and takes what every
 * object has (`constructor`) for an action. It is the sender's error.
 */
const strayAction: Handle = ({ event, resolve }) => {
  const { request, url } = event;
  if (request.method === 'POST' && [...url.searchParams.keys()].some(isStrayAction))
    return problem(404, 'no_such_action', 'This page has no such action.');
  return resolve(event);
};

const isStrayAction = (parameter: string): boolean =>
  parameter === '/default' || (parameter.startsWith('/') && parameter.slice(1) in Object.prototype);

/** What only some may see yet, no cache shall show to others. */
const preview: Handle = async ({ event, resolve }) => {
  const response = await resolve(event);
  if (event.locals.preview) response.headers.set('cache-control', 'private, no-store');
  return response;
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

/**
 * Lets into the office whom its rules let in. Here, because a layout's load guards neither form actions nor endpoints.
 */
const office: Handle = async ({ event, resolve }) => {
  const { request, route, url, params, locals } = event;
  if (!isOffice(route.id)) return resolve(event);
  locals.organiser = await readOrganiser(installation, request.headers, (cookie) =>
    setSessionCookies(event, [cookie]),
  );
  const rule = ruleOf({ routeId: route.id, method: request.method, url });
  if (rule === null)
    return problem(405, 'not_allowed', 'There is nothing here that can be done in this way.');
  if (rule === 'open') return resolve(event);
  const isWire = url.pathname.startsWith('/api/');
  if (!locals.organiser) {
    if (isWire) return problem(401, 'signed_out', 'Sign in to the office first.');
    const back = request.method === 'GET' ? url.pathname + url.search : url.pathname;
    redirect(303, `/office/sign-in?${new URLSearchParams({ to: back })}`);
  }
  if (owesSecondFactor(installation, locals.organiser, route.id)) {
    if (isWire) return problem(403, 'second_factor_missing', 'Set up a second factor in the office first.');
    const to = request.method === 'GET' ? url.pathname + url.search : url.pathname;
    redirect(303, `${SECOND_FACTOR_PAGE}?${new URLSearchParams({ to })}`);
  }
  locals.standing = await standingAt(installation, locals.organiser, params);
  if (rule === 'signed_in' || may(locals.standing, rule)) {
    if (
      !needsProof({ routeId: route.id, method: request.method, url }) ||
      isProved(installation, locals.organiser)
    )
      return resolve(event);
    // With this status the browser brings the whole form along.
    const to = new URLSearchParams({ to: url.pathname + url.search, sends: '' });
    redirect(307, `/office/confirm?/ask&${to}`);
  }
  noteSecurity(installation, 'refused_role', { route: route.id, user: locals.organiser.id });
  if (isWire || request.method !== 'GET')
    return problem(403, 'no_access', 'Your role at this event does not allow that.');
  redirect(303, '/office/no-access');
};

/** Lets other systems in by their tokens, and by nothing else: what a browser sends by itself opens nothing here. */
const api: Handle = async ({ event, resolve }) => {
  const { request, route, url, params, locals } = event;
  if (!isApi(url.pathname)) return resolve(event);
  const outcome = await guardApi(installation, {
    routeId: route.id,
    method: request.method,
    params,
    authorization: request.headers.get('authorization'),
    client: event.getClientAddress(),
  });
  if (outcome.kind === 'refused') return outcome.response;
  locals.client = outcome.client;
  return resolve(event);
};

// The language comes before what speaks it.
export const handle: Handle = sequence(
  measure,
  open,
  headAlone,
  headers,
  address,
  ownOrigin,
  bodies,
  strayAction,
  preview,
  language,
  storeTrouble,
  office,
  api,
);

/**
 * A bug, unless it is the store’s trouble or the sender’s error: the log tells where, the client is told nothing but a
 * number to ask by.
 */
export const handleError: HandleServerError = ({ error, event, status, message }) => {
  const trouble = storeTroubleOf(error);
  if (trouble) {
    noteStoreTrouble(installation, trouble, error);
    event.locals.storeTrouble = trouble;
    return { message };
  }
  const refusal = lateRefusalOf(error);
  if (refusal) {
    event.locals.lateRefusal = refusal;
    return { message };
  }
  const reference = crypto.randomUUID().slice(0, 8);
  if (status >= 500)
    installation?.log.error({ err: error, route: event.route.id, reference }, 'unexpected error');
  return { message, reference };
};
