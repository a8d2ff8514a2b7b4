import { beforeEach, expect, test } from 'vitest';
import { addMillis, MINUTE, SECOND, type Millis } from '../../src/lib/domain/time.ts';
import { IdleWatch } from '../../src/lib/door/idle.ts';
import { at } from '../domain/support.ts';

const IDLE = 10 * MINUTE;

let now: Millis;
let watch: IdleWatch;

beforeEach(() => {
  now = at('15:00');
  watch = new IdleWatch(() => now, IDLE);
});

const pass = (duration: number) => void (now = addMillis(now, duration));

test('a door is idle when nothing has happened for ten minutes', () => {
  pass(IDLE - SECOND);
  expect(watch.isIdle(false)).toBe(false);
  pass(SECOND);
  expect(watch.isIdle(false)).toBe(true);
});

test('a touch or a scan begins the ten minutes anew', () => {
  pass(IDLE);
  watch.touch();
  pass(IDLE - SECOND);
  expect(watch.isIdle(false)).toBe(false);
});

test('with something open it is not idle, and not right after it was closed', () => {
  pass(2 * IDLE);
  expect(watch.isIdle(true)).toBe(false);
  expect(watch.isIdle(false)).toBe(false);
  pass(IDLE);
  expect(watch.isIdle(false)).toBe(true);
});
