/**
 * Names as one searches for them: without case, accents and script, so that whoever types what they heard finds whom
 * they mean. `Yilmaz` finds Yılmaz, `Muller` and `Mueller` find Müller, `Olena` finds Олена.
 */

/** Letters that Unicode does not take apart into a plain one and a mark. */
const LETTERS: Record<string, string> = {
  ß: 'ss',
  ı: 'i',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ə: 'e',
  ħ: 'h',
};

/** German writes them with two letters where the dots can't be typed. */
const UMLAUTS: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa' };

/** Russian and Ukrainian, as passports write them (ICAO Doc 9303), with what is closest where the two differ. */
const CYRILLIC: Record<string, string> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ґ: 'g',
  д: 'd',
  е: 'e',
  є: 'ie',
  ж: 'zh',
  з: 'z',
  и: 'i',
  і: 'i',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: '',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'iu',
  я: 'ia',
};

/** Arabic letters that are written one way or another. */
const ARABIC: Record<string, string> = { ٱ: 'ا', ى: 'ي', ة: 'ه', ـ: '' };

const SPELLINGS: Record<string, string> = { ...LETTERS, ...CYRILLIC, ...ARABIC };

/** The parts of a name, or of what somebody typed. */
export function nameParts(text: string): string[] {
  return text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((part) => part !== '');
}

/** One part of a name in plain small letters; of Arabic, in Arabic letters without marks. */
export function foldPart(part: string): string {
  return replaceLetters(plain(part.toLowerCase()), SPELLINGS);
}

/** The ways in which one part of a name may be typed: plain, and with umlauts as two letters. */
export function foldings(part: string): string[] {
  const composed = part.toLowerCase().normalize('NFC');
  const twoLetters = replaceLetters(composed, UMLAUTS);
  const folded = [foldPart(part)];
  if (twoLetters !== composed) folded.push(foldPart(twoLetters));
  // The Arabic article is left out as often as not.
  if (/^ال../.test(folded[0]!)) folded.push(folded[0]!.slice(2));
  return folded;
}

/**
 * A whole name as one searches and sorts it: its parts in plain small letters, and behind them the other ways in which
 * they may be typed.
 */
export function nameKey(name: string): string {
  const parts = nameParts(name).map(foldings);
  return [...parts.map(([first]) => first), ...parts.flatMap(([, ...others]) => others)].join(' ');
}

function plain(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
}

function replaceLetters(text: string, letters: Record<string, string>): string {
  let replaced = '';
  for (const letter of text) replaced += letters[letter] ?? letter;
  return replaced;
}
