import type { Bytes } from '../../src/lib/domain/bytes.ts';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { readMessage, readRecords } from '../../src/lib/domain/nearby/message.ts';
import { describeSession, unpackDescription } from '../../src/lib/domain/nearby/session-description.ts';
import { openSignal, readSignalText } from '../../src/lib/domain/nearby/signal.ts';
import { Inbox } from '../../src/lib/domain/pictures/inbox.ts';
import { unpackHeld } from '../../src/lib/domain/pictures/packed-held.ts';
import { unpackRecords } from '../../src/lib/domain/pictures/packed-records.ts';
import { newSession, openPicture, type Session } from '../../src/lib/domain/pictures/picture.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { PictureExchange } from '../../src/lib/door/pictures/exchange.ts';
import {
  readHeld,
  readRecords as readPackedRecords,
  readReport,
} from '../../src/lib/door/pictures/message-bytes.ts';
import { ShownMessage } from '../../src/lib/door/pictures/shown.ts';
import { MemoryBook } from '../door/pictures/memory-book.ts';
import { Broken } from './laws.ts';
import { bytesOf, SCAN, UUID, valueOf, type Parser } from './parser.ts';

const EVENT = '00112233445566ff' as EventId;
const exchangeKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
  'encrypt',
  'decrypt',
]);

/** What a tablet with the right key, but with nonsense to say, shows; nothing of it may be stored or break anything. */
async function showNonsense(bytes: Bytes): Promise<void> {
  const seal = { key: exchangeKey, eventId: EVENT };
  const clock = () => millis(1_800_000_000_000);
  const book = new MemoryBook(seal.key);
  const taker = new PictureExchange('taker', { book, seal, clock, room: 1_000, onChange: () => undefined });
  const giver = new PictureExchange('giver', { book, seal, clock, room: 1_000, onChange: () => undefined });
  for (const kind of ['held', 'records', 'report'] as const)
    for (const to of [null, newSession()]) {
      const message = new ShownMessage({ kind, to, madeAt: clock() }, bytes, 300, seal);
      for (let i = 0; i < message.count; i += 1) {
        const picture = await message.picture();
        await taker.see(picture);
        await giver.see(picture);
      }
    }
  await taker.nextPicture();
  await giver.nextPicture();
  if (book.records.size > 0) throw new Broken('what is no record is not stored', JSON.stringify([...bytes]));
}

/** What tablets tell each other without a server. */
export const EXCHANGE_PARSERS: Record<string, Parser> = {
  picture: {
    valid: ['ELP\u0001' + 'a'.repeat(80)],
    async read(text) {
      // As the bytes of a code; one character is one byte.
      const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
      const reading = await openPicture(bytes, exchangeKey, EVENT);
      if (reading.kind === 'picture')
        throw new Broken('only what was sealed is opened', JSON.stringify(text));
    },
  },
  'header of a picture': {
    valid: ['[100,5,10]'],
    read(text) {
      const [length, checksum, number] = [valueOf(text)].flat().map(Number);
      const fountain = { length: length!, checksum: checksum!, blockSize: 4 };
      const about = { kind: 'records', session: 'a' as Session, to: null, madeAt: millis(0) } as const;
      return new Inbox().add({ ...about, number: number! >>> 0, fountain, block: bytesOf('abcd') });
    },
  },
  'message in pictures': {
    valid: ['\u0000'.repeat(9), '\u0001\u0001' + 'a'.repeat(20)],
    async read(text) {
      const bytes = bytesOf(text || 'A');
      unpackHeld(bytes);
      unpackRecords(bytes);
      readHeld(bytes);
      readReport(bytes);
      await readPackedRecords(bytes);
      await showNonsense(bytes);
    },
  },
  'signal between tablets': {
    valid: ['ELN:' + '0'.repeat(240), 'A'.repeat(220)],
    read: (text) => openSignal(readSignalText(text) ?? text, exchangeKey, EVENT),
  },
  'message between tablets': {
    valid: [
      `{"kind":"hello","version":1,"held":{"scans":{"${UUID}":3},"walkIns":["${UUID}"]},"certificate":null}`,
      `{"kind":"records","records":[{"scan":${SCAN},"signature":"${'A'.repeat(86)}"}]}`,
      `{"kind":"got","held":{"scans":{},"walkIns":[]},"taken":1,"known":0,"refused":0}`,
      `{"kind":"carry","from":"${UUID}","to":"${UUID}","signal":"AAAA"}`,
    ],
    read(text) {
      const reading = readMessage(bytesOf(text));
      if (reading.kind === 'message' && reading.message.kind === 'records')
        readRecords(reading.message.records);
    },
  },
  'session description': {
    valid: [
      `m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=candidate:1 1 udp 1 192.0.2.2 9 typ host\r\na=ice-ufrag:abcd\r\na=ice-pwd:${'a'.repeat(24)}\r\na=fingerprint:sha-256 ${'AA:'.repeat(31)}AA\r\na=setup:active\r\n`,
    ],
    read: (text) => [describeSession(text), unpackDescription(bytesOf(text))],
  },
};
