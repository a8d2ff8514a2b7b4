import { postForm } from './asking.ts';
import type { Ground } from './ground.ts';
import { persist } from './guest-load.ts';
import type { DecisionRecord, Ledger } from './ledger.ts';
import { pause, type Chance } from './random.ts';

const ORGANISER = {
  name: 'Frank Mertens',
  email: 'frank.mertens@example.org',
  password: 'vier lange Worte hier',
};

/** Makes the first organiser. @returns the cookies of the session, which must outlive every fault */
export async function signUp(url: string, { setup }: Ground): Promise<string> {
  const answer = await postForm(fetch, `${url}/office/setup/${setup}`, ORGANISER);
  if (answer.kind !== 'answer' || answer.status !== 303) throw new Error('the organiser could not sign up');
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

/** An organiser who moves and cancels registrations; some orders are given up when no answer comes. */
export async function officeLoad(
  { ledger, fetcher, url }: { ledger: Ledger; fetcher: typeof fetch; url: string },
  ground: Ground,
  cookie: string,
  chance: Chance,
  goesOn: () => boolean,
): Promise<void> {
  while (goesOn()) {
    const registrationId = chance.pick(ground.registrations);
    const record = ledger.decisions.get(registrationId) ?? {
      registrationId,
      workgroup: null,
      cancelled: false,
      open: [],
    };
    ledger.decisions.set(registrationId, record);
    const page = `${url}/office/${ground.slug}/registrations/${registrationId}`;
    const tries = chance.is(0.7) ? 400 : 1;
    const wish: DecisionRecord['open'][number] = chance.is(0.1)
      ? { cancelled: true }
      : { workgroup: chance.pick(ground.workgroups) };
    record.open.push(wish);
    const [action, fields]: [string, Record<string, string>] =
      'workgroup' in wish ? ['move', { workgroup: wish.workgroup! }] : ['cancel', {}];
    const answer = await persist(tries, () => postForm(fetcher, `${page}?/${action}`, fields, cookie));
    if (answer.kind === 'answer') {
      record.open.pop();
      const location = answer.headers.get('location') ?? '';
      if (location.includes('sign-in')) ledger.violate('the organiser was signed out');
      else if (answer.status === 303) {
        ledger.decided += 1;
        if (wish.cancelled) record.cancelled = true;
        else record.workgroup = wish.workgroup!;
      } else if (answer.status !== 409) ledger.violate(`the organiser was answered with ${answer.status}`);
    }
    await pause(chance.whole(50, 250));
  }
}
