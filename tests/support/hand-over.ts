import { isFinished, type Talk } from '../../src/lib/domain/pictures/talk.ts';
import { isSignedScan, type SignedRecord } from '../../src/lib/domain/signed-record.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { Mesh } from '../../src/lib/door/nearby/mesh.ts';
import { PictureExchange } from '../../src/lib/door/pictures/exchange.ts';
import type { Taken, Way } from '../../src/lib/door/record-book.ts';
import { StoreRecordBook } from '../../src/lib/door/store-record-book.ts';
import { Air } from '../door/nearby/air.ts';
import type { Tablet } from './tablet.ts';

/** What somebody between two tablets makes of what one hands to the other. */
type Alter = (records: SignedRecord[]) => SignedRecord[];

/** How many bytes go into one picture. */
const ROOM = 600;
/** More pictures than any story of the tests needs. */
const MOST_PICTURES = 2_000;

/**
 * Two tablets exchange what they know, by the real protocol of that way; only the light and the radio are in memory.
 *
 * @param alter - what becomes of the records on their way from the first to the second
 * @returns what the second has made of what it was handed
 */
export async function handOver(from: Tablet, to: Tablet, way: Way, alter: Alter = same): Promise<Taken> {
  const [giver, taker] = [new Book(from, alter), new Book(to, same)];
  await (way === 'pictures' ? byPictures(giver, taker) : overLocalNetwork(giver, taker));
  return taker.handled;
}

/** Each scan the other way round, and each walk-in under another name, behind their signatures. */
export const altered: Alter = (records) =>
  records.map((record) =>
    isSignedScan(record)
      ? {
          ...record,
          scan: { ...record.scan, direction: record.scan.direction === 'entry' ? 'exit' : 'entry' },
        }
      : { ...record, walkIn: { ...record.walkIn, name: 'Niemand' } },
  );

const same: Alter = (records) => records;

/** A tablet's own book, which counts what is made of what it is handed. */
class Book extends StoreRecordBook {
  readonly tablet: Tablet;
  handled: Taken = { taken: 0, known: 0, refused: 0 };
  private readonly alter: Alter;

  constructor(tablet: Tablet, alter: Alter) {
    super(tablet.store);
    this.tablet = tablet;
    this.alter = alter;
  }

  override async beyond(...given: Parameters<StoreRecordBook['beyond']>): Promise<SignedRecord[]> {
    return this.alter(await super.beyond(...given));
  }

  override async take(...given: Parameters<StoreRecordBook['take']>): Promise<Taken> {
    const taken = await super.take(...given);
    for (const outcome of ['taken', 'known', 'refused'] as const) this.handled[outcome] += taken[outcome];
    return taken;
  }

  get count(): number {
    const { taken, known, refused } = this.handled;
    return taken + known + refused;
  }
}

/** Face to face, with every third picture lost. */
async function byPictures(giver: Book, taker: Book): Promise<void> {
  const seal = { key: (await giver.exchangeKey())!, eventId: giver.tablet.store.identity!.eventId };
  const talks = new Map<Book, Talk>();
  const exchangeOf = (book: Book, as: 'giver' | 'taker') =>
    new PictureExchange(as, {
      book,
      seal,
      clock: () => book.tablet.store.now(),
      room: ROOM,
      onChange: ({ talk }) => talks.set(book, talk),
    });
  const [one, other] = [exchangeOf(giver, 'giver'), exchangeOf(taker, 'taker')];
  for (let n = 1; n < MOST_PICTURES; n += 1) {
    const [shown, back] = [await one.nextPicture(), await other.nextPicture()];
    if (shown && n % 3 > 0) await other.see(shown);
    if (back && (n + 1) % 3 > 0) await one.see(back);
    if ([...talks.values()].every(isFinished)) return;
  }
  throw new Error('the exchange by pictures came to no end');
}

async function overLocalNetwork(giver: Book, taker: Book): Promise<void> {
  const lacking = await Promise.all([
    taker.held().then((held) => giver.beyond(held)),
    giver.held().then((held) => taker.beyond(held)),
  ]);
  const air = new Air();
  const [one, other] = [await meshOf(giver, air), await meshOf(taker, air)];
  const answered = await other.readPicture(await one.invitation());
  if (answered.kind !== 'answer') throw new Error(`no answer: ${JSON.stringify(answered)}`);
  await one.readPicture(answered.signal);
  while (taker.count < lacking[0].length || giver.count < lacking[1].length)
    await new Promise((resolve) => setTimeout(resolve, 2));
  one.close();
  other.close();
}

async function meshOf(book: Book, air: Air): Promise<Mesh> {
  const { deviceId, eventId } = book.tablet.store.identity!;
  const mesh = new Mesh({
    self: deviceId,
    eventId,
    key: (await book.exchangeKey())!,
    book,
    connector: air.connector(deviceId, deviceId.replaceAll('-', '').repeat(2)),
    clock: () => millis(Date.now()),
    schedule(callback, delay) {
      const timer = setTimeout(callback, delay);
      return () => clearTimeout(timer);
    },
    random: () => 0.5,
    memory: { read: () => Promise.resolve([]), write: () => Promise.resolve() },
    post: () => undefined,
    onChange: () => undefined,
  });
  await mesh.start();
  return mesh;
}
