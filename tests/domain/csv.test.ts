import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guardCell, readCsv, SEPARATORS, unguardCell, writeCsvRow } from '../../src/lib/domain/csv.ts';

const rowsOf = (text: string, separator: (typeof SEPARATORS)[number] = ';') => [...readCsv(text, separator)];
const cellsOf = (text: string, separator: (typeof SEPARATORS)[number] = ';') =>
  rowsOf(text, separator).map(({ cells }) => cells);

/** Texts that are made of what is special in tables. */
const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', ';', ',', '\t', '\n', '\r', ' ', "'", '=', '+', '-', '@', '＝', '\uFEFF', 'ü', 'a'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
  ),
  maxLength: 20,
});

describe('reading', () => {
  test.each([
    [
      'two rows',
      'a;b\r\nc;d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['line ends of every kind', 'a\nb\rc\r\nd', [['a'], ['b'], ['c'], ['d']]],
    [
      'quotes around separators, quotes and line ends',
      '"a;b";"say ""hi""";"x\r\ny"',
      [['a;b', 'say "hi"', 'x\r\ny']],
    ],
    ['empty cells', ';a;;', [['', 'a', '', '']]],
    ['a quote in the middle of a cell', 'a"b;5" x', [['a"b', '5" x']]],
    ['what follows a closing quote', '"a"b;c', [['ab', 'c']]],
    ['the mark at the beginning', '\uFEFF"a";b', [['a', 'b']]],
    ["Excel's line with the separator", 'sep=;\r\na;b', [['a', 'b']]],
    ['nothing', '', []],
  ])('understands %s', (_, text, cells) => {
    expect(cellsOf(text)).toEqual(cells);
  });

  test('counts rows as a spreadsheet does: with empty ones, and one with line ends inside as one', () => {
    const rows = rowsOf('a;b\n\n"x\ny";\n ; \nc');
    expect(rows.map(({ line }) => line)).toEqual([1, 3, 5]);
  });

  test('says that quotes were never closed', () => {
    expect(rowsOf('a\n"b;c\nd')).toEqual([
      { line: 1, cells: ['a'], unclosed: false },
      { line: 2, cells: ['b;c\nd'], unclosed: true },
    ]);
  });

  test('never throws, comes to an end, and makes no characters up, whatever the text is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom(...SEPARATORS),
        (text, separator) => {
          const rows = rowsOf(text, separator);
          const length = rows.reduce((sum, { cells }) => sum + cells.join('').length, 0);
          expect(length).toBeLessThanOrEqual(text.length);
          expect(rows.length).toBeLessThanOrEqual(text.length);
        },
      ),
    );
    fc.assert(fc.property(nasty, (text) => void rowsOf(text)));
  });

  test('keeps no more cells of a row than any table has', () => {
    expect(cellsOf('a' + ';'.repeat(1_000_000))[0]!.length).toBeLessThan(1_000);
  });
});

describe('writing', () => {
  test('and reading gives back every cell, with its guard taken off', () => {
    const rows = fc.array(fc.array(nasty, { minLength: 1, maxLength: 5 }), { maxLength: 5 });
    fc.assert(
      fc.property(rows, (written) => {
        const text = written.map(writeCsvRow).join('');
        const notEmpty = written.filter((cells) => cells.some((cell) => guardCell(cell).trim() !== ''));
        fc.pre(!/^\uFEFF|^sep=/i.test(text));
        expect(cellsOf(text).map((cells) => cells.map(unguardCell))).toEqual(notEmpty);
      }),
    );
  });

  test.each(['=1+1', '+49 5241', '-2', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', "'=1", '=cmd|"/c calc"!A1'])(
    'makes %j harmless',
    (cell) => {
      expect(writeCsvRow([cell])).toMatch(/^"?'/);
      expect(unguardCell(guardCell(cell))).toBe(cell);
    },
  );

  test('no cell begins as a formula does', () => {
    fc.assert(
      fc.property(nasty, (cell) => {
        expect(cellsOf(`x;${writeCsvRow([cell])}`)[0]![1] ?? '').not.toMatch(/^[\s]*[=+\-@\t\r＝＋－＠]/u);
        expect(unguardCell(guardCell(cell))).toBe(cell);
      }),
    );
  });

  test('leaves alone what is harmless', () => {
    expect(writeCsvRow(['Ayşe Yılmaz', "D'Angelo", 'a-b', ''])).toBe("Ayşe Yılmaz;D'Angelo;a-b;\r\n");
  });
});
