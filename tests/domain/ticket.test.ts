import { createHash } from 'node:crypto';
import fc from 'fast-check';
import QRCode from 'qrcode';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeBase45, encodeBase45 } from '../../src/lib/domain/base45.ts';
import type { EventId, KeyId, TicketId } from '../../src/lib/domain/ids.ts';
import { createKeyPair, keyIdOf, type KeyPair } from '../../src/lib/domain/signing.ts';
import {
  issueTicketText,
  parseTicketText,
  readTicketText,
  type Ticket,
  type TicketKey,
} from '../../src/lib/domain/ticket.ts';
import { millis, MINUTE } from '../../src/lib/domain/time.ts';
import { at, EVENT, OTHER_EVENT, ticketId } from './support.ts';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

let pair: KeyPair;
let key: TicketKey;
let ticket: Ticket;
let text: string;
beforeAll(async () => {
  pair = await createKeyPair();
  key = { keyId: await keyIdOf(pair.publicKey), eventId: EVENT, publicKey: pair.publicKey, revoked: false };
  ticket = {
    keyId: key.keyId,
    eventId: EVENT,
    ticketId: ticketId('A'),
    workgroupNumber: 5,
    validFrom: at('15:00'),
    validUntil: at('19:00'),
  };
  text = await issueTicketText(ticket, pair.privateKey);
});

const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
const noTicket = (value: string) => ({ kind: 'no_ticket', payloadHash: sha256(value) });

/** The ticket's text with some bytes put in place of its own, and its signature as it was. */
function withBytes(offset: number, bytes: number[]): string {
  const forged = decodeBase45(text.slice(3))!;
  forged.set(bytes, offset);
  return 'EL:' + encodeBase45(forged);
}

describe('a ticket', () => {
  test('is read as it was issued', async () => {
    expect(await readTicketText(text, [key])).toEqual({ kind: 'ticket', ticket, keyRevoked: false });
  });

  test('is read as it was issued, whatever it says', async () => {
    const hex = (bytes: number) =>
      fc
        .uint8Array({ minLength: bytes, maxLength: bytes })
        .map((value) => Buffer.from(value).toString('hex'));
    const anyTicket = fc
      .record({
        eventId: hex(8),
        ticketId: hex(16),
        workgroupNumber: fc.integer({ min: 1, max: 255 }),
        from: fc.integer({ min: 0, max: 0xffff_ffff }),
        duration: fc.integer({ min: 0, max: 0xffff }),
      })
      .map((values): Ticket => ({
        keyId: key.keyId,
        eventId: values.eventId as EventId,
        ticketId: values.ticketId.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') as TicketId,
        workgroupNumber: values.workgroupNumber,
        validFrom: millis(values.from * MINUTE),
        validUntil: millis((values.from + values.duration) * MINUTE),
      }));
    await fc.assert(
      fc.asyncProperty(anyTicket, async (issued) => {
        const issuedText = await issueTicketText(issued, pair.privateKey);
        expect(issuedText).toHaveLength(153);
        const keys = [{ ...key, eventId: issued.eventId }];
        expect(await readTicketText(issuedText, keys)).toEqual({
          kind: 'ticket',
          ticket: issued,
          keyRevoked: false,
        });
      }),
    );
  });

  test('is good for the whole of the minutes in which it begins and ends', async () => {
    const seconds = { ...ticket, validFrom: at('15:00:59'), validUntil: at('18:59:01') };
    const read = parseTicketText(await issueTicketText(seconds, pair.privateKey));
    expect(read?.ticket).toMatchObject({ validFrom: at('15:00'), validUntil: at('19:00') });
  });

  test('is 153 characters of the alphanumeric QR alphabet, none of them a space at an end', () => {
    expect(text).toMatch(/^EL:[0-9A-Z $%*+./:-]{150}$/);
    expect(text.trim()).toBe(text);
  });

  test.each([
    ['left to the encoder', () => text],
    ['in alphanumeric mode', () => [{ data: text, mode: 'alphanumeric' as const }]],
  ])('fits a QR code of version 6 with error correction M, %s', (_, content) => {
    const code = QRCode.create(content(), { errorCorrectionLevel: 'M' });
    expect(code.version).toBeLessThanOrEqual(6);
    expect(code.segments.map(({ mode }) => mode.id)).not.toContain('Byte');
  });

  test('is refused when any one of its 800 bits is flipped', async () => {
    const bytes = decodeBase45(text.slice(3))!;
    const believed: number[] = [];
    for (let bit = 0; bit < 800; bit++) {
      const byte = bit >> 3;
      const reading = await readTicketText(withBytes(byte, [bytes[byte]! ^ (1 << (bit & 7))]), [key]);
      if (reading.kind === 'ticket') believed.push(bit);
    }
    expect(bytes).toHaveLength(100);
    expect(believed).toEqual([]);
  }, 20_000);

  test('is refused when any one of its characters is another', async () => {
    const place = fc.integer({ min: 0, max: 152 });
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom(...ALPHANUMERIC), async (i, character) => {
        fc.pre(text[i] !== character);
        const altered = text.slice(0, i) + character + text.slice(i + 1);
        expect(await readTicketText(altered, [key])).toEqual(noTicket(altered));
      }),
      { numRuns: 300 },
    );
  });
});

describe('whom a ticket is believed from', () => {
  const signedByAnother = async (forged: Ticket) =>
    issueTicketText(forged, (await createKeyPair()).privateKey);

  test('nobody, without any key', async () => {
    expect(await readTicketText(text, [])).toEqual(noTicket(text));
  });

  test('no unknown key', async () => {
    const another = await createKeyPair();
    const other = {
      ...key,
      publicKey: another.publicKey,
      keyId: await keyIdOf(another.publicKey),
    };
    expect(await readTicketText(text, [other])).toEqual(noTicket(text));
  });

  test('nobody who only names a known key', async () => {
    const forged = await signedByAnother(ticket);
    expect(await readTicketText(forged, [key])).toEqual(noTicket(forged));
  });

  test('no key of another event: it makes no tickets for this one', async () => {
    expect(await readTicketText(text, [{ ...key, eventId: OTHER_EVENT }])).toEqual(noTicket(text));
  });

  test("another event's key for that event's tickets, so that the door can name the other event", async () => {
    const other = { ...ticket, eventId: OTHER_EVENT };
    const otherText = await issueTicketText(other, pair.privateKey);
    const reading = await readTicketText(otherText, [key, { ...key, eventId: OTHER_EVENT }]);
    expect(reading).toEqual({ kind: 'ticket', ticket: other, keyRevoked: false });
  });

  test('a revoked key, and the reading says so', async () => {
    const reading = await readTicketText(text, [{ ...key, revoked: true }]);
    expect(reading).toEqual({ kind: 'ticket', ticket, keyRevoked: true });
  });

  test('the right one of two keys that happen to have the same id', async () => {
    const another = { ...key, publicKey: (await createKeyPair()).publicKey };
    expect(await readTicketText(text, [another, key])).toMatchObject({ kind: 'ticket' });
  });

  test('no key that is none', async () => {
    const broken = { ...key, publicKey: new Uint8Array(31) };
    expect(await readTicketText(text, [broken])).toEqual(noTicket(text));
  });

  test('no signature that was made for another purpose', async () => {
    const bytes = decodeBase45(text.slice(3))!.slice(0, 36);
    if (pair.privateKey.kind !== 'webcrypto') throw new Error('no WebCrypto key');
    const bare = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey.key, bytes));
    const forged = withBytes(36, [...bare]);
    expect(await readTicketText(forged, [key])).toEqual(noTicket(forged));
  });
});

describe('a text that is no ticket', () => {
  test.each([
    ['nothing', ''],
    ['an address', 'https://example.org/menu'],
    ['the prefix alone', 'EL:'],
    ['a prefix and 150 zeros', 'EL:' + '0'.repeat(150)],
    ['4,000 characters', 'EL:' + 'A'.repeat(3_997)],
    ['4,000 characters outside ASCII', 'Ä'.repeat(4_000)],
    ['half a surrogate pair', '\ud83d'],
    ['a null character', 'EL:\0'],
  ])('is told apart by its hash: %s', async (_, value) => {
    expect(await readTicketText(value, [key])).toEqual(noTicket(value));
  });

  test('is a ticket in small letters, with something before or after it, or shortened', async () => {
    for (const value of [text.toLowerCase(), ` ${text}`, `${text}\n`, text.slice(0, -1), text.slice(3)]) {
      expect(await readTicketText(value, [key])).toEqual(noTicket(value));
    }
  });

  test('is a ticket of a format that we do not know', () => {
    expect(parseTicketText(withBytes(0, [2]))).toBe(null);
  });

  test('is any text at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (value) => {
        expect(await readTicketText(value, [key])).toEqual(noTicket(value));
      }),
      { numRuns: 300 },
    );
  }, 20_000);

  test('is any text of the form of a ticket', async () => {
    const form = fc.string({
      unit: fc.constantFrom(...ALPHANUMERIC),
      minLength: 150,
      maxLength: 150,
    });
    await fc.assert(
      fc.asyncProperty(form, async (value) => {
        expect(await readTicketText(`EL:${value}`, [key])).toEqual(noTicket(`EL:${value}`));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a key id', () => {
  test('is the beginning of the hash of the public key', async () => {
    const hash = createHash('sha256').update(pair.publicKey).digest('hex');
    expect(await keyIdOf(pair.publicKey)).toBe(hash.slice(0, 8) as KeyId);
  });
});
