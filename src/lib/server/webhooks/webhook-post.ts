import type { lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { SECOND } from '../../domain/time.ts';
import { hostOf, isPublic, PrivateAddressError, publicLookup } from './webhook-address.ts';

/** How a receiver has answered. */
export type PostOutcome =
  | { kind: 'taken' }
  /** It wants no more messages at all. */
  | { kind: 'gone'; problem: string }
  /** Not this message, at least not now; the next one may fare better. */
  | { kind: 'refused'; problem: string }
  /** Not now, and the next message would fare no better. `problem`: a word, and a status where there is one. */
  | { kind: 'away'; problem: string }
  /** We have broken it off. */
  | { kind: 'broken_off' };

export interface PostOptions {
  /** Whether the local network may be reached. */
  allowPrivate: boolean;
  /** For the whole of it, in milliseconds. */
  timeout?: number;
  /** Breaks it off. */
  signal: AbortSignal;
  /** By default the system's resolver. */
  resolve?: typeof lookup;
}

const TIMEOUT = 10 * SECOND;

/** Posts JSON to an address, over a connection of its own, and follows no redirect. Never rejects. */
export function post(
  address: string,
  headers: Record<string, string>,
  body: string,
  { allowPrivate, timeout = TIMEOUT, signal, resolve }: PostOptions,
): Promise<PostOutcome> {
  const url = new URL(address);
  const host = hostOf(url);
  // Of what is an address already, nobody looks anything up.
  if (!allowPrivate && isIP(host) && !isPublic(host))
    return Promise.resolve({ kind: 'away', problem: 'private' });
  const timedOut = AbortSignal.timeout(timeout);
  return new Promise((settle) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'POST',
      // A connection that is kept would go where the name led earlier.
      agent: false,
      signal: AbortSignal.any([signal, timedOut]),
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Einlass-Webhooks/1',
      },
      ...(allowPrivate ? resolve && { lookup: resolve } : { lookup: publicLookup(resolve) }),
    });
    request.on('response', (response) => {
      settle(outcomeOf(response.statusCode ?? 0));
      // What else it says is of no interest; the timeout ends it if it never does.
      response.on('error', () => undefined).resume();
    });
    request.on('error', (error) => {
      if (signal.aborted) settle({ kind: 'broken_off' });
      else settle({ kind: 'away', problem: timedOut.aborted ? 'timeout' : problemOf(error) });
    });
    request.end(body);
  });
}

function outcomeOf(status: number): PostOutcome {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const problem = `status ${status}`;
  if (status === 410) return { kind: 'gone', problem };
  return { kind: status >= 500 || status === 429 ? 'away' : 'refused', problem };
}

function problemOf(error: NodeJS.ErrnoException): string {
  if (error instanceof PrivateAddressError) return 'private';
  // What OpenSSL and Node say of certificates that they don't believe.
  return /CERT|SIGNATURE|TLS|SSL|EPROTO/.test(error.code ?? '') ? 'insecure' : 'unreachable';
}
