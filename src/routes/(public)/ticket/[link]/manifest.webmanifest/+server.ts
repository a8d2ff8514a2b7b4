import { getTextDirection } from '$lib/i18n';
import { languageOf, read } from '../../../event-view';
import { OWN_HEADERS, ownTicket, ticketPage } from '../own-ticket';
import type { RequestHandler } from './$types';

const icon = (file: string, sizes: string, type: string, purpose = 'any') => ({
  src: `/${file}`,
  sizes,
  type,
  purpose,
});

/** Lets a phone put this one ticket on its home screen (W3C Web Application Manifest). */
export const GET: RequestHandler = async (request) => {
  const { event } = await ownTicket(request);
  const page = ticketPage(request.params.link);
  const locale = languageOf(event.texts.title);
  const title = read(event.texts.title);
  const manifest = {
    // The same ticket in another language is not another app.
    id: `/ticket/${request.params.link}`,
    name: title,
    short_name: title,
    lang: locale,
    dir: getTextDirection(locale),
    start_url: page,
    scope: page,
    display: 'standalone',
    background_color: '#fbfaf7',
    theme_color: '#0b5568',
    icons: [
      icon('icon.svg', 'any', 'image/svg+xml'),
      icon('icon-192.png', '192x192', 'image/png'),
      icon('icon-512.png', '512x512', 'image/png'),
      icon('icon-maskable-512.png', '512x512', 'image/png', 'maskable'),
    ],
  };
  return new Response(JSON.stringify(manifest), {
    headers: {
      ...OWN_HEADERS,
      'content-type': 'application/manifest+json; charset=utf-8',
    },
  });
};
