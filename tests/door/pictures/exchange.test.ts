import { beforeAll, describe, expect, test } from 'vitest';
import type { EventId } from '../../../src/lib/domain/ids.ts';
import { isFinished } from '../../../src/lib/domain/pictures/talk.ts';
import type { SignedRecord } from '../../../src/lib/domain/signed-record.ts';
import { MINUTE, millis } from '../../../src/lib/domain/time.ts';
import { PictureExchange, PORTION } from '../../../src/lib/door/pictures/exchange.ts';
import type { ExchangeStatus } from '../../../src/lib/door/pictures/exchange-status.ts';
import { Random } from '../../bench/frames/random.ts';
import { anEvening, aSignedWalkIn } from '../../domain/pictures/support.ts';
import { MemoryBook, newKey } from './memory-book.ts';

const EVENT = '00112233445566ff' as EventId;
let key: CryptoKey;
beforeAll(async () => void (key = await newKey()));

interface TabletOptions {
  records?: SignedRecord[];
  eventId?: EventId;
  with?: CryptoKey;
  now?: number;
}

class TestTablet {
  readonly book: MemoryBook;
  readonly exchange: PictureExchange;
  status!: ExchangeStatus;

  constructor(as: 'giver' | 'taker', options: TabletOptions = {}) {
    this.book = new MemoryBook(key, options.records);
    this.exchange = new PictureExchange(as, {
      book: this.book,
      seal: { key: options.with ?? key, eventId: options.eventId ?? EVENT },
      clock: () => millis(options.now ?? 1_800_000_000_000),
      room: 1_000,
      onChange: (status) => (this.status = status),
    });
  }
}

/** Lets tablets look at each other, or only one at the other, and loses pictures on the way. */
async function look(
  from: TestTablet,
  to: TestTablet,
  { until, lost = 0, alsoBack = true }: { until: () => boolean; lost?: number; alsoBack?: boolean },
): Promise<void> {
  const random = new Random(5);
  for (let picture = 0; picture < 3_000 && !until(); picture += 1) {
    const shown = await from.exchange.nextPicture();
    if (shown && !random.happens(lost)) await to.exchange.see(shown);
    const back = await to.exchange.nextPicture();
    if (alsoBack && back && !random.happens(lost)) await from.exchange.see(back);
  }
  expect(until()).toBe(true);
}

const both = (one: TestTablet, other: TestTablet) => () =>
  isFinished(one.status?.talk ?? { phase: 'asking' }) &&
  isFinished(other.status?.talk ?? { phase: 'asking' });

describe('two tablets that look at each other', () => {
  test('have what both had in the end, with one in three pictures lost', async () => {
    const evening = anEvening(60);
    const [shared, hers, his] = [evening.slice(0, 20), evening.slice(20, 45), evening.slice(45)];
    const giver = new TestTablet('giver', { records: [...shared, ...hers] });
    const taker = new TestTablet('taker', { records: [...shared, ...his] });
    await look(giver, taker, { until: both(giver, taker), lost: 0.33 });
    expect(new Set(giver.book.records.keys())).toEqual(new Set(evening.map(({ scan }) => scan.id)));
    expect(new Set(taker.book.records.keys())).toEqual(new Set(evening.map(({ scan }) => scan.id)));
    expect(giver.status).toMatchObject({ refused: 0, given: { refused: 0 } });
    expect(taker.status.refused).toBe(0);
  });

  test('show only what the other lacks', async () => {
    const evening = anEvening(40, 2);
    const giver = new TestTablet('giver', {
      records: [...evening, { ...aSignedWalkIn(), signature: 'B'.repeat(86) }],
    });
    const taker = new TestTablet('taker', { records: evening.slice(0, 30) });
    await look(giver, taker, { until: () => taker.status?.taken != null });
    expect(giver.status.showing).toBe(11);
    expect(taker.status.taken).toEqual({ taken: 11, known: 0, refused: 0 });
  });

  test('say so when neither knows anything new', async () => {
    const [giver, taker] = [new TestTablet('giver'), new TestTablet('taker')];
    await look(giver, taker, { until: both(giver, taker) });
    expect(taker.status.taken).toEqual({ taken: 0, known: 0, refused: 0 });
  });

  test('agree on who gives first when both want to take', async () => {
    const [one, other] = [new TestTablet('taker', { records: anEvening(9) }), new TestTablet('taker')];
    await look(one, other, { until: both(one, other) });
    expect(other.book.records.size).toBe(9);
  });

  test('are told when both want to give', async () => {
    const [one, other] = [new TestTablet('giver', { records: anEvening(9) }), new TestTablet('giver')];
    await one.exchange.showEverything();
    await look(one, other, { until: () => other.status?.bothGive === true });
  });

  test('go on by themselves when there is more than one message holds', async () => {
    const evening = anEvening(PORTION + 20, 2);
    const giver = new TestTablet('giver', { records: evening });
    const taker = new TestTablet('taker');
    await look(giver, taker, { until: both(giver, taker) });
    expect(taker.book.records.size).toBe(PORTION + 20);
  });

  test('count what the book refuses, and go on', async () => {
    const [scan] = anEvening(1);
    const giver = new TestTablet('giver', { records: [{ ...scan!, signature: 'A'.repeat(86) }] });
    const taker = new TestTablet('taker');
    await look(giver, taker, { until: () => giver.status?.given != null });
    expect(giver.status.given).toEqual({ taken: 0, known: 0, refused: 1 });
    expect(taker.book.records.size).toBe(0);
  });

  test('ask again when the disk was full', async () => {
    const giver = new TestTablet('giver', { records: anEvening(9) });
    const taker = new TestTablet('taker');
    taker.book.full = true;
    await look(giver, taker, { until: () => taker.status?.notStored === true });
    expect(taker.book.records.size).toBe(0);
    taker.book.full = false;
    await look(giver, taker, { until: both(giver, taker) });
    expect(taker.book.records.size).toBe(9);
  });
});

describe('where only one sees the other', () => {
  test('the staff say that everything is to be shown, and that it has arrived', async () => {
    const giver = new TestTablet('giver', { records: anEvening(30) });
    const taker = new TestTablet('taker');
    await giver.exchange.showEverything();
    await look(giver, taker, {
      until: () => taker.status?.talk.phase === 'thanking',
      lost: 0.2,
      alsoBack: false,
    });
    expect(taker.book.records.size).toBe(30);
    expect(giver.status.talk.phase).toBe('giving');
    await giver.exchange.otherHasAll();
    expect(giver.status.talk).toMatchObject({ phase: 'asking', turn: 2 });
  });

  test('and both go on by themselves when they see each other after all', async () => {
    const giver = new TestTablet('giver', { records: anEvening(30) });
    const taker = new TestTablet('taker', { records: anEvening(5, 1, 2) });
    await giver.exchange.showEverything();
    const everything = (await giver.exchange.nextPicture())!;
    const held = (await taker.exchange.nextPicture())!;
    // Each sees the other at once: the giver begins anew for this taker, who has the first picture already.
    for (let i = 0; i < 20; i += 1) await taker.exchange.see((await giver.exchange.nextPicture())!);
    await taker.exchange.see(everything);
    await giver.exchange.see(held);
    await look(giver, taker, { until: both(giver, taker) });
    expect(giver.book.records.size).toBe(35);
    expect(taker.book.records.size).toBe(35);
  });

  test('what was shown to everybody counts for ten minutes only', async () => {
    const giver = new TestTablet('giver', { records: anEvening(3) });
    await giver.exchange.showEverything();
    const taker = new TestTablet('taker', { now: 1_800_000_000_000 + 11 * MINUTE });
    await look(giver, taker, { until: () => taker.status?.refusal === 'old', alsoBack: false });
    expect(taker.book.records.size).toBe(0);
  });
});

describe('a picture that is not to be believed is refused, told, and changes nothing', () => {
  /** One picture of records for a taker. */
  async function recordsFor(taker: TestTablet, options: TabletOptions = {}) {
    const giver = new TestTablet('giver', { records: anEvening(1), ...options });
    await giver.exchange.see((await taker.exchange.nextPicture())!);
    if (giver.status.talk.phase !== 'giving') await giver.exchange.showEverything();
    return (await giver.exchange.nextPicture())!;
  }

  async function expectRefusal(taker: TestTablet, why: string) {
    expect(taker.status).toMatchObject({ refusal: why, refused: 1, taken: null });
    expect(taker.status.talk).toMatchObject({ phase: 'asking', have: 0 });
    expect(taker.book.records.size).toBe(0);
    await taker.exchange.see(await recordsFor(taker));
    expect(taker.book.records.size).toBe(1);
  }

  test('altered by any bit', async () => {
    const taker = new TestTablet('taker');
    const genuine = await recordsFor(taker);
    for (let at = 3; at < genuine.length; at += 1) {
      const altered = genuine.slice();
      altered[at]! ^= 1 << (at & 7);
      await taker.exchange.see(altered);
      expect(taker.status.refused).toBe(at - 2);
    }
    expect(taker.book.records.size).toBe(0);
    await taker.exchange.see(genuine);
    expect(taker.book.records.size).toBe(1);
  });

  test('cut short', async () => {
    const taker = new TestTablet('taker');
    await taker.exchange.see((await recordsFor(taker)).slice(0, 50));
    await expectRefusal(taker, 'not_genuine');
  });

  test('forged with another key', async () => {
    const taker = new TestTablet('taker');
    await taker.exchange.see(await recordsFor(taker, { with: await newKey() }));
    await expectRefusal(taker, 'not_genuine');
  });

  test('of another event, also where the key is the same', async () => {
    const taker = new TestTablet('taker');
    await taker.exchange.see(await recordsFor(taker, { eventId: 'ff112233445566ff' as EventId }));
    await expectRefusal(taker, 'foreign_event');
    const near = new TestTablet('taker');
    await near.exchange.see(await recordsFor(near, { eventId: '0011223344556600' as EventId }));
    await expectRefusal(near, 'not_genuine');
  });

  test('filmed while it was shown to another tablet, or to this one earlier', async () => {
    const replayed = await recordsFor(new TestTablet('taker'));
    const taker = new TestTablet('taker');
    await taker.exchange.see(replayed);
    await expectRefusal(taker, 'other_session');
  });

  test('of a version that this tablet does not know', async () => {
    const taker = new TestTablet('taker');
    const newer = await recordsFor(taker);
    newer[3] = 2;
    await taker.exchange.see(newer);
    await expectRefusal(taker, 'newer_version');
  });

  test('a report that answers something else', async () => {
    const [other, taker] = [new TestTablet('giver', { records: anEvening(1) }), new TestTablet('taker')];
    await look(other, taker, { until: () => taker.status?.talk.phase === 'thanking' });
    const report = (await taker.exchange.nextPicture())!;
    const giver = new TestTablet('giver', { records: anEvening(1) });
    await giver.exchange.showEverything();
    await giver.exchange.see(report);
    expect(giver.status).toMatchObject({ refusal: 'other_session', given: null });
    expect(giver.status.talk.phase).toBe('giving');
  });

  test('while a ticket, and its own picture in a mirror, are nothing to speak of', async () => {
    const taker = new TestTablet('taker');
    const own = (await taker.exchange.nextPicture())!;
    await taker.exchange.see(own);
    await taker.exchange.see(new TextEncoder().encode('EL:ABC'));
    expect(taker.status).toMatchObject({ refused: 0, talk: { phase: 'asking' } });
  });
});
