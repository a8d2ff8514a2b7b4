import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBase45 } from '../../src/lib/domain/base45.ts';
import { ticketTextsIn, ticketTextsOf, type Stroke } from '../../src/lib/door/keyboard-layout.ts';

/** Every text that a ticket can have: format version 1, and 99 bytes of anything. */
const ticketTexts = fc
  .uint8Array({ minLength: 99, maxLength: 99 })
  .map((rest) => `EL:${encodeBase45(Uint8Array.of(1, ...rest))}`);

/** A key of a US keyboard for each character, the way a scanner presses it. */
function strokeOf(char: string): Omit<Stroke, 'key'> {
  const special: Record<string, string> = {
    ' ': 'Space',
    $: 'Shift+Digit4',
    '%': 'Shift+Digit5',
    '*': 'Shift+Digit8',
    '+': 'Shift+Equal',
    '-': 'Minus',
    '.': 'Period',
    '/': 'Slash',
    ':': 'Shift+Semicolon',
  };
  const name = special[char] ?? (/\d/.test(char) ? `Digit${char}` : `Shift+Key${char}`);
  return { code: name.replace('Shift+', ''), shift: name.startsWith('Shift+') };
}

type CapsLock = 'off' | 'letters' | 'shift_lock';

/** What a German layout makes of a key: without Shift, with Shift. */
function germanKey({ code, shift }: Omit<Stroke, 'key'>, caps: CapsLock): string {
  const keys: Record<string, [string, string]> = {
    Space: [' ', ' '],
    Equal: ['´', '`'],
    Minus: ['ß', '?'],
    Period: ['.', ':'],
    Slash: ['-', '_'],
    Semicolon: ['ö', 'Ö'],
    KeyY: ['z', 'Z'],
    KeyZ: ['y', 'Y'],
  };
  const digits = '=!"§$%&/()';
  const last = code.at(-1)!;
  const [plain, shifted] =
    keys[code] ??
    (code.startsWith('Digit') ? [last, digits[Number(last)]!] : [last.toLowerCase(), last.toUpperCase()]);
  const letter = code.startsWith('Key') || code === 'Semicolon';
  const locked = caps === 'shift_lock' ? code !== 'Space' : caps === 'letters' && letter;
  return shift !== locked ? shifted : plain;
}

/** What arrives in a text field: an accent waits for the next letter and sits on it, a space only sets it free. */
function arriving(text: string, caps: CapsLock): string {
  let arrived = '';
  let accent = '';
  for (const char of text) {
    const key = germanKey(strokeOf(char), caps);
    if (accent !== '') {
      const combined = (key + (accent === '`' ? '\u0300' : '\u0301')).normalize('NFC');
      if (key === ' ') arrived += accent;
      else if (/[aeiou]/i.test(key)) arrived += combined;
      else arrived += accent + key;
      accent = '';
    } else if (key === '`' || key === '´') accent = key;
    else arrived += key;
  }
  return arrived + accent;
}

describe('a scanner with a US layout on a tablet with a German one', () => {
  test.each<CapsLock>(['off', 'letters', 'shift_lock'])(
    'every ticket’s text comes back from what arrives, caps lock: %s',
    (caps) => {
      fc.assert(
        fc.property(ticketTexts, (text) => {
          const candidates = ticketTextsIn(arriving(text, caps));
          expect(candidates).toContain(text);
          expect(candidates.length).toBeLessThan(30);
        }),
        { numRuns: 500 },
      );
    },
  );

  test('accents and the space that they swallow come back', () => {
    const [text] = fc.sample(
      ticketTexts.filter((text) => /\+ /.test(text) && /\+[AEIOU]/.test(text)),
      { numRuns: 1, seed: 4 },
    );
    expect(arriving(text!, 'off')).toMatch(/[ÀÈÌÒÙ]/);
    expect(arriving(text!, 'off').length).toBeLessThan(text!.length - 1);
    expect(ticketTextsIn(arriving(text!, 'off'))).toContain(text);
  });

  test('the places of the keys tell it too, whatever was typed before', () => {
    fc.assert(
      fc.property(ticketTexts, fc.constantFrom('', 'MUE'), (text, before) => {
        const strokes = [...(before + text)].map((char): Stroke => {
          const stroke = strokeOf(char);
          const key = germanKey(stroke, 'off');
          return { ...stroke, key: key === '`' ? 'Dead' : key };
        });
        expect(ticketTextsOf(strokes)).toContain(text);
      }),
    );
  });
});

test('a scanner and a tablet of one layout give the text itself, in small letters too', () => {
  fc.assert(
    fc.property(ticketTexts, fc.boolean(), (text, small) => {
      expect(ticketTextsIn(` ${small ? text.toLowerCase() : text}\n`)[0]).toBe(text);
    }),
  );
});

test('a German scanner on a tablet with a US layout is understood by its keys', () => {
  const german: Record<string, string> = {
    ' ': 'Space',
    $: 'Shift+Digit4',
    '%': 'Shift+Digit5',
    '*': 'Shift+BracketRight',
    '+': 'BracketRight',
    '-': 'Slash',
    '.': 'Period',
    '/': 'Shift+Digit7',
    ':': 'Shift+Period',
    Y: 'Shift+KeyZ',
    Z: 'Shift+KeyY',
  };
  fc.assert(
    fc.property(ticketTexts, (text) => {
      const strokes = [...text].map((char): Stroke => {
        const name = german[char] ?? (/\d/.test(char) ? `Digit${char}` : `Shift+Key${char}`);
        return { key: '#', code: name.replace('Shift+', ''), shift: name.startsWith('Shift+') };
      });
      expect(ticketTextsOf(strokes)).toContain(text);
    }),
  );
});

test.each(['', 'Yilmaz', 'https://example.org/+/+++++++++++++++++', '`'.repeat(100), '`'.repeat(153)])(
  'what is no ticket gives none: %s',
  (typed) => {
    expect(ticketTextsIn(typed)).toEqual([]);
  },
);
