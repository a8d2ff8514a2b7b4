import { fail, redirect } from '@sveltejs/kit';
import QRCode from 'qrcode';
import { MINUTE, type Millis } from '$lib/domain/time';
import { readFactorTaken } from '$lib/server/factor-loss';
import { officePath } from '$lib/server/office-access';
import { readWaysIn } from '$lib/server/own-account';
import {
  beginSecondFactor,
  confirmSecondFactor,
  readSecondFactor,
  renewRecoveryCodes,
  shownSetUp,
  turnOffSecondFactor,
  type SetUp,
} from '$lib/server/second-factor';
import { setSessionCookies } from '$lib/server/session-cookies';
import { signInAgain } from '../../sign-in-again';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ url, locals: { installation, organiser } }) => {
  const { password } = await readWaysIn(installation.db, organiser!.id);
  // Who has none is asked for a second factor by the identity provider, if at all.
  if (!password) redirect(303, '/office/account');
  const wanted = url.searchParams.get('to');
  return {
    email: organiser!.email,
    secondFactor: await readSecondFactor(installation, organiser!.id),
    /** Whether nothing else of the office is shown without one. */
    demanded: installation.secondFactorRequired && !organiser!.session.byProvider,
    /** When it was taken away, while there is none again. */
    takenAt: await readFactorTaken(installation.db, organiser!.id),
    /** Where to go on. */
    to: wanted === null ? '/office/account' : officePath(wanted),
  };
};

export const actions: Actions = {
  begin: async ({ request, locals }) => {
    const { installation, organiser } = locals;
    const password = await typedIn(request, 'password');
    if (!password) return fail(400, { step: 'begin', problem: 'missing' } as const);
    const outcome = await beginSecondFactor(installation, request.headers, organiser!, password).catch(
      signInAgain,
    );
    switch (outcome.kind) {
      case 'begun':
        return { step: 'confirm', problem: undefined, setUp: await drawn(outcome.setUp) } as const;
      case 'on':
        return redirect(303, '/office/account/second-factor');
      case 'wrong_password':
        return fail(400, { step: 'begin', problem: 'wrong' } as const);
      case 'too_many':
        return fail(429, tooMany(locals, outcome.until));
    }
  },
  confirm: async (event) => {
    const { request, locals } = event;
    const { installation, organiser } = locals;
    const fields = await request.formData().catch(() => new FormData());
    const code = textOf(fields.get('code'));
    const outcome = await confirmSecondFactor(installation, request.headers, organiser!, code).catch(
      signInAgain,
    );
    switch (outcome.kind) {
      case 'on':
        setSessionCookies(event, outcome.cookies);
        return { step: 'codes', recoveryCodes: outcome.recoveryCodes } as const;
      case 'wrong': {
        const setUp = shownSetUp(organiser!, fields.get('key'));
        if (!setUp) return fail(400, { step: 'begin', problem: 'again' } as const);
        const problem = code.trim() ? 'wrong' : 'missing';
        return fail(400, { step: 'confirm', problem, setUp: await drawn(setUp) } as const);
      }
      case 'not_begun':
        return fail(400, { step: 'begin', problem: 'again' } as const);
      case 'too_many':
        return fail(429, tooMany(locals, outcome.until));
    }
  },
  renew: async ({ request, locals }) => {
    const { installation, organiser } = locals;
    const password = await typedIn(request, 'password');
    if (!password) return fail(400, { step: 'renew', problem: 'missing' } as const);
    const outcome = await renewRecoveryCodes(installation, request.headers, organiser!, password).catch(
      signInAgain,
    );
    switch (outcome.kind) {
      case 'made':
        return { step: 'codes', recoveryCodes: outcome.recoveryCodes } as const;
      case 'off':
        return redirect(303, '/office/account/second-factor');
      case 'wrong_password':
        return fail(400, { step: 'renew', problem: 'wrong' } as const);
      case 'too_many':
        return fail(429, tooMany(locals, outcome.until));
    }
  },
  off: async (event) => {
    const { request, locals } = event;
    const { installation, organiser } = locals;
    const password = await typedIn(request, 'password');
    if (!password) return fail(400, { step: 'off', problem: 'missing' } as const);
    const outcome = await turnOffSecondFactor(installation, request.headers, organiser!, password).catch(
      signInAgain,
    );
    switch (outcome.kind) {
      case 'off':
        setSessionCookies(event, outcome.cookies);
        return redirect(303, '/office/account/second-factor');
      case 'wrong_password':
        return fail(400, { step: 'off', problem: 'wrong' } as const);
      case 'too_many':
        return fail(429, tooMany(locals, outcome.until));
    }
  },
};

async function drawn({ uri, key }: SetUp): Promise<{ key: string; qr: string }> {
  return { key, qr: await QRCode.toDataURL(uri, { margin: 4, scale: 6 }) };
}

function tooMany(locals: App.Locals, until: Millis) {
  locals.retryAt = until;
  const { installation } = locals;
  return { step: 'too_many', minutes: Math.ceil((until - installation.clock()) / MINUTE) } as const;
}

async function typedIn(request: Request, name: string): Promise<string> {
  const data = await request.formData().catch(() => new FormData());
  return textOf(data.get(name));
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}
