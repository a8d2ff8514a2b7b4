import * as v from 'valibot';
import { bytesToHex, joinBytes, sha256, type Bytes } from './bytes.ts';
import type { KeyId } from './ids.ts';

/**
 * Ed25519 (RFC 8032) by WebCrypto, and by @noble/ed25519 in browsers whose WebCrypto lacks the curve.
 */

/** A private key as it is stored: not extractable where the browser can hold one, else its 32-byte seed. */
export type PrivateKey = { kind: 'webcrypto'; key: CryptoKey } | { kind: 'seed'; seed: Bytes };

export interface KeyPair {
  privateKey: PrivateKey;
  /** 32 bytes. */
  publicKey: Bytes;
}

/** Length of a signature in bytes. */
export const SIGNATURE_LENGTH = 64;

/** An Ed25519 signature, in base64url. */
export const SignatureSchema = v.pipe(v.string(), v.regex(/^[\w-]{86}$/, 'not a signature'));

/** Loaded only where it is needed: most browsers have the curve. */
const loadNoble = () => import('@noble/ed25519');

/** RFC 8410: what stands before the 32-byte seed in the PKCS #8 form of an Ed25519 private key. */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);

let webCryptoHasEd25519: Promise<boolean> | undefined;

function hasEd25519(): Promise<boolean> {
  webCryptoHasEd25519 ??= crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']).then(
    () => true,
    () => false,
  );
  return webCryptoHasEd25519;
}

/** Makes a key pair whose private half the browser doesn't let out, where it can. */
export async function createKeyPair(): Promise<KeyPair> {
  if (await hasEd25519()) {
    const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    return { privateKey: { kind: 'webcrypto', key: pair.privateKey }, publicKey };
  }
  return keyPairFromSeed(crypto.getRandomValues(new Uint8Array(32)));
}

/** The key pair of a 32-byte seed; the same seed always gives the same pair. */
export async function keyPairFromSeed(seed: Bytes): Promise<KeyPair> {
  const noble = await loadNoble();
  const publicKey = Uint8Array.from(await noble.getPublicKeyAsync(seed));
  if (!(await hasEd25519())) return { privateKey: { kind: 'seed', seed }, publicKey };
  const key = await crypto.subtle.importKey('pkcs8', joinBytes(PKCS8_PREFIX, seed), 'Ed25519', false, [
    'sign',
  ]);
  return { privateKey: { kind: 'webcrypto', key }, publicKey };
}

export async function signBytes(privateKey: PrivateKey, message: Bytes): Promise<Bytes> {
  if (privateKey.kind === 'seed') {
    const noble = await loadNoble();
    return Uint8Array.from(await noble.signAsync(message, privateKey.seed));
  }
  return new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey.key, message));
}

const importedKeys = new Map<string, Promise<CryptoKey>>();

/** @returns false also for a public key that is none. */
export async function verifySignature(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  try {
    if (!(await hasEd25519())) return await (await loadNoble()).verifyAsync(signature, message, publicKey);
    const name = bytesToHex(publicKey);
    let key = importedKeys.get(name);
    if (!key) {
      key = crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
      importedKeys.set(name, key);
    }
    return await crypto.subtle.verify('Ed25519', await key, signature, message);
  } catch {
    return false;
  }
}

export async function keyIdOf(publicKey: Bytes): Promise<KeyId> {
  return bytesToHex((await sha256(publicKey)).subarray(0, 4)) as KeyId;
}
