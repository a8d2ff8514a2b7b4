import { error, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { ROLES } from '$lib/domain/office-rights';
import { createAccountReset } from '$lib/server/account-reset';
import { createInvitation } from '$lib/server/invitations';
import { changeRole, listAdministrators, listMembers, removeMember } from '$lib/server/members';
import { eventOf } from '../event-of';
import type { Actions, PageServerLoad } from './$types';

const RoleSchema = v.picklist(ROLES);
const InviteSchema = v.object({ role: RoleSchema });
const RoleFormSchema = v.object({ member: v.pipe(v.string(), v.nonEmpty()), role: RoleSchema });
const MemberFormSchema = v.object({ member: v.pipe(v.string(), v.nonEmpty()) });

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const { id, slug, texts } = await eventOf(installation, params.event);
  return {
    event: { slug, title: texts.title },
    members: await listMembers(installation.db, id),
    administrators: await listAdministrators(installation.db),
    saved: url.searchParams.has('saved'),
  };
};

export const actions: Actions = {
  invite: async ({ params, request, url, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const { role } = await formOf(request, InviteSchema);
    const token = await createInvitation(installation, event.id, role, organiser);
    return { invitation: { role, link: `${url.origin}/office/invitation/${token}` } };
  },
  role: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const { member, role } = await formOf(request, RoleFormSchema);
    await changeRole(installation, event.id, member, role, organiser);
    redirect(303, `/office/${event.slug}/members?saved`);
  },
  remove: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const { member } = await formOf(request, MemberFormSchema);
    await removeMember(installation, event.id, member, organiser);
    redirect(303, `/office/${event.slug}/members?saved`);
  },
  /** For a member who can't sign in any more. */
  reset: async ({ params, request, url, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const { member: id } = await formOf(request, MemberFormSchema);
    const member = (await listMembers(installation.db, event.id)).find((one) => one.id === id);
    const token = member && (await createAccountReset(installation, member.id, organiser));
    if (!token) redirect(303, `/office/${event.slug}/members`);
    return { reset: { name: member.name, link: `${url.origin}/office/reset/${token}` } };
  },
};

/** What our own page sends is always of this shape; of anything else there is nothing to explain. */
async function formOf<Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const data = await request.formData().catch(() => new FormData());
  const parsed = v.safeParse(schema, Object.fromEntries(data));
  return parsed.success ? parsed.output : error(400);
}
