import { bytesToBase64url } from './bytes.ts';

const PURPOSE = new TextEncoder().encode('einlass-hand-in');

/**
 * The weaker token that a locked tablet keeps in the clear: it hands in what waits and learns of a revocation, and
 * never gets a name. Tablet and server derive it alike from the token of the pairing (HMAC-SHA-256, RFC 2104), which
 * can't be had back from it.
 *
 * @returns 43 characters of base64url
 */
export async function handInTokenOf(token: string): Promise<string> {
  const key = await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(token),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  return bytesToBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, PURPOSE)));
}
