import * as v from 'valibot';
import { API_SCOPES, type ApiScope } from '$lib/domain/api-scope';
import { TOLD_KINDS, type ToldKind } from '$lib/domain/happening';
import { addMillis, DAY, type Millis } from '$lib/domain/time';
import { readAddress } from '$lib/server/webhooks/webhook-address';
import { BLANK_TOKEN } from './blank-forms';

const NAME_LENGTH = 60;

/** How long a token can hold. */
export const LIFETIMES = ['month', 'year', 'never'] as const;
export type Lifetime = (typeof LIFETIMES)[number];
const DAYS: Record<Lifetime, number | null> = { month: 30, year: 365, never: null };

/** A token's form as it was filled in, to be shown again. */
export interface TypedToken {
  name: string;
  scopes: ApiScope[];
  lifetime: Lifetime;
}
export type TokenProblems = Partial<
  Record<'name' | 'scopes', 'name_missing' | 'name_long' | 'scopes_missing'>
>;

/** A webhook's form as it was filled in. */
export interface TypedWebhook {
  url: string;
  kinds: ToldKind[];
}
export type WebhookProblems = Partial<
  Record<'url' | 'kinds', 'malformed' | 'not_https' | 'private' | 'kinds_missing' | 'too_many'>
>;

const LifetimeSchema = v.fallback(v.picklist(LIFETIMES), BLANK_TOKEN.lifetime);

export function readToken(
  data: FormData,
  now: Millis,
):
  | { token: { name: string; scopes: ApiScope[]; expiresAt: Millis | null } }
  | { typed: TypedToken; problems: TokenProblems } {
  const typed: TypedToken = {
    name: lineOf(data, 'name'),
    scopes: chosenOf(data, 'scope', API_SCOPES),
    lifetime: v.parse(LifetimeSchema, data.get('lifetime')),
  };
  const problems: TokenProblems = {
    ...(typed.name === '' && { name: 'name_missing' }),
    ...([...typed.name].length > NAME_LENGTH && { name: 'name_long' }),
    ...(typed.scopes.length === 0 && { scopes: 'scopes_missing' }),
  };
  if (Object.keys(problems).length > 0) return { typed, problems };
  const days = DAYS[typed.lifetime];
  return {
    token: {
      name: typed.name,
      // Who people are is of no use without their registrations.
      scopes: API_SCOPES.filter(
        (scope) =>
          typed.scopes.includes(scope) ||
          (scope === 'registrations:read' && typed.scopes.includes('people:read')),
      ),
      expiresAt: days === null ? null : addMillis(now, days * DAY),
    },
  };
}

/** @param allowPrivate - whether webhooks may reach the local network */
export function readWebhook(
  data: FormData,
  allowPrivate: boolean,
): { webhook: { url: URL; kinds: ToldKind[] } } | { typed: TypedWebhook; problems: WebhookProblems } {
  const typed: TypedWebhook = { url: lineOf(data, 'url'), kinds: chosenOf(data, 'kind', TOLD_KINDS) };
  const address = readAddress(typed.url, allowPrivate);
  if ('url' in address && typed.kinds.length > 0)
    return { webhook: { url: address.url, kinds: typed.kinds } };
  return {
    typed,
    problems: {
      ...('problem' in address && { url: address.problem }),
      ...(typed.kinds.length === 0 && { kinds: 'kinds_missing' }),
    },
  };
}

/** One line of text, without characters that nobody sees on purpose. */
function lineOf(data: FormData, field: string): string {
  const text = data.get(field);
  return typeof text === 'string'
    ? text
        .toWellFormed()
        .replaceAll(/[\p{Cc}\u200B\u202A-\u202E\u2060\u2066-\u2069]+/gu, ' ')
        .trim()
    : '';
}

/** Those of the options that are ticked. */
function chosenOf<const Option extends string>(
  data: FormData,
  field: string,
  options: readonly Option[],
): Option[] {
  const chosen = data.getAll(field);
  return options.filter((option) => chosen.includes(option));
}
