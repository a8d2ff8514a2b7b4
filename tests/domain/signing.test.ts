import { beforeAll, describe, expect, test, vi } from 'vitest';
import { hexToBytes } from '../../src/lib/domain/bytes.ts';
import * as byWebCrypto from '../../src/lib/domain/signing.ts';

type Signing = typeof byWebCrypto;

/** RFC 8032, section 7.1, tests 1 to 3: seed, public key, message, signature. */
const VECTORS = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;

/** The module as a browser has it whose WebCrypto lacks the curve. */
async function withoutWebCryptoCurve(): Promise<Signing> {
  vi.resetModules();
  const refusal = vi
    .spyOn(crypto.subtle, 'generateKey')
    .mockRejectedValue(new DOMException('unknown curve', 'NotSupportedError'));
  try {
    const signing = await import('../../src/lib/domain/signing.ts');
    // The first use finds out what the browser can do.
    expect((await signing.createKeyPair()).privateKey.kind).toBe('seed');
    return signing;
  } finally {
    refusal.mockRestore();
  }
}

let byNoble: Signing;
beforeAll(async () => {
  byNoble = await withoutWebCryptoCurve();
});

const message = new TextEncoder().encode('einlass');
const ways = [
  ['WebCrypto', () => byWebCrypto],
  ['@noble/ed25519', () => byNoble],
] as const;

describe.each(ways)('signing by %s', (name, signer) => {
  test.each(VECTORS)('signs as RFC 8032 does (seed %s)', async (seed, publicKey, signed, signature) => {
    const pair = await signer().keyPairFromSeed(hexToBytes(seed));
    expect(pair.publicKey).toEqual(hexToBytes(publicKey));
    expect(await signer().signBytes(pair.privateKey, hexToBytes(signed))).toEqual(hexToBytes(signature));
  });

  test('keeps the private key where the browser does not let it out, or as a seed', async () => {
    const { privateKey, publicKey } = await signer().createKeyPair();
    expect(publicKey).toHaveLength(32);
    if (privateKey.kind === 'seed') expect(name).toBe('@noble/ed25519');
    else expect(privateKey.key).toMatchObject({ extractable: false, usages: ['sign'] });
  });

  describe.each(ways)('verified by %s', (_, verifier) => {
    test('is believed', async () => {
      const { privateKey, publicKey } = await signer().createKeyPair();
      const signature = await signer().signBytes(privateKey, message);
      expect(signature).toHaveLength(byWebCrypto.SIGNATURE_LENGTH);
      expect(await verifier().verifySignature(publicKey, message, signature)).toBe(true);
    });

    test('is not believed for another message, by another key, or altered', async () => {
      const { privateKey, publicKey } = await signer().createKeyPair();
      const signature = await signer().signBytes(privateKey, message);
      const other = await signer().createKeyPair();
      const altered = signature.map((byte, i) => (i === 40 ? byte ^ 1 : byte));
      const { verifySignature } = verifier();
      expect(await verifySignature(publicKey, message.slice(1), signature)).toBe(false);
      expect(await verifySignature(other.publicKey, message, signature)).toBe(false);
      expect(await verifySignature(publicKey, message, altered)).toBe(false);
    });
  });
});

describe.each(ways)('%s', (_, verifier) => {
  test.each([
    ['a public key of the wrong length', 31, 64],
    ['a signature of the wrong length', 32, 63],
    ['nothing', 0, 0],
  ])('does not believe %s', async (_what, keyLength, signatureLength) => {
    const { verifySignature } = verifier();
    const verified = verifySignature(new Uint8Array(keyLength), message, new Uint8Array(signatureLength));
    expect(await verified).toBe(false);
  });
});

test('a seed that a browser without the curve has stored still signs when the browser has learnt it', async () => {
  const { privateKey, publicKey } = await byNoble.createKeyPair();
  const signature = await byWebCrypto.signBytes(privateKey, message);
  expect(await byWebCrypto.verifySignature(publicKey, message, signature)).toBe(true);
});
