import * as v from 'valibot';
import { base64urlToBytes, bytesToBase64url, bytesToUuid, uuidToBytes, type Bytes } from '../bytes.ts';
import { CertifiedDeviceSchema, type CertifiedDevice } from '../device-certificate.ts';
import { Packer, Unpacker, Unreadable } from './packing.ts';

/** More tablets than an event has. */
const MOST_MAKERS = 1_000;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The server's word for tablets, in some 115 bytes and the name for each: how many, then each one's fields. */
export function packMakers(makers: readonly CertifiedDevice[]): Bytes {
  const packer = new Packer();
  packer.count(makers.length);
  for (const { id, name, publicKey, certificate } of makers) {
    packer.raw(uuidToBytes(id));
    packer.text(name);
    packer.raw(base64urlToBytes(publicKey)!);
    packer.raw(base64urlToBytes(certificate)!);
  }
  return packer.done();
}

/** @returns null where the bytes don't begin with what `packMakers` writes; `rest` is what stands behind it */
export function unpackMakers(bytes: Bytes): { makers: CertifiedDevice[]; rest: Bytes } | null {
  const unpacker = new Unpacker(bytes);
  try {
    const makers = Array.from({ length: unpacker.count(MOST_MAKERS) }, () => readMaker(unpacker));
    return { makers, rest: bytes.subarray(bytes.length - unpacker.left) };
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

function readMaker(unpacker: Unpacker): CertifiedDevice {
  const parsed = v.safeParse(CertifiedDeviceSchema, {
    id: bytesToUuid(unpacker.raw(16)),
    name: unpacker.text(),
    publicKey: bytesToBase64url(unpacker.raw(KEY_BYTES)),
    certificate: bytesToBase64url(unpacker.raw(SIGNATURE_BYTES)),
  });
  if (!parsed.success) throw new Unreadable('no tablet');
  return parsed.output;
}
