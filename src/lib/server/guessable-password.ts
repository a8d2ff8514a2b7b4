/**
 * What people take when a password is demanded of them, in the languages of the pages, after `fold`: the words of the
 * lists of most common passwords, however they are strung together or dressed up (OWASP ASVS 5.0, V6.2.4).
 */
const COMMON = words(`
  password passwort passwd kennwort parola parole haslo sifre kodwort geheim secret geheimnis pass wort word
  hallo hello willkommen welcome witaj witam bunvenit hosgeldiniz privet servus moin tschuess danke
  admin administrator root user benutzer login signin anmelden anmeldung letmein open sesam changeme aendern bitte
  test demo gast guest default standard muster master superman batman pokemon starwars dragon monkey
  iloveyou ichliebedich ichliebe love liebe schatz schatzi kochamcie kocham tesekkur galatasaray fenerbahce besiktas
  michael daniel thomas andreas alexander jessica ashley charlie jordan maximilian
  fussball football baseball basketball bayern muenchen dortmund schalke borussia princess prinzessin sunshine
  sonnenschein blume engel trustno freedom whatever computer internet samsung google facebook microsoft windows
  sommer summer winter herbst autumn fruehling spring ostern weihnachten montag dienstag mittwoch donnerstag freitag
  samstag sonntag monday tuesday wednesday thursday friday saturday sunday januar februar maerz april juni juli august
  september oktober november dezember january february march june july october december
  berlin hamburg koeln frankfurt stuttgart deutschland germany ukraine ukraina russia rossija turkiye polska romania
  arbeit buero office rathaus stadt city verwaltung firma company mein meine my the und and fuer ist das der die
`);

/** What belongs to the context: documented and refused by V6.1.2 and V6.2.11. */
const OURS = words(`
  einlass checkin registration registrierung ticket tickets event events veranstaltung integration integrationskonferenz
  konferenz conference stadthalle tablet organiser organizer veranstalter
`);

/** What fingers do by themselves: rows of keyboards, the alphabet, the digits. */
const ROWS = [
  'qwertzuiop',
  'qwertyuiop',
  'asdfghjkl',
  'yxcvbnm',
  'zxcvbnm',
  'abcdefghijklmnopqrstuvwxyz',
  '1234567890',
  '0123456789',
];
const ROW_LENGTH = 4;
/** So many characters that nobody guesses have to be left, and more different ones to be there. */
const OWN = 4;
/** What people put before and behind a word where more is demanded: a year, an exclamation mark. */
const TRIMMINGS =
  /^[\s\p{P}\p{S}]{0,2}\d{0,4}[\s\p{P}\p{S}]{0,2}|[\s\p{P}\p{S}]{0,2}\d{0,4}[\s\p{P}\p{S}]{0,2}$/gu;
/** The shortest word of somebody's name, address or operator that is looked for. */
const WORD_LENGTH = 3;

/** Letters that are written as something else. */
const DRESSED: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'i',
  ß: 'ss',
  ı: 'i',
  ł: 'l',
};

/**
 * Whether somebody who tries what most people take, or what they know of this one, would soon have found a password. It
 * is refused when too little is left of it without common words, rows of keys, a year, and what it is for. Nothing is said
 * of which characters it must be made of.
 *
 * @param known - what everybody knows who wants to get in: name, e-mail address, who runs the installation
 */
export function isGuessable(password: string, known: readonly string[]): boolean {
  const plain = fold(password);
  if (new Set(plain).size <= OWN || isRepetition(plain)) return true;
  const context = known.flatMap((text) => fold(text).split(/[^\p{L}\p{N}]+/u)).filter(isWord);
  const guesses = [...COMMON, ...OURS, ...context];
  // Digits as letters where they dress up a word, and as digits where they stand behind it.
  return [plain, undressed(plain)].some((text) => ownPart(text, guesses) < OWN);
}

/** How many characters are left without what is guessed first; the longest guesses are taken out first. */
function ownPart(text: string, guesses: readonly string[]): number {
  let left = text.replaceAll(/(.)\1{3,}/gu, ' ');
  for (const guess of [...guesses].sort((a, b) => b.length - a.length)) left = left.replaceAll(guess, ' ');
  return withoutRows(left).trim().replaceAll(TRIMMINGS, '').replaceAll(/\s/g, '').length;
}

/** A text without the parts of it that are rows of keys, in either direction. */
function withoutRows(text: string): string {
  let left = text;
  for (const row of ROWS) {
    for (const keys of [row, [...row].reverse().join('')]) {
      for (let length = keys.length; length >= ROW_LENGTH; length -= 1)
        for (let start = 0; start + length <= keys.length; start += 1)
          left = left.replaceAll(keys.slice(start, start + length), ' ');
    }
  }
  return left;
}

/** `hundkatzehundkatze`: as good as half of it. */
function isRepetition(text: string): boolean {
  const compact = text.replaceAll(/\s/g, '');
  return compact.length > 1 && (compact + compact).indexOf(compact, 1) < compact.length;
}

const undressed = (text: string): string => [...text].map((letter) => DRESSED[letter] ?? letter).join('');

const isWord = (word: string): boolean => word.length >= WORD_LENGTH && /\p{L}/u.test(word);

/** Small letters without marks; umlauts as they are often typed on other keyboards. */
function fold(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '');
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
