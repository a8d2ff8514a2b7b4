import { describe, expect, test } from 'vitest';
import { replaceBetween, tableOf } from '../bench/readme.ts';
import { merge, type DatedRow, type Results } from '../bench/results.ts';

const machine = { platform: 'linux x64', processors: 2, model: 'Some Processor', memoryGiB: 24 };
const row = (part: string, more: Partial<DatedRow> = {}): DatedRow => ({
  part,
  name: 'how long it takes',
  figure: 1.5,
  unit: 'ms',
  met: null,
  at: '2026-11-28T10:00:00.000Z',
  loadBefore: 0.2,
  ...more,
});
const results = (...rows: DatedRow[]): Results => ({ machine, versions: { node: 'v24.1.0' }, rows });

describe('what the bench keeps', () => {
  test('a part that was measured anew replaces its rows, another keeps its own with its day', () => {
    const former = results(
      row('start', { at: '2026-11-01T10:00:00.000Z' }),
      row('feed', { at: '2026-11-01T10:00:00.000Z' }),
    );
    const merged = merge(former, results(row('feed', { figure: 2 })));
    expect(merged.rows.map(({ part, figure, at }) => [part, figure, at.slice(0, 10)])).toEqual([
      ['feed', 2, '2026-11-28'],
      ['start', 1.5, '2026-11-01'],
    ]);
  });

  test('figures of another machine are not mixed in', () => {
    const former = { ...results(row('start')), machine: { ...machine, processors: 64 } };
    expect(merge(former, results(row('feed'))).rows.map(({ part }) => part)).toEqual(['feed']);
  });

  test('the table names the machine, puts ratios first, and says which aim is not met', () => {
    const table = tableOf(
      results(row('feed'), row('store', { unit: '×', figure: 0.25, aim: 0.5, met: false })),
    );
    expect(table).toContain('Some Processor, 2 processors, 24 GiB');
    expect(table).toContain('Node 24.1.0');
    const lines = table.split('\n').filter((line) => line.startsWith('| '));
    expect(lines.slice(2)).toEqual([
      '| store | how long it takes | 0.25 × | ≥ 0.50 ×, **not met** |  |',
      '| feed | how long it takes | 1.50 ms |  |  |',
    ]);
  });

  test('only what stands between the marks is replaced', () => {
    const readme = 'before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n';
    expect(replaceBetween(readme, 'new')).toBe(
      'before\n<!-- bench: begin -->\n\nnew\n\n<!-- bench: end -->\nafter\n',
    );
    expect(() => replaceBetween('no marks', 'new')).toThrow('needs the marks');
  });
});
