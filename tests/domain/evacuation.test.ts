import { expect, test } from 'vitest';
import { evacuationList } from '../../src/lib/domain/evacuation.ts';
import { EventState } from '../../src/lib/domain/event-state.ts';
import { aRegistration, aScan, aSetting } from './support.ts';

const inside = (state: EventState) =>
  evacuationList(state).map(({ room, people }) => [
    room.id,
    ...people.map(({ registration }) => registration?.name ?? null),
  ]);

function evening(): EventState {
  const state = new EventState(aSetting());
  const needs = { name: 'Zoe Z', accessNeeds: 'Rollstuhl' };
  state.setRegistration(aRegistration('A', { name: 'Anna A' }));
  state.setRegistration(aRegistration('B', { name: 'Berta B' }));
  state.setRegistration(aRegistration('Z', needs));
  return state;
}

test('everybody inside stands under the room they are in, whoever needs help first', () => {
  const state = evening();
  for (const [i, ticket] of ['B', 'A', 'Z'].entries()) {
    state.addScan(aScan({ ticket, time: `15:4${i}`, deviceSeq: i + 1 }));
  }
  state.addScan(aScan({ ticket: 'B', at: 'w1-door', time: '15:50', deviceSeq: 4 }));
  expect(inside(state)).toEqual([
    ['hall', 'Zoe Z', 'Anna A'],
    ['w1', 'Berta B'],
  ]);
});

test('whoever has left is not looked for', () => {
  const state = evening();
  state.addScan(aScan({ ticket: 'A', time: '15:40', deviceSeq: 1 }));
  state.addScan(aScan({ ticket: 'A', direction: 'exit', time: '15:50', deviceSeq: 2 }));
  expect(inside(state)).toEqual([]);
});

test('a ticket that the roster does not hold is a person all the same', () => {
  const state = evening();
  state.addScan(aScan({ ticket: 'X', time: '15:40' }));
  expect(inside(state)).toEqual([['hall', null]]);
});
