import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a key is derived for; each purpose has a key of its own. */
type Purpose =
  | 'ticket-link'
  | 'seal'
  | 'accounts'
  | 'attempts'
  | 'form-moment'
  | 'api-request'
  | 'backup'
  | 'setup-link'
  | 'installation';

/** The installation's one secret, from which every key of the server is derived (HKDF, RFC 5869). */
export class Secrets {
  private readonly root: Buffer;

  /** @param root - at least 32 bytes; whoever has them can issue tickets and read sealed keys */
  constructor(root: Buffer) {
    if (root.length < 32) throw new Error('EINLASS_SECRET must hold at least 32 bytes');
    this.root = root;
  }

  /** Reads the secret from the environment's text or from its file, which is made when there is none. */
  static load(fromEnvironment: string | undefined, file: string): Secrets {
    if (fromEnvironment) return new Secrets(Buffer.from(fromEnvironment, 'utf8'));
    if (!existsSync(file)) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      makeOnce(file, randomBytes(32).toString('hex') + '\n');
    }
    return new Secrets(Buffer.from(readFileSync(file, 'utf8').trim(), 'utf8'));
  }

  /** A key of 32 bytes for one purpose. */
  key(purpose: Purpose): Buffer {
    return Buffer.from(hkdfSync('sha256', this.root, '', `einlass ${purpose}`, 32));
  }

  /** Sixteen bytes that only this installation can make for this message. */
  proof(purpose: Purpose, message: Uint8Array): Buffer {
    return createHmac('sha256', this.key(purpose)).update(message).digest().subarray(0, 16);
  }

  /** Encrypts and authenticates (AES-256-GCM): nonce, tag and ciphertext in base64url. */
  seal(plain: Uint8Array): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key('seal'), nonce);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws when the text was sealed with another secret, or altered */
  open(sealed: string): Uint8Array<ArrayBuffer> {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.key('seal'), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Uint8Array.from(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]));
  }
}

/** Of several processes that make a file at once, one does; none ever reads half of it. */
function makeOnce(file: string, text: string): void {
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}

/** A token of 32 random bytes; the server keeps only its hash. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A token is as random as its hash, so a plain SHA-256 without salt is enough to keep it by. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Compares in a time that tells nothing about where two byte strings differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The same for texts, such as hashes that are kept in base64url. */
export function sameText(a: string, b: string): boolean {
  return sameBytes(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

/** Crockford's base32 without the letters that are read as numbers. */
const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A code of 12 characters (60 bits) in three groups, to be typed by a person if it must be. */
export function createCode(): string {
  const characters = [...randomBytes(12)].map((byte) => CODE_ALPHABET[byte % 32]);
  return characters.join('').replace(/(.{4})(.{4})(.{4})/, '$1-$2-$3');
}

/** Forgives what people do to a code that they type: small letters, spaces, O for 0, I and L for 1. */
export function normalizedCode(code: string): string {
  return code
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
    .replace(/[^0-9A-Z]/g, '');
}
