import { afterEach, beforeEach, expect, test } from 'vitest';
import { signalText } from '../../../src/lib/domain/nearby/signal.ts';
import { OTHER_EVENT } from '../../domain/nearby/support.ts';
import { Hall, linked, shakeHands, until, type Tablet } from './tablets.ts';

let hall: Hall;
let a: Tablet;
let b: Tablet;
let c: Tablet;
beforeEach(async () => {
  hall = new Hall();
  [a, b, c] = [await hall.tablet('a'), await hall.tablet('b'), await hall.tablet('c')];
});
afterEach(() => hall.close());

test('two tablets that have shown each other their codes tell each other everything, and then each new scan', async () => {
  const before = [a.book.scan(), a.book.scan(), b.book.scan()];
  await shakeHands(a, b);
  await until(() => before.every((scan) => a.has(scan) && b.has(scan)));
  expect(linked(a, b)).toBe(true);
  const after = [a.book.scan(), b.book.scan()];
  await until(() => after.every((scan) => a.has(scan) && b.has(scan)));
  expect(a.mesh.neighbours()).toMatchObject([{ gained: 2, refused: 0 }]);
});

test('more records than go into one round all come', async () => {
  for (let i = 0; i < 1_050; i += 1) a.book.scan();
  await shakeHands(a, b);
  await until(() => b.book.records.size === 1_050);
});

test('whoever is linked to one is linked to all', async () => {
  await shakeHands(a, b);
  await shakeHands(c, a);
  await until(() => linked(a, b, c));
  const scan = c.book.scan();
  await until(() => a.has(scan) && b.has(scan));
});

test('eight tablets become one mesh by seven hand-shakes, and a ninth is told that it is full', async () => {
  const tablets = [a, b, c];
  for (const name of ['d', 'e', 'f', 'g', 'h']) tablets.push(await hall.tablet(name));
  for (let i = 1; i < tablets.length; i += 1) {
    await shakeHands(tablets[i]!, tablets[i - 1]!);
    await until(() => linked(...tablets.slice(0, i + 1)));
  }
  const ninth = await hall.tablet('i');
  expect(await a.read(await ninth.code())).toEqual({ kind: 'refused', why: 'full' });
});

test('what was learnt is passed on, also when who made it is gone', async () => {
  await shakeHands(a, b);
  await until(() => linked(a, b));
  const scan = a.book.scan();
  await until(() => b.has(scan));
  a.crash();
  await shakeHands(b, c);
  await until(() => c.has(scan));
});

test('tablets that both ask the server are linked by it, and stay so when it goes', async () => {
  hall.server = true;
  hall.seeAtServer(a, b, c);
  await until(() => linked(a, b, c));
  hall.server = false;
  const scan = b.book.scan();
  await until(() => a.has(scan) && c.has(scan));
});

test('a tablet whose page was reloaded is taken back by all without another picture', async () => {
  await shakeHands(a, b);
  await shakeHands(b, c);
  await until(() => linked(a, b, c));
  await until(() => [a, b].every(({ mesh }) => mesh.neighbours().every(({ heardAt }) => heardAt !== null)));
  const scan = c.book.scan();
  await until(() => a.has(scan) && b.has(scan));
  c.crash();
  const missed = a.book.scan();
  await c.open();
  await until(() => linked(a, b, c) && c.has(missed));
});

test('a tablet whose page is reloaded as soon as it is linked is taken back, too', async () => {
  for (let i = 0; i < 6; i += 1) {
    await shakeHands(a, b);
    await until(() => linked(a, b) && b.isExpected(a));
    a.crash();
    const missed = b.book.scan();
    await a.open();
    await until(() => a.has(missed));
    await until(() => linked(a, b));
  }
});

test('when all pages were reloaded at once, only another picture helps, and that is said', async () => {
  await shakeHands(a, b);
  await until(() => linked(a, b));
  const scan = a.book.scan();
  await until(() => b.has(scan));
  a.crash();
  b.crash();
  await a.open();
  await b.open();
  await until(() => a.stateOf(b) === 'lost' && b.stateOf(a) === 'lost');
  await shakeHands(a, b);
  await until(() => linked(a, b));
});

test('a tablet that sleeps is said to be silent, and has everything when it wakes up', async () => {
  await shakeHands(a, b);
  await until(() => linked(a, b));
  hall.air.sleep('b');
  await until(() => a.stateOf(b) === 'silent');
  const missed = a.book.scan();
  hall.air.wake('b');
  await until(() => linked(a, b) && b.has(missed));
});

test('a Wi-Fi whose guests can not talk to each other is recognised', async () => {
  hall.air.forbids = true;
  await shakeHands(a, b);
  await until(() => a.stateOf(b) === 'forbidden' && b.stateOf(a) === 'forbidden');
  hall.air.forbids = false;
  await shakeHands(a, b);
  await until(() => linked(a, b));
});

test('why a picture is refused is told, and nothing comes of it', async () => {
  const stranger = await hall.tablet('stranger', { eventId: OTHER_EVENT });
  const forger = await hall.tablet('forger', { key: 2 });
  expect(await a.read(await stranger.code())).toEqual({ kind: 'refused', why: 'other_event' });
  expect(await a.read(await forger.code())).toEqual({ kind: 'refused', why: 'not_genuine' });
  expect(await a.read(await a.code())).toEqual({ kind: 'refused', why: 'own' });
  const code = await b.code();
  const answered = await a.read(code);
  expect(await a.read(code)).toEqual({ kind: 'refused', why: 'used' });
  const answer = answered.kind === 'answer' ? signalText(answered.signal) : '';
  expect(await c.read(answer)).toEqual({ kind: 'refused', why: 'for_another' });
  expect(await b.read(answer)).toMatchObject({ kind: 'connecting' });
  expect(await b.read(answer)).toEqual({ kind: 'refused', why: 'used' });
  await until(() => linked(a, b));
  expect(c.mesh.neighbours()).toEqual([]);
});

test('messages that were altered or doubled on their way are refused and counted, and change nothing', async () => {
  await shakeHands(a, b);
  await until(() => linked(a, b));
  hall.air.onWay = (bytes, from) => {
    if (from !== 'a') return [bytes];
    const altered = bytes.slice();
    altered[20]! ^= 1;
    return [altered, bytes, bytes];
  };
  const scan = a.book.scan();
  await until(() => b.has(scan));
  expect(b.book.records.size).toBe(1);
  await until(() => b.mesh.neighbours()[0]!.refused >= 2);
  expect(b.stateOf(a)).toBe('linked');
});

test('a record whose signature is none is refused once, not sent again and again', async () => {
  await shakeHands(a, b);
  await until(() => linked(a, b));
  a.book.scan('forged');
  await until(() => b.mesh.neighbours()[0]!.refused === 1);
  const takes = b.book.takes;
  const good = b.book.scan();
  await until(() => a.has(good));
  expect(b.book.takes).toBe(takes);
  expect([...b.book.records.keys()]).toEqual([good]);
});

test('what was refused is given again when it is asked for, and never stands in the way of the rest', async () => {
  await shakeHands(a, b);
  await until(() => linked(a, b));
  for (let i = 0; i < 900; i += 1) a.book.scan('forged');
  const good = a.book.scan();
  await until(() => b.has(good));
  expect(b.mesh.neighbours()[0]!.refused).toBe(900);
  b.book.believesAll = true;
  b.mesh.askAgain();
  await until(() => b.book.records.size === 901);
  const takes = b.book.takes;
  b.mesh.askAgain();
  const next = a.book.scan();
  await until(() => b.has(next));
  expect(b.book.takes - takes).toBeLessThan(3);
});

test('what the disk has refused is asked for again', async () => {
  await shakeHands(a, b);
  await until(() => linked(a, b));
  b.book.isFull = true;
  const scan = a.book.scan();
  await until(() => b.book.takes === 1);
  b.book.isFull = false;
  await until(() => b.has(scan));
});

test('two hand-shakes at the same time leave one link, the same at both ends', async () => {
  const [ofA, ofB] = [await a.code(), await b.code()];
  const [byB, byA] = [await b.read(ofA), await a.read(ofB)];
  if (byA.kind !== 'answer' || byB.kind !== 'answer') throw new Error('no answer');
  await Promise.all([a.read(signalText(byB.signal)), b.read(signalText(byA.signal))]);
  await until(() => linked(a, b));
  const scan = a.book.scan();
  await until(() => b.has(scan));
  await until(() => hall.air.openPairs === 1);
  expect(linked(a, b)).toBe(true);
});
