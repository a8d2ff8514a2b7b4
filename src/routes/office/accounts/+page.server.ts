import { error, fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { createAccountReset } from '$lib/server/account-reset';
import { disableAccount, enableAccount, listAccounts } from '$lib/server/account-admin';
import { listInstallationActs } from '$lib/server/acts';
import { takeSecondFactor } from '$lib/server/factor-loss';
import type { Actions, PageServerLoad } from './$types';

const ACTS_SHOWN = 30;

const DoneSchema = v.fallback(v.nullable(v.picklist(['disabled', 'enabled', 'taken'])), null);
const AccountSchema = v.pipe(v.string(), v.nonEmpty());

export const load: PageServerLoad = async ({ url, locals: { installation, organiser } }) => ({
  own: organiser!.id,
  accounts: await listAccounts(installation.db),
  acts: await listInstallationActs(installation.db, ACTS_SHOWN),
  done: v.parse(DoneSchema, url.searchParams.get('done')),
});

export const actions: Actions = {
  disable: async ({ request, locals: { installation, organiser } }) => {
    const outcome = await disableAccount(installation, await accountIn(request), organiser);
    if (outcome !== 'disabled') return fail(400, { problem: outcome });
    redirect(303, '/office/accounts?done=disabled');
  },
  enable: async ({ request, locals: { installation, organiser } }) => {
    const isThere = await enableAccount(installation, await accountIn(request), organiser);
    if (!isThere) return fail(400, { problem: 'unknown' as const });
    redirect(303, '/office/accounts?done=enabled');
  },
  /** For somebody who has lost the password. */
  reset: async ({ request, url, locals: { installation, organiser } }) => {
    const id = await accountIn(request);
    const token = await createAccountReset(installation, id, organiser);
    const account = (await listAccounts(installation.db)).find((one) => one.id === id);
    if (!token || !account) return fail(400, { problem: 'unknown' as const });
    return { reset: { name: account.name, link: `${url.origin}/office/reset/${token}` } };
  },
  /** For somebody who has lost phone and recovery codes. */
  take_factor: async ({ request, locals: { installation, organiser } }) => {
    const outcome = await takeSecondFactor(installation, await accountIn(request), organiser);
    if (outcome !== 'taken') return fail(400, { problem: outcome });
    redirect(303, '/office/accounts?done=taken');
  },
};

/** What our own page sends always names an account; of anything else there is nothing to explain. */
async function accountIn(request: Request): Promise<string> {
  const data = await request.formData().catch(() => new FormData());
  const id = v.safeParse(AccountSchema, data.get('account'));
  return id.success ? id.output : error(400);
}
