import { expect, test } from 'vitest';
import { EventState } from '../../../src/lib/domain/event-state.ts';
import { walkInChoices } from '../../../src/routes/door/walk-in-choices.ts';
import { aScan, aSetting } from '../../domain/support.ts';

/** An event whose room w1 has two places, with so many in it. */
function eventWith(inW1: number): EventState {
  const state = new EventState(aSetting({ rooms: { w1: { capacity: 2 } } }));
  for (let i = 0; i < inW1; i++) state.addScan(aScan({ ticket: `T${i}`, at: 'w1-door' }));
  return state;
}

test.each([
  ['nobody', 0, { free: 2, fullness: 'free' }],
  ['one', 1, { free: 1, fullness: 'free' }],
  ['as many as it holds', 2, { free: 0, fullness: 'full' }],
  ['more than it holds', 3, { free: 0, fullness: 'over' }],
])('a workgroup whose room holds two, with %s in it', (_, inside, expected) => {
  const [first, ...others] = walkInChoices(eventWith(inside));
  expect(first).toMatchObject({ workgroupId: 'w1', roomName: { de: 'w1' }, ...expected });
  expect(others.map(({ workgroupId, free }) => [workgroupId, free])).toEqual([
    ['w2', 300],
    ['w3', 300],
  ]);
});

test('a workgroup without a room takes nobody in', () => {
  const setting = aSetting();
  const rooms = setting.rooms.filter(({ id }) => id !== 'w2');
  const choices = walkInChoices(new EventState({ ...setting, rooms }));
  expect(choices.map(({ workgroupId }) => workgroupId)).toEqual(['w1', 'w3']);
});
