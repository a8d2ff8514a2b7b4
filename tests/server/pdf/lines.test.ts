import { describe, expect, test } from 'vitest';
import {
  breakLines,
  isPrintable,
  readParagraph,
  type Flow,
  type Line,
} from '../../../src/lib/server/pdf/lines.ts';

const lines = (text: string, flow: Flow = 'auto', ems = Infinity): Line[] =>
  breakLines(readParagraph(text, 'regular', flow), ems);

/** A line's runs as they stand on the paper, from left to right. */
const printed = (text: string, flow?: Flow): string[] => lines(text, flow)[0]!.runs.map((run) => run.text);

describe('a line of print', () => {
  test('has its Arabic words from right to left, and numbers and Latin names among them from left to right', () => {
    expect(printed('الساعة 16:00 عند Frank Mertens', 'rtl')).toEqual([
      'Frank Mertens',
      ' ',
      'عند',
      ' ',
      '16:00',
      ' ',
      'الساعة',
    ]);
  });

  test('turns brackets around in a text from right to left', () => {
    expect(printed('مجموعة (5)', 'rtl')).toEqual(['(', '5', ') ', 'مجموعة']);
  });

  test('keeps an Arabic name in a German sentence where it stands', () => {
    expect(printed('Ihr Ticket, فاطمة الزهراء!', 'ltr')).toEqual([
      'Ihr Ticket, ',
      'الزهراء',
      ' ',
      'فاطمة',
      '!',
    ]);
  });

  test('has the joined forms of Arabic letters, the last letter leftmost', () => {
    const [{ face, text }] = lines('سلم')[0]!.runs as [Line['runs'][0]];
    const { glyphs } = face.font.layout(text);
    expect(glyphs.map(({ codePoints }) => String.fromCodePoint(...codePoints))).toEqual(['م', 'ل', 'س']);
    const alone = Array.from('ملس', (letter) => face.font.layout(letter).glyphs[0]!.id);
    glyphs.forEach(({ id }, i) => expect(id).not.toBe(alone[i]));
  });

  test('is as wide as its runs', () => {
    const [line] = lines('Łukasz Żółć') as [Line];
    expect(line.runs.map((run) => run.text)).toEqual(['Ł', 'ukasz ', 'Ż', 'ó', 'łć']);
    expect(line.width).toBeCloseTo(line.runs.reduce((sum, { width }) => sum + width, 0));
    expect(line.width).toBeGreaterThan(4);
    expect(line.width).toBeLessThan(6);
  });
});

describe('breaking into lines', () => {
  const text = 'Dr. Anna-Lena Schäfer-Wüstefeld';

  test('happens after spaces and hyphens', () => {
    const broken = lines(text, 'auto', 6);
    expect(broken.map((line) => line.text)).toEqual(['Dr. Anna-Lena', 'Schäfer-', 'Wüstefeld']);
    expect(broken.every((line) => !line.cut)).toBe(true);
  });

  test('happens within a word only when no line is wide enough for it, and says so', () => {
    const broken = lines('An der Donaudampfschifffahrt', 'auto', 6);
    expect(broken.map((line) => line.text).join('')).toBe('An derDonaudampfschifffahrt');
    expect(broken.map((line) => line.cut)).toContain(true);
    for (const { width } of broken) expect(width).toBeLessThanOrEqual(6);
  });

  test('ends no line of an address with a hyphen', () => {
    for (let ems = 3; ems < 12; ems += 0.3)
      for (const line of lines('https://a.de/ticket/AZ-pTk-0lGc-Yq1x-HcQ3-s7vX', 'address', ems))
        expect(line.text).not.toMatch(/-$/);
  });

  test('keeps the order of reading in Arabic: the first words come on the first line', () => {
    const [first, second] = lines('أحضروا هذه الورقة معكم عند المدخل', 'rtl', 8);
    expect(first!.text.startsWith('أحضروا')).toBe(true);
    expect(first!.runs.at(-1)!.text).toBe('أحضروا');
    expect(second!.text.endsWith('المدخل')).toBe(true);
    expect(second!.runs[0]!.text).toBe('المدخل');
  });
});

describe('letters', () => {
  test.each(['Łódź', 'Ґалаґан', 'İğdır', 'Țuțuianu', 'Nguyễn', 'Παπαδόπουλος', 'پژمان', 'Ọ̀ṣun'])(
    'of %s can be printed',
    (name) => {
      expect(isPrintable(name, 'semibold')).toBe(true);
      expect(printed(name).join('')).not.toContain('?');
    },
  );

  test('that no font has are known, and become question marks', () => {
    expect(isPrintable('王小明', 'semibold')).toBe(false);
    expect(printed('Anna 王')).toEqual(['Anna ?']);
  });

  test('are what matters: an emoji or a control character is left out', () => {
    expect(isPrintable('Anna 🎉', 'semibold')).toBe(true);
    expect(printed('Anna 🎉')).toEqual(['Anna']);
    expect(printed('Anna\u200b\u0007 B')).toEqual(['Anna B']);
  });
});
