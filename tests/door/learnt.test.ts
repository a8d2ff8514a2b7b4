import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { SignedRecord } from '../../src/lib/domain/signed-record.ts';
import { addMillis, HOUR, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { isNewerThan, learnMore, learntInSum, type LearntOfTablet } from '../../src/lib/door/learnt.ts';
import type { Way } from '../../src/lib/door/record-book.ts';
import { StoreRecordBook } from '../../src/lib/door/store-record-book.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { aScan, at, deviceId } from '../domain/support.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { Tablet } from '../support/tablet.ts';

const scanOf = (device: string, time: string): SignedRecord => ({
  scan: { ...aScan({ ticket: 'A' }), deviceId: deviceId(device), deviceTime: at(time), clockOffset: 0 },
  signature: '',
});
const pictures = (time: string) => ({ way: 'pictures', at: at(time) }) as const;
const network = (time: string) => ({ way: 'local_network', at: at(time) }) as const;

describe('what was learnt from other tablets', () => {
  test('is nothing where nothing ever came', () => {
    expect(learntInSum([], 0)).toBeNull();
  });

  test('says for each tablet how new its records are, and when and how the last came', () => {
    const first = learnMore([], [scanOf('a', '15:31'), scanOf('a', '15:20')], pictures('15:40'));
    const then = learnMore(first, [scanOf('b', '15:44')], network('15:45'));
    expect(then).toEqual([
      { deviceId: deviceId('a'), newest: at('15:31'), way: 'pictures', at: at('15:40') },
      { deviceId: deviceId('b'), newest: at('15:44'), way: 'local_network', at: at('15:45') },
    ]);
    expect(learntInSum(then, 0)).toMatchObject({ lastAt: at('15:45'), way: 'local_network' });
  });

  test('is the same in whatever order it came', () => {
    const one = [[scanOf('a', '15:31')], pictures('15:40')] as const;
    const other = [[scanOf('a', '15:25')], network('15:45')] as const;
    const fold = (...comings: (typeof one | typeof other)[]) =>
      comings.reduce<LearntOfTablet[]>((before, [records, how]) => learnMore(before, records, how), []);
    expect(fold(one, other)).toEqual(fold(other, one));
    expect(fold(one, other)).toMatchObject([{ newest: at('15:31'), at: at('15:45') }]);
  });

  test('is dated by the server’s clock, and old news once the server has told more', () => {
    const learnt = learntInSum(learnMore([], [scanOf('a', '15:31')], pictures('13:40')), 2 * HOUR)!;
    expect(learnt.lastAt).toBe(at('15:40'));
    expect(isNewerThan(learnt, null)).toBe(true);
    expect(isNewerThan(learnt, at('15:39'))).toBe(true);
    expect(isNewerThan(learnt, at('15:41'))).toBe(false);
  });
});

describe('a tablet', () => {
  let now: Millis;
  let world: TestInstallation;
  let eventId: EventId;
  let one: Tablet;
  let two: Tablet;
  let events = 0;

  beforeEach(async () => {
    now = berlinTime(2022, 11, 18, 15, 40);
    world ??= await testInstallation(() => now);
    eventId = await createEvent(world.installation, dialogueEvening(`learnt-${(events += 1)}`));
    [one, two] = [await pairedTablet('Eins'), await pairedTablet('Zwei')];
    for (const tablet of [one, two]) await tablet.sync();
    for (const tablet of [one, two]) tablet.network = () => Promise.reject(new TypeError('fetch failed'));
  });
  afterAll(() => world.dispose());

  async function pairedTablet(name: string): Promise<Tablet> {
    const tablet = new Tablet(name, world.installation);
    await tablet.start();
    await tablet.pair(world.installation, eventId);
    return tablet;
  }

  async function admitSomebody(tablet: Tablet): Promise<string> {
    await tablet.store.setDuty({ checkpointId: 'hall-door' as never, direction: 'entry' });
    const { ticketText } = (await tablet.door.walkIn('Ada Beispiel', 'w3' as WorkgroupId))!;
    await tablet.scan(ticketText, 'hall-door');
    return ticketText;
  }

  async function handOver(from: Tablet, to: Tablet, way: Way) {
    const [giver, taker] = [new StoreRecordBook(from.store), new StoreRecordBook(to.store)];
    return taker.take(await giver.beyond(await taker.held()), way);
  }

  const learntBy = ({ store }: Tablet) => learntInSum(store.learnt, store.progress.clockOffset);

  test('knows how old what others have told it is, also after a crash and when it comes again', async () => {
    expect(learntBy(two)).toBeNull();
    await admitSomebody(one);
    now = addMillis(now, 10 * MINUTE);
    const told = now;
    await handOver(one, two, 'pictures');
    const maker = one.store.identity!.deviceId;
    const expected = { lastAt: told, way: 'pictures', tablets: [{ deviceId: maker }] };
    expect(learntBy(two)).toMatchObject(expected);
    expect(learntBy(two)!.tablets[0]!.newest).toBe(addMillis(told, -10 * MINUTE));
    now = addMillis(now, 5 * MINUTE);
    const everything = await new StoreRecordBook(one.store).beyond({ scans: {}, walkIns: [] });
    await new StoreRecordBook(two.store).take(everything, 'local_network');
    await two.crash();
    expect(learntBy(two)).toMatchObject(expected);
  });

  test('tells at the door where and when the other one has let somebody in', async () => {
    const ticketText = await admitSomebody(one);
    const entered = now;
    await handOver(one, two, 'local_network');
    now = addMillis(now, 10 * MINUTE);
    const outcome = await two.scan(ticketText, 'hall-door');
    expect(outcome).toMatchObject({
      kind: 'shown',
      verdict: {
        word: 'already_inside',
        since: entered,
        checkpointId: 'hall-door',
        deviceId: one.store.identity!.deviceId,
      },
    });
  });

  test('that becomes another event’s knows nothing of it any more', async () => {
    await admitSomebody(one);
    await handOver(one, two, 'pictures');
    for (const tablet of [one, two]) tablet.network = (deliver) => deliver();
    await two.sync();
    expect(learntBy(two)).not.toBeNull();
    await two.store.forgetRoster();
    await two.pair(world.installation, eventId);
    expect(learntBy(two)).toBeNull();
  });
});
