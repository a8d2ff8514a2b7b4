import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  pbkdf2Sync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';

/**
 * WebCrypto's interface over Node's synchronous functions: the real one works on other threads, which end in an order of
 * their own. Only what Einlass uses; anything else throws.
 */

/** A key as the simulated browser holds it; it can be cloned to disk like a real one. */
export interface SimulatedKey {
  /** Says to whoever looks at a disk that a browser would not let out what is inside. */
  cryptoKey: true;
  algorithm: string;
  raw: Uint8Array;
}

type Algorithm = string | { name: string; [parameter: string]: unknown };
type Source = ArrayBuffer | Uint8Array;

const nameOf = (algorithm: Algorithm) => (typeof algorithm === 'string' ? algorithm : algorithm.name);
const bytesOf = (source: Source) => (source instanceof Uint8Array ? source : new Uint8Array(source));
const keyOf = (algorithm: string, raw: Uint8Array): SimulatedKey => ({
  cryptoKey: true,
  algorithm,
  raw: Uint8Array.from(raw),
});
const bufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Node's form of an Ed25519 key is expensive to make. */
const keyObjects = new Map<string, KeyObject>();

function keyObject(kind: 'private' | 'public', raw: Uint8Array): KeyObject {
  const name = kind + Buffer.from(raw).toString('base64');
  let object = keyObjects.get(name);
  if (!object) {
    object =
      kind === 'private'
        ? createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, raw]), format: 'der', type: 'pkcs8' })
        : createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
    if (keyObjects.size > 500) keyObjects.clear();
    keyObjects.set(name, object);
  }
  return object;
}

const publicOf = (seed: Uint8Array): Uint8Array =>
  createPublicKey(keyObject('private', seed)).export({ format: 'der', type: 'spki' }).subarray(-32);

const hashName = (name: string) => name.replace('-', '').toLowerCase();

interface Sealing {
  iv: Uint8Array;
  additionalData: Uint8Array;
}

/** @param random - fills bytes by chance */
export function simulatedSubtle(random: (bytes: Uint8Array) => void) {
  const fresh = (length: number) => {
    const bytes = new Uint8Array(length);
    random(bytes);
    return bytes;
  };
  return {
    async digest(algorithm: Algorithm, data: Source) {
      return bufferOf(
        createHash(hashName(nameOf(algorithm)))
          .update(bytesOf(data))
          .digest(),
      );
    },
    async generateKey(algorithm: Algorithm) {
      const name = nameOf(algorithm);
      if (name !== 'Ed25519') return keyOf(name, fresh(64));
      const seed = fresh(32);
      return { privateKey: keyOf(name, seed), publicKey: keyOf(name, publicOf(seed)) };
    },
    async importKey(format: string, data: Source, algorithm: Algorithm) {
      const bytes = bytesOf(data);
      return keyOf(nameOf(algorithm), format === 'pkcs8' ? bytes.subarray(PKCS8_PREFIX.length) : bytes);
    },
    async exportKey(_format: string, key: SimulatedKey) {
      return bufferOf(key.raw);
    },
    async sign(algorithm: Algorithm, key: SimulatedKey, data: Source) {
      if (nameOf(algorithm) === 'HMAC')
        return bufferOf(createHmac('sha256', key.raw).update(bytesOf(data)).digest());
      return bufferOf(sign(null, bytesOf(data), keyObject('private', key.raw)));
    },
    async verify(_algorithm: Algorithm, key: SimulatedKey, signature: Source, data: Source) {
      return verify(null, bytesOf(data), keyObject('public', key.raw), bytesOf(signature));
    },
    async deriveBits(params: { salt: Uint8Array; iterations: number }, key: SimulatedKey, bits: number) {
      return bufferOf(pbkdf2Sync(key.raw, params.salt, params.iterations, bits / 8, 'sha256'));
    },
    async encrypt({ iv, additionalData }: Sealing, key: SimulatedKey, plain: Source) {
      const cipher = createCipheriv('aes-256-gcm', key.raw.subarray(0, 32), iv).setAAD(additionalData);
      return bufferOf(Buffer.concat([cipher.update(bytesOf(plain)), cipher.final(), cipher.getAuthTag()]));
    },
    async decrypt({ iv, additionalData }: Sealing, key: SimulatedKey, data: Source) {
      const bytes = bytesOf(data);
      const decipher = createDecipheriv('aes-256-gcm', key.raw.subarray(0, 32), iv)
        .setAAD(additionalData)
        .setAuthTag(bytes.subarray(-16));
      return bufferOf(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]));
    },
  };
}
