import { describe, expect, test } from 'vitest';
import { abilitiesOf, setTorch, zoomSteps } from '../../../src/lib/door/scanner/camera-abilities.ts';
import { cameraThatSeesNear, nextCamera } from '../../../src/lib/door/scanner/camera-choice.ts';

function track(capabilities: object | (() => never) | null, refuses = false): MediaStreamTrack {
  const getCapabilities = typeof capabilities === 'function' ? capabilities : () => capabilities;
  return {
    ...(capabilities && { getCapabilities }),
    applyConstraints: () =>
      refuses ? Promise.reject(new DOMException('no', 'OverconstrainedError')) : Promise.resolve(),
  } as unknown as MediaStreamTrack;
}

const NOTHING = { torch: false, zoom: null, continuousFocus: false };

describe('what a camera can do', () => {
  test('is what its browser says', () => {
    const able = track({
      torch: true,
      zoom: { min: 1, max: 4, step: 0.1 },
      focusMode: ['manual', 'continuous'],
    });
    expect(abilitiesOf(able)).toEqual({ torch: true, zoom: { least: 1, most: 4 }, continuousFocus: true });
    expect(abilitiesOf(track({ torch: [false, true] })).torch).toBe(true);
  });

  test.each([
    ['the browser does not tell', null],
    ['it says nothing', {}],
    ['it says nonsense', { torch: 'yes', zoom: { min: 1 }, focusMode: 'continuous' }],
    ['it has but one zoom', { zoom: { min: 1, max: 1 } }],
    [
      'asking fails',
      () => {
        throw new DOMException('ended', 'InvalidStateError');
      },
    ],
  ])('is nothing where %s', (_, capabilities) => {
    expect(abilitiesOf(track(capabilities))).toEqual(NOTHING);
  });

  test('is done, or said not to have been done', async () => {
    expect(await setTorch(track({}), true)).toBe(true);
    expect(await setTorch(track({}, true), true)).toBe(false);
  });

  test('is zoomed in steps that it reaches', () => {
    const steps = (least: number, most: number) => zoomSteps({ ...NOTHING, zoom: { least, most } });
    expect(steps(1, 2)).toEqual([1, 1.5, 2]);
    expect(steps(0.5, 10)).toEqual([1, 1.5, 2, 3]);
    expect(steps(1, 1.2)).toEqual([]);
  });
});

describe('which camera', () => {
  const front = { id: 'f', label: 'Front Camera' };
  const back = { id: 'b', label: 'Back Camera' };

  test('is the next, round and round', () => {
    expect(nextCamera([front, back], 'f')).toEqual(back);
    expect(nextCamera([front, back], 'b')).toEqual(front);
    expect(nextCamera([front, back], 'gone')).toEqual(front);
    expect(nextCamera([back], 'b')).toBeNull();
  });

  test.each(['Back Triple Camera', 'Back Dual Wide Camera', 'Rückseitige Dual-Weitwinkelkamera'])(
    'is "%s" on a phone that has it, because it sees sharp what is near',
    (label) => {
      expect(cameraThatSeesNear([front, back, { id: 'n', label }])).toBe('n');
    },
  );

  test("is the browser's choice elsewhere", () => {
    const others = [
      'Back Ultra Wide Camera',
      'Back Telephoto Camera',
      'Back Dual Camera',
      'camera2 0, facing back',
    ];
    expect(cameraThatSeesNear([front, back, ...others.map((label) => ({ id: label, label }))])).toBeNull();
  });
});
