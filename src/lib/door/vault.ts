import { joinBytes, type Bytes } from '../domain/bytes.ts';

/** How often the PIN is hashed: OWASP's figure for PBKDF2 with SHA-256; about half a second on a cheap tablet. */
export const PIN_WORK = 600_000;

/** The fewest digits of a PIN. */
export const PIN_LENGTH = 6;

/** Something encrypted and authenticated with the tablet's data key. */
export interface Sealed {
  iv: Bytes;
  data: ArrayBuffer;
}

/** The data key as it lies on disk: it opens with the PIN, on this tablet. */
export interface Lock {
  salt: Bytes;
  /** How often the PIN is hashed. */
  work: number;
  /** Not extractable: a copy of the files alone, without this browser profile's keys, can't be searched for the PIN. */
  tabletKey: CryptoKey;
  wrapped: Sealed;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Seals what a lost tablet must not tell: names, access needs, the token. AES-GCM with 256 bits and a random 96-bit IV
 * (NIST SP 800-38D); what a sealed thing is for goes in as additional data, so that one can't stand for another.
 *
 * The data key is random. It lies on disk wrapped by a key that needs both the PIN (PBKDF2, RFC 8018) and a key that
 * the browser does not let out. That stops whoever finds the tablet, or copies single files from it. Whoever takes the
 * tablet apart and gets at the browser's own key store can try out PINs: for that case the office revokes the tablet,
 * and the roster expires by itself.
 */
export class Vault {
  private readonly key: CryptoKey;

  constructor(key: CryptoKey) {
    this.key = key;
  }

  /** @param purpose - what it is for; must be the same when it is opened */
  seal(value: unknown, purpose: string): Promise<Sealed> {
    return this.sealText(encoder.encode(JSON.stringify(value)), purpose);
  }

  /** @param json - a value written out already */
  sealText(json: Bytes, purpose: string): Promise<Sealed> {
    return encrypt(this.key, json, purpose);
  }

  /** @throws when it was altered, sealed by another key, or for another purpose */
  async open(sealed: Sealed, purpose: string): Promise<unknown> {
    return JSON.parse(decoder.decode(await decrypt(this.key, sealed, purpose)));
  }
}

/** Makes a new data key and locks it with a PIN. */
export async function createVault(pin: string, work = PIN_WORK): Promise<{ vault: Vault; lock: Lock }> {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  return { vault: await vaultOf(raw), lock: await lockKey(raw, pin, work) };
}

/** @returns null when the PIN is wrong */
export async function openVault(lock: Lock, pin: string): Promise<Vault | null> {
  const raw = await unlockKey(lock, pin);
  return raw && vaultOf(raw);
}

/** The same data key behind another PIN. @returns null when the old PIN is wrong */
export async function changePin(lock: Lock, pin: string, newPin: string): Promise<Lock | null> {
  const raw = await unlockKey(lock, pin);
  return raw && lockKey(raw, newPin, lock.work);
}

/** Whether a PIN is long enough, of digits, and not one that everybody tries first. */
export function isGoodPin(pin: string): boolean {
  if (!/^\d+$/.test(pin) || pin.length < PIN_LENGTH) return false;
  const steps = new Set([...pin].slice(1).map((digit, i) => Number(digit) - Number(pin[i])));
  return steps.size > 1 || ![0, 1, -1].includes([...steps][0]!);
}

async function vaultOf(raw: Bytes): Promise<Vault> {
  return new Vault(await importKey(raw));
}

async function lockKey(raw: Bytes, pin: string, work: number): Promise<Lock> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const tabletKey = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const wrapped = await encrypt(await keyOfPin(pin, salt, work, tabletKey), raw, 'data-key');
  return { salt, work, tabletKey, wrapped };
}

async function unlockKey({ salt, work, tabletKey, wrapped }: Lock, pin: string): Promise<Bytes | null> {
  const key = await keyOfPin(pin, salt, work, tabletKey);
  return decrypt(key, wrapped, 'data-key').then(
    (raw) => new Uint8Array(raw),
    () => null,
  );
}

async function keyOfPin(pin: string, salt: Bytes, work: number, tabletKey: CryptoKey): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(pin), 'PBKDF2', false, ['deriveBits']);
  const params = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: work };
  const stretched = await crypto.subtle.deriveBits(params, material, 256);
  const message = joinBytes(encoder.encode('einlass-pin'), new Uint8Array(stretched));
  return importKey(await crypto.subtle.sign('HMAC', tabletKey, message));
}

function importKey(raw: BufferSource): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

async function encrypt(key: CryptoKey, plain: BufferSource, purpose: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt(gcm(iv, purpose), key, plain) };
}

function decrypt(key: CryptoKey, { iv, data }: Sealed, purpose: string): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt(gcm(iv, purpose), key, data);
}

function gcm(iv: Bytes, purpose: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: encoder.encode(`einlass ${purpose}`) };
}
