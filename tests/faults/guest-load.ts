import { v4 } from 'uuid';
import { hiddenFields, postForm, type Answer } from './asking.ts';
import type { GuestRecord, Ledger } from './ledger.ts';
import { pause, type Chance } from './random.ts';

export interface GuestParts {
  ledger: Ledger;
  fetcher: typeof fetch;
  url: string;
  slug: string;
  workgroups: string[];
  /** The stamp of a form that somebody has had a minute to fill in. */
  stamp: () => string;
}

/** How often somebody in a hurry sends a form that was not answered. */
const HURRIED = 1;
const PATIENT = 400;

/** Registrants, one after the other: each registers, and some of them change something and cancel. */
export async function guestLoad(parts: GuestParts, chance: Chance, goesOn: () => boolean): Promise<void> {
  for (let i = 0; goesOn(); i += 1) {
    await oneGuest(parts, chance, `Gast ${v4().slice(0, 8)} ${i}`);
    await pause(chance.whole(0, 100));
  }
}

async function oneGuest(parts: GuestParts, chance: Chance, name: string): Promise<void> {
  const { ledger, url, workgroups } = parts;
  const tries = chance.is(0.7) ? PATIENT : HURRIED;
  const guest: GuestRecord = {
    email: `${name.toLowerCase().replaceAll(' ', '.')}@example.org`,
    acknowledged: false,
    name,
    workgroup: chance.pick(workgroups),
    cancelled: false,
    open: [],
    changes: 0,
  };
  const [changes, cancels] = [chance.is(0.4), chance.is(0.4)];
  const other = chance.pick(workgroups);
  ledger.guests.push(guest);
  const page = await register(parts, guest, tries);
  if (page === null) return;
  guest.acknowledged = true;

  if (changes) {
    const wish = { name: `${name} B`, workgroup: other };
    guest.open.push(wish);
    const answer = await persist(tries, () =>
      postForm(parts.fetcher, `${url}${page}/change`, { ...wish, email: guest.email }),
    );
    if (answer.kind === 'answer') {
      guest.open.pop();
      if (answer.status === 303) Object.assign(guest, wish, { changes: 1 });
      else if (answer.status !== 409) ledger.violate(`a change was answered with ${answer.status}`);
    }
  }
  if (cancels) {
    guest.open.push({ cancelled: true });
    const answer = await persist(tries, () => postForm(parts.fetcher, `${url}${page}/cancel`, {}));
    if (answer.kind === 'answer') {
      guest.open.pop();
      if (answer.status === 303) guest.cancelled = true;
      else ledger.violate(`a cancellation was answered with ${answer.status}`);
    }
  }
}

/** @returns the address of the ticket's page; null when nobody has said that they are registered */
async function register(parts: GuestParts, guest: GuestRecord, tries: number): Promise<string | null> {
  const form = `${parts.url}/${parts.slug}/register`;
  const fields = {
    submission: v4(),
    stamp: parts.stamp(),
    name: guest.name,
    email: guest.email,
    workgroup: guest.workgroup!,
    consent: 'yes',
  };
  let answer = await persist(tries, () => postForm(parts.fetcher, form, fields));
  if (answer.kind === 'answer' && answer.status === 409) {
    const asked = { ...hiddenFields(answer.text), ...fields, 'when-full': 'waiting_list' };
    answer = await persist(tries, () => postForm(parts.fetcher, form, asked));
  }
  if (answer.kind !== 'answer') return null;
  const page = answer.headers.get('location');
  if (answer.status === 303 && page?.includes('/ticket/')) return page;
  parts.ledger.violate(`a registration was answered with ${answer.status}`);
  return null;
}

/** Asks again until there is an answer. */
export async function persist(tries: number, ask: () => Promise<Answer>): Promise<Answer> {
  for (let left = tries; ; left -= 1) {
    const answer = await ask();
    if (answer.kind === 'answer' || left <= 1) return answer;
    await pause(250);
  }
}
