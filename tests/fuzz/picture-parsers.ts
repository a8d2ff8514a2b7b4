import type { Bytes } from '../../src/lib/domain/bytes.ts';
import { heldOf } from '../../src/lib/domain/held.ts';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { Inbox } from '../../src/lib/domain/pictures/inbox.ts';
import {
  MESSAGE_KINDS,
  newSession,
  openPicture,
  sealPicture,
  type Session,
} from '../../src/lib/domain/pictures/picture.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { PictureExchange } from '../../src/lib/door/pictures/exchange.ts';
import {
  readHeld,
  readRecords,
  readReport,
  writeHeld,
  writeRecords,
  writeReport,
} from '../../src/lib/door/pictures/message-bytes.ts';
import { ShownMessage } from '../../src/lib/door/pictures/shown.ts';
import { anEvening, aSignedWalkIn } from '../domain/pictures/support.ts';
import { MemoryBook, newKey } from '../door/pictures/memory-book.ts';
import { Broken } from './laws.ts';
import type { Parser } from './parser.ts';

/** What one tablet reads on another's screen. The texts of these inputs are bytes, one character for each. */

const EVENT = '00112233445566ff' as EventId;
const NOW = millis(1_800_000_000_000);
const key = await newKey();
const seal = { key, eventId: EVENT };

const textOf = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const bytesOf = (text: string): Bytes => Uint8Array.from(text, (char) => char.charCodeAt(0));

const genuine = await sealPicture(
  {
    kind: 'records',
    session: newSession(),
    number: 0,
    madeAt: NOW,
    to: null,
    fountain: { length: 4, checksum: 0, blockSize: 4 },
    block: Uint8Array.of(1, 2, 3, 4),
  },
  key,
  EVENT,
);

const scans = anEvening(3);
const records = [...scans, aSignedWalkIn()];
const messages = [
  writeHeld(
    heldOf(
      scans.map(({ scan }) => scan),
      [],
    ),
  ),
  await writeRecords({ records, makers: [], more: false }, false),
  await writeRecords({ records, makers: [], more: true }, true),
  writeReport({ have: 3, needed: 7, taken: { taken: 5, known: 2, refused: 1 } }),
];

export const PICTURE_PARSERS: Record<string, Parser> = {
  picture: {
    valid: [textOf(genuine), 'ELP\u0001' + 'a'.repeat(80)],
    async read(text) {
      const bytes = bytesOf(text);
      const reading = await openPicture(bytes, key, EVENT);
      const altered = textOf(bytes) !== textOf(genuine);
      if (reading.kind === 'picture' && altered) throw new Broken('only what was sealed is opened', text);
    },
  },
  'header of a picture': {
    valid: ['100,5,10', '4294967295,0,4294967295'],
    read(text) {
      const [length, checksum, number] = text.split(',').map((word) => Number(word) >>> 0);
      const fountain = { length: length!, checksum: checksum!, blockSize: 4 };
      const about = { kind: 'records', session: 'a' as Session, to: null, madeAt: NOW } as const;
      return new Inbox().add({ ...about, number: number!, fountain, block: Uint8Array.of(1, 2, 3, 4) });
    },
  },
  'message in pictures': {
    valid: messages.map(textOf),
    async read(text) {
      const bytes = bytesOf(text || 'A');
      readHeld(bytes);
      readReport(bytes);
      const stored = await showMessage(bytes);
      const said = await readRecords(bytes);
      if (stored > 0 && !said) throw new Broken('what is no record is not stored', JSON.stringify(text));
    },
  },
};

/**
 * Shows both kinds of tablets whatever somebody with the right key could say, as every kind of message.
 *
 * @returns how many records were stored
 */
async function showMessage(bytes: Bytes): Promise<number> {
  const book = new MemoryBook(key);
  const options = { book, seal, clock: () => NOW, room: 1_000, onChange: () => undefined };
  const tablets = [new PictureExchange('taker', options), new PictureExchange('giver', options)];
  for (const kind of MESSAGE_KINDS)
    for (const to of [null, newSession()]) {
      const message = new ShownMessage({ kind, to, madeAt: NOW }, bytes, 300, seal);
      for (let i = 0; i < message.count; i += 1) {
        const picture = await message.picture();
        for (const tablet of tablets) await tablet.see(picture);
      }
    }
  for (const tablet of tablets) await tablet.nextPicture();
  return book.records.size;
}
