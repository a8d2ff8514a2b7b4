import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { MINUTE, type Millis } from '$lib/domain/time';
import { readFactorTaken } from '$lib/server/factor-loss';
import { newPasswordSchema, OrganiserFormSchema, PASSWORD_LENGTH } from '$lib/server/organiser-form';
import { changePassword, readWaysIn, rename } from '$lib/server/own-account';
import { endOwnSessions, listOwnSessions } from '$lib/server/own-sessions';
import { readSecondFactor } from '$lib/server/second-factor';
import { SESSION_DAYS } from '$lib/server/session-lifetime';
import { setSessionCookies } from '$lib/server/session-cookies';
import { refusalIn } from '../provider-refusal';
import { signInAgain } from '../sign-in-again';
import type { Actions, PageServerLoad } from './$types';

const SAVED = ['name', 'password', 'sessions'] as const;
const SavedSchema = v.fallback(v.nullable(v.picklist(SAVED)), null);

const NameSchema = v.object({ name: OrganiserFormSchema.entries.name });
const CurrentSchema = v.pipe(v.string('password_missing'), v.nonEmpty('password_missing'));
const SessionSchema = v.object({ session: v.pipe(v.string(), v.nonEmpty()) });

export const load: PageServerLoad = async ({ locals, request, url }) => {
  const { installation } = locals;
  const { id, name, email } = locals.organiser!;
  const waysIn = await readWaysIn(installation.db, id);
  return {
    account: { name, email },
    waysIn,
    provider: installation.provider && { name: installation.provider.name },
    secondFactor: waysIn.password ? await readSecondFactor(installation, id) : null,
    factorTakenAt: await readFactorTaken(installation.db, id),
    sessions: await listOwnSessions(installation, request.headers),
    sessionDays: SESSION_DAYS,
    passwordLength: PASSWORD_LENGTH,
    saved: v.parse(SavedSchema, url.searchParams.get('saved')),
    connected: url.searchParams.has('connected') && waysIn.provider,
    refused: refusalIn(url),
  };
};

export const actions: Actions = {
  name: async ({ request, locals: { installation, organiser } }) => {
    const fields = await fieldsOf(request);
    const parsed = v.safeParse(NameSchema, { name: fields.name ?? '' });
    if (!parsed.success) {
      const problem = parsed.issues[0].message;
      return fail(400, { form: 'name', entered: fields.name ?? '', problem } as const);
    }
    await rename(installation, request.headers, organiser!, parsed.output.name).catch(signInAgain);
    return redirect(303, '/office/account?saved=name');
  },
  password: async (event) => {
    const { request, locals } = event;
    const { current = '', next = '' } = await fieldsOf(request);
    const { installation, organiser } = locals;
    const known = [organiser!.name, organiser!.email, installation.operator.name ?? ''];
    const schema = v.object({ current: CurrentSchema, next: newPasswordSchema(known) });
    const parsed = v.safeParse(schema, { current, next });
    if (!parsed.success) {
      const { nested } = v.flatten<typeof schema>(parsed.issues);
      const problems = { current: nested?.current?.[0], next: nested?.next?.[0] };
      return fail(400, { form: 'password', problems } as const);
    }
    const outcome = await changePassword(installation, request.headers, organiser!, parsed.output).catch(
      signInAgain,
    );
    switch (outcome.kind) {
      case 'changed':
        setSessionCookies(event, outcome.cookies);
        return redirect(303, '/office/account?saved=password');
      case 'wrong_password':
        return fail(400, { form: 'password', problems: { current: outcome.kind, next: undefined } } as const);
      case 'too_many':
        return fail(429, { form: 'too_many', minutes: minutesUntil(locals, outcome.until) } as const);
    }
  },
  end_session: async ({ request, locals: { installation, organiser } }) => {
    const parsed = v.safeParse(SessionSchema, await fieldsOf(request));
    // One that is over already leads to the same: it is gone from the list.
    if (parsed.success)
      await endOwnSessions(installation, request.headers, organiser!, parsed.output.session);
    return redirect(303, '/office/account?saved=sessions');
  },
  end_others: async ({ request, locals: { installation, organiser } }) => {
    await endOwnSessions(installation, request.headers, organiser!, null);
    return redirect(303, '/office/account?saved=sessions');
  },
};

function minutesUntil(locals: App.Locals, until: Millis): number {
  locals.retryAt = until;
  const { installation } = locals;
  return Math.ceil((until - installation.clock()) / MINUTE);
}

async function fieldsOf(request: Request): Promise<Record<string, string>> {
  const data = await request.formData().catch(() => new FormData());
  const texts = [...data].filter((field): field is [string, string] => typeof field[1] === 'string');
  return Object.fromEntries(texts);
}
