import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import QRCode from 'qrcode';
import * as v from 'valibot';
import { DeviceIdSchema, type DeviceId } from '$lib/domain/ids';
import { DeviceNameSchema } from '$lib/domain/wire';
import type { Actor } from '$lib/server/acts';
import { countBrought } from '$lib/server/brought-scans';
import { createPairingCode, lockDevice, renameDevice, revokeDevice, unlockDevice } from '$lib/server/devices';
import { readLiveView } from '$lib/server/live-view';
import { eventOf } from '../event-of';
import type { EventPage } from '$lib/server/events';
import type { Actions, PageServerLoad } from './$types';
import type { Pairing } from './pairing';

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const { id, slug, texts } = event;
  // Conflicts are of no use here, and have names in them.
  const view = { ...(await readLiveView(installation, id)), conflicts: [] };
  const brought = await countBrought(installation.db, id);
  return { event: { id, slug, title: texts.title }, view, brought, saved: url.searchParams.has('saved') };
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
  rename: async (sent) => {
    const { event, data, device, by } = await readDevice(sent);
    const typed = data.get('name');
    const name = v.safeParse(DeviceNameSchema, typed);
    const refuse = (problem: NameProblem) =>
      fail(400, { rename: { device, name: typeof typed === 'string' ? typed : '', problem } });
    if (device === null) return fail(400, { gone: true });
    if (!name.success) return refuse(typeof typed === 'string' && typed.trim() !== '' ? 'long' : 'empty');
    const outcome = await renameDevice(sent.locals.installation, event.id, device, name.output, by);
    if (outcome === 'name_taken') return refuse('taken');
    if (outcome === 'no_such_device') return fail(400, { gone: true });
    redirect(303, `/office/${event.slug}/devices?saved`);
  },
  lock: (sent) => change(sent, lockDevice),
  unlock: (sent) => change(sent, unlockDevice),
  revoke: (sent) => change(sent, revokeDevice),
};

/** What is wrong with a name. */
export type NameProblem = 'empty' | 'long' | 'taken';

async function readDevice({ params, request, locals: { installation, organiser } }: RequestEvent) {
  const event = await eventOf(installation, params.event ?? '');
  const data = await request.formData().catch(() => new FormData());
  const id = v.safeParse(DeviceIdSchema, data.get('device'));
  return { event, data, device: id.success ? id.output : null, by: organiser };
}

type Change = (
  installation: RequestEvent['locals']['installation'],
  eventId: EventPage['id'],
  device: DeviceId,
  by: Actor,
) => Promise<void>;

async function change(sent: RequestEvent, work: Change) {
  const { event, device, by } = await readDevice(sent);
  if (device === null) return fail(400, { gone: true });
  await work(sent.locals.installation, event.id, device, by);
  // Reloading the page afterwards shall not send the form again.
  redirect(303, `/office/${event.slug}/devices`);
}
