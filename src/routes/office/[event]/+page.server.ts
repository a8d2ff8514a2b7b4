import { error, redirect } from '@sveltejs/kit';
import QRCode from 'qrcode';
import * as v from 'valibot';
import { DeviceIdSchema } from '$lib/domain/ids';
import { seenBy } from '$lib/domain/live-view';
import { createPairingCode, revokeDevice } from '$lib/server/devices';
import { readLiveView } from '$lib/server/live-view';
import type { Actions, PageServerLoad } from './$types';
import { eventOf } from './event-of';
import type { Pairing } from './pairing';

export const load: PageServerLoad = async ({ params, locals: { installation, standing } }) => {
  const event = await eventOf(installation, params.event);
  const { id, slug, texts, startsAt, endsAt } = event;
  return {
    event: { id, slug, title: texts.title, venue: texts.venue, startsAt, endsAt },
    view: seenBy(standing, await readLiveView(installation, id)),
  };
};

export const actions: Actions = {
  pair: async ({ params, url, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const code = await createPairingCode(installation, event.id, organiser);
    const svg = await QRCode.toString(`${url.origin}/door#pair=${code}`, { type: 'svg', margin: 4 });
    const pairing: Pairing = {
      code,
      address: `${url.origin}/door`,
      qr: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
      since: installation.clock(),
    };
    return { pairing };
  },
  revoke: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const device = v.safeParse(DeviceIdSchema, (await request.formData()).get('device'));
    if (!device.success) error(400);
    await revokeDevice(installation, event.id, device.output, organiser);
    // Reloading the page afterwards shall not send the form again.
    redirect(303, `/office/${event.slug}`);
  },
};
