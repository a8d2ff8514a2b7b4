import type { Right } from '../domain/office-rights.ts';

/** `open`: to everybody; `signed_in`: to whoever has an account; otherwise who has the right at the event. */
export type OfficeRule = 'open' | 'signed_in' | Right;

/**
 * For each route of the office, what each of its methods and form actions demands. A page's actions go by their names;
 * the one without a name is `default`. What does not stand here is refused: see `ruleOf`.
 */
export const OFFICE_RULES: Record<string, Record<string, OfficeRule>> = {
  '/office': { GET: 'signed_in' },
  '/office/account': {
    GET: 'signed_in',
    name: 'signed_in',
    password: 'signed_in',
    end_session: 'signed_in',
    end_others: 'signed_in',
  },
  '/office/account/second-factor': {
    GET: 'signed_in',
    begin: 'signed_in',
    confirm: 'signed_in',
    renew: 'signed_in',
    off: 'signed_in',
  },
  '/office/accounts': {
    GET: 'manage_accounts',
    disable: 'manage_accounts',
    enable: 'manage_accounts',
    reset: 'reset_accounts',
    take_factor: 'reset_accounts',
  },
  '/office/confirm': { GET: 'signed_in', ask: 'signed_in', prove: 'signed_in' },
  '/office/new': { GET: 'create_events', default: 'create_events' },
  '/office/sign-in': { GET: 'open', default: 'open' },
  '/office/sign-in/code': { GET: 'open', code: 'open', recovery: 'open' },
  // What the city's identity provider needs of better-auth, and nothing else of it.
  '/office/sign-in/provider': { GET: 'open' },
  '/office/sign-in/provider/callback': { GET: 'open' },
  '/office/sign-out': { GET: 'open', default: 'signed_in' },
  '/office/reset/[token]': { GET: 'open', default: 'open' },
  '/office/setup/[token]': { GET: 'open', default: 'open' },
  '/office/invitation/[token]': { GET: 'open', join: 'signed_in', sign_up: 'open' },
  '/office/no-access': { GET: 'signed_in' },
  '/office/[event]': { GET: 'see_headcount' },
  '/office/[event]/acts': { GET: 'read_acts' },
  '/office/[event]/conflicts': { GET: 'see_people', decide: 'settle_conflicts' },
  '/office/[event]/desk': { GET: 'check_in', search: 'check_in' },
  '/office/[event]/desk/walk-in': { GET: 'check_in', register: 'check_in' },
  '/office/[event]/desk/[registration]': { GET: 'check_in', check: 'check_in', undo: 'check_in' },
  '/office/[event]/devices': {
    GET: 'run_devices',
    pair: 'run_devices',
    rename: 'run_devices',
    lock: 'run_devices',
    unlock: 'run_devices',
    revoke: 'run_devices',
  },
  '/office/[event]/acts.csv': { GET: 'read_acts' },
  '/office/[event]/assignment': {
    GET: 'change_registrations',
    apply: 'change_registrations',
    undo: 'change_registrations',
  },
  '/office/[event]/erasure': { GET: 'erase', retention: 'erase', erase: 'erase' },
  '/office/[event]/announcements': { GET: 'write_to_people', begin: 'write_to_people' },
  '/office/[event]/announcements/[id]': {
    GET: 'write_to_people',
    save: 'write_to_people',
    try: 'write_to_people',
    send: 'write_to_people',
    discard: 'write_to_people',
  },
  '/office/[event]/announcements/[id]/html': { GET: 'write_to_people' },
  '/office/[event]/feedback': { GET: 'set_up_event', delete: 'set_up_event' },
  '/office/[event]/import': { GET: 'move_data', default: 'move_data' },
  '/office/[event]/interfaces': {
    GET: 'move_data',
    make_token: 'move_data',
    revoke_token: 'move_data',
    add_webhook: 'move_data',
    pause_webhook: 'move_data',
    resume_webhook: 'move_data',
    delete_webhook: 'move_data',
    test_webhook: 'move_data',
  },
  '/office/[event]/import-registrations': { GET: 'move_data', check: 'move_data', import: 'move_data' },
  '/office/[event]/import-registrations/example.csv': { GET: 'move_data' },
  '/office/[event]/import-registrations/run': { POST: 'move_data' },
  '/office/[event]/mails': { GET: 'write_to_people' },
  '/office/[event]/mails/[id]': { GET: 'write_to_people', again: 'write_to_people' },
  '/office/[event]/mails/[id]/calendar': { GET: 'write_to_people' },
  '/office/[event]/mails/[id]/html': { GET: 'write_to_people' },
  '/office/[event]/mails/[id]/pdf': { GET: 'write_to_people' },
  '/office/[event]/members': {
    GET: 'manage_members',
    invite: 'manage_members',
    role: 'manage_members',
    remove: 'manage_members',
    reset: 'reset_accounts',
  },
  '/office/[event]/print': { GET: 'move_data' },
  '/office/[event]/print/badges.pdf': { GET: 'move_data' },
  '/office/[event]/print/lists.pdf': { GET: 'move_data' },
  '/office/[event]/registrations': { GET: 'see_people', search: 'see_people' },
  '/office/[event]/registrations.csv': { GET: 'move_data' },
  '/office/[event]/registrations/[registration]': {
    GET: 'see_people',
    correct: 'change_registrations',
    confirm: 'change_registrations',
    move: 'change_registrations',
    cancel: 'change_registrations',
    send: 'change_registrations',
    reissue: 'change_registrations',
  },
  '/office/[event]/registrations/selected': {
    GET: 'change_registrations',
    preview: 'change_registrations',
    run: 'change_registrations',
  },
  '/office/[event]/report': { GET: 'set_up_event' },
  '/office/[event]/report.pdf': { GET: 'set_up_event' },
  '/office/[event]/setup': {
    GET: 'set_up_event',
    publish: 'set_up_event',
    withdraw: 'set_up_event',
    open: 'set_up_event',
    close: 'set_up_event',
    address: 'set_up_event',
  },
  '/office/[event]/setup/checkpoints': { GET: 'set_up_event', default: 'set_up_event' },
  '/office/[event]/setup/dates': { GET: 'set_up_event', default: 'set_up_event' },
  '/office/[event]/setup/rooms': { GET: 'set_up_event', default: 'set_up_event' },
  '/office/[event]/setup/texts': { GET: 'set_up_event', default: 'set_up_event' },
  '/office/[event]/setup/translations/[language]': { GET: 'set_up_event', default: 'set_up_event' },
  '/office/[event]/settings': { GET: 'set_up_event', held: 'set_up_event', workgroups: 'set_up_event' },
  '/office/[event]/wall': { GET: 'see_headcount' },
  '/api/office/v1/events/[eventId]/live': { GET: 'see_headcount' },
};

/**
 * The form actions before which somebody must have proved lately who they are: what can't be undone, or opens a door. See
 * `proof.ts`.
 */
export const PROVED_ACTIONS: Record<string, readonly string[]> = {
  '/office/accounts': ['disable', 'enable', 'reset', 'take_factor'],
  '/office/[event]/erasure': ['erase'],
  '/office/[event]/interfaces': ['make_token', 'add_webhook'],
  '/office/[event]/members': ['reset'],
};

/** The part of a request that the rules look at. */
export interface OfficeRequest {
  routeId: string | null;
  method: string;
  url: URL;
}

/** What a request to the office demands; null: there is no such thing, and nobody may do it. */
export function ruleOf({ routeId, method, url }: OfficeRequest): OfficeRule | null {
  const rules = own(OFFICE_RULES, routeId ?? '');
  if (!rules) return null;
  const rule = own(rules, method === 'HEAD' ? 'GET' : method);
  if (rule || method !== 'POST') return rule;
  const action = actionOf(url);
  return METHODS.includes(action) ? null : own(rules, action);
}

/** Whether a request to the office does what needs such a proof. */
export function needsProof({ routeId, method, url }: OfficeRequest): boolean {
  return method === 'POST' && (own(PROVED_ACTIONS, routeId ?? '') ?? []).includes(actionOf(url));
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What somebody else names must not reach into the prototype. */
function own<Value>(record: Record<string, Value>, key: string): Value | null {
  return Object.hasOwn(record, key) ? record[key]! : null;
}

/** The name of the form action that a post is for: SvelteKit has it in the query, behind a slash. */
function actionOf(url: URL): string {
  for (const name of url.searchParams.keys()) {
    if (name.startsWith('/')) return name.slice(1);
  }
  return 'default';
}
