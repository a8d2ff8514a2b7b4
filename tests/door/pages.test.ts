import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../src/lib/domain/decision.ts';
import { EventState } from '../../src/lib/domain/event-state.ts';
import type { EventSettingWire } from '../../src/lib/domain/setting.ts';
import type { Change, ChangeWire } from '../../src/lib/domain/wire.ts';
import { compactPages } from '../../src/lib/door/pages.ts';
import {
  aDecision,
  aRegistration,
  aScan,
  aSetting,
  at,
  registrationId,
  ticketId,
} from '../domain/support.ts';

// Without keys a setting is the same on the wire as off it.
const setting = (hall: 'after_exit' | 'never' | 'always'): ChangeWire => ({
  kind: 'setting',
  setting: aSetting({ checkpoints: { 'hall-door': { reentry: hall } } }) as unknown as EventSettingWire,
});
const registration = (name: string, version: number): ChangeWire => ({
  kind: 'registration',
  registration: aRegistration(name, {
    state: version % 2 ? 'cancelled' : 'confirmed',
    ticketId: ticketId(`${name}${version}`),
    formerTickets: Array.from({ length: version }, (_, i) => ({
      ticketId: ticketId(`${name}${i}`),
      revokedAt: at('15:30'),
    })),
  }),
});

const DECISIONS: Record<string, Decision> = Object.fromEntries(
  ['A', 'B', 'C'].map((name) => [name, aDecision([[aScan({ ticket: `${name}0` }), 'further_person']])]),
);

const names = fc.constantFrom('A', 'B', 'C');
const anyChange: fc.Arbitrary<ChangeWire> = fc.oneof(
  fc.constantFrom('after_exit' as const, 'never' as const, 'always' as const).map(setting),
  fc.tuple(names, fc.integer({ min: 0, max: 3 })).map(([name, version]) => registration(name, version)),
  names.map((name): ChangeWire => ({ kind: 'registration_removed', registrationId: registrationId(name) })),
  fc
    .tuple(names, fc.integer({ min: 0, max: 3 }), fc.constantFrom('entry' as const, 'exit' as const))
    .map(([name, version, direction]): ChangeWire => ({
      kind: 'scan',
      scan: aScan({ ticket: `${name}${version}`, direction }),
    })),
  names.map((name): ChangeWire => ({ kind: 'decision', decision: DECISIONS[name]! })),
);
const anyPages = fc.array(fc.array(anyChange, { maxLength: 12 }), { maxLength: 8, size: 'max' });

/** What is known of an event after these pages. */
function known(pages: ChangeWire[][]) {
  const state = new EventState(aSetting());
  for (const change of pages.flat()) state.apply(change as Change);
  return {
    setting: state.venue.setting,
    registrations: [...state.registrations.values()].sort((a, b) => a.id.localeCompare(b.id)),
    places: ['A', 'B', 'C'].flatMap((name) => [
      state.presenceOf(registrationId(name)),
      ...[0, 1, 2, 3].map((version) => state.presenceOf(ticketId(`${name}${version}`))),
    ]),
    venue: state.venueTotal(),
    conflicts: state
      .conflicts()
      .map((conflict) => JSON.stringify(conflict))
      .sort(),
  };
}

describe('rewriting the pages of the feed', () => {
  test('changes nothing of what is known', () => {
    fc.assert(
      fc.property(anyPages, (pages) => {
        expect(known(compactPages(pages))).toEqual(known(pages));
      }),
      { numRuns: 500 },
    );
  });

  test('changes nothing of what is known after the pages that follow', () => {
    fc.assert(
      fc.property(anyPages, anyPages, (before, after) => {
        expect(known([...compactPages(before), ...after])).toEqual(known([...before, ...after]));
      }),
      { numRuns: 500 },
    );
  });

  test('keeps one piece of news of each thing, and has nothing left to do', () => {
    fc.assert(
      fc.property(anyPages, (pages) => {
        const compacted = compactPages(pages);
        expect(compactPages(compacted)).toEqual(compacted);
        const news = compacted.flat().filter((change) => change.kind !== 'scan');
        expect(news.length).toBeLessThanOrEqual(7);
      }),
    );
  });

  test('puts the setting first, for it is what the rest is folded into', () => {
    const pages = [[registration('A', 0)], [setting('never')], [registration('B', 0)]];
    expect(compactPages(pages)).toEqual([[setting('never'), registration('A', 0), registration('B', 0)]]);
  });

  test('makes pages of 2,000 changes', () => {
    const scans = Array.from({ length: 4_001 }, (): ChangeWire => ({ kind: 'scan', scan: aScan() }));
    const compacted = compactPages([scans]);
    expect(compacted.map((page) => page.length)).toEqual([2_000, 2_000, 1]);
    expect(compacted.flat()).toEqual(scans);
  });

  test('makes nothing of nothing', () => {
    expect(compactPages([])).toEqual([]);
    expect(compactPages([[], []])).toEqual([]);
  });
});
