/**
 * What must hold of the texts of all languages: each says everything that the base language says, says
 * something, fills in the same placeholders, and has a form for each of its own plural categories.
 */

/** One file, as read: message key → a text, or the plugin's form with declarations and variants. */
export interface MessageFile {
  locale: string;
  /** The part of the app that says these texts. */
  part: string;
  json: string;
}

interface Variants {
  declarations?: string[];
  selectors?: string[];
  match?: Record<string, string>;
}

interface Message {
  texts: string[];
  inputs: Set<string>;
  problems: string[];
}

export function findMessageProblems(files: MessageFile[], baseLocale: string): string[] {
  const problems: string[] = [];
  const languages = new Map<string, Map<string, Message>>();
  for (const { locale, part, json } of files) {
    const { messages, problems: found } = readFile(locale, json);
    problems.push(...found.map((problem) => `${locale}/${part}: ${problem}`));
    const known = languages.get(locale) ?? new Map<string, Message>();
    for (const [key, message] of messages) {
      // The later file would win without a word.
      if (known.has(key)) problems.push(`${locale}/${part}: '${key}' stands in another file too`);
      known.set(key, message);
    }
    languages.set(locale, known);
  }
  const base = languages.get(baseLocale);
  if (!base) return [...problems, `${baseLocale}: the base language has no file`];

  for (const [locale, messages] of languages) {
    if (locale === baseLocale) continue;
    for (const key of base.keys()) if (!messages.has(key)) problems.push(`${locale}: '${key}' is missing`);
    for (const [key, message] of messages) {
      const original = base.get(key);
      if (!original) problems.push(`${locale}: '${key}' is unknown in ${baseLocale}`);
      else
        problems.push(
          ...compareInputs(original.inputs, message.inputs).map((p) => `${locale}: '${key}' ${p}`),
        );
    }
  }
  return problems;
}

function readFile(locale: string, json: string): { messages: Map<string, Message>; problems: string[] } {
  const messages = new Map<string, Message>();
  const problems: string[] = [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    return { messages, problems: [`not JSON: ${error instanceof Error ? error.message : 'unreadable'}`] };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { messages, problems: ['not an object of messages'] };

  // JSON.parse keeps the last of two equal keys without a word.
  const keys = [...json.matchAll(/^ {2}"([^"]+)"\s*:/gm)].map((found) => found[1] ?? '');
  for (const key of new Set(keys.filter((key, at) => keys.indexOf(key) !== at)))
    problems.push(`'${key}' stands twice`);

  for (const [key, value] of Object.entries(parsed)) {
    if (key === '$schema') continue;
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(key))
      problems.push(`'${key}' is not named like 'door_admitted' (snake_case with the part of the app first)`);
    const message = readMessage(locale, value);
    problems.push(...message.problems.map((problem) => `'${key}' ${problem}`));
    messages.set(key, message);
  }
  return { messages, problems };
}

function readMessage(locale: string, value: unknown): Message {
  if (typeof value === 'string') return readTexts([value], new Set(), new Set());
  const [variants, ...others] = Array.isArray(value) ? (value as unknown[]) : [];
  if (!isVariants(variants) || others.length > 0)
    return {
      texts: [],
      inputs: new Set(),
      problems: ['is neither a text nor [{ declarations, selectors, match }]'],
    };

  const inputs = new Set<string>();
  const locals = new Map<string, string>();
  for (const declaration of variants.declarations ?? []) {
    const input = /^input\s+(\w+)$/.exec(declaration.trim())?.[1];
    const [, local, source, format] = /^local\s+(\w+)\s*=\s*(\w+)\s*:\s*(.+)$/.exec(declaration.trim()) ?? [];
    if (input) inputs.add(input);
    if (local && source && format) {
      inputs.add(source);
      locals.set(local, format);
    }
  }
  const message = readTexts(Object.values(variants.match), inputs, new Set(locals.keys()));
  for (const selector of variants.selectors ?? [])
    message.problems.push(
      ...missingForms(locale, selector, locals.get(selector), Object.keys(variants.match)),
    );
  return message;
}

function isVariants(value: unknown): value is Variants & { match: Record<string, string> } {
  if (typeof value !== 'object' || value === null) return false;
  const { match } = value as Variants;
  return (
    typeof match === 'object' &&
    Object.keys(match).length > 0 &&
    Object.values(match).every((text) => typeof text === 'string')
  );
}

function readTexts(texts: string[], inputs: Set<string>, locals: Set<string>): Message {
  const problems: string[] = [];
  for (const text of texts) {
    if (text.trim() === '') problems.push('is empty');
    const { names, balanced } = readPlaceholders(text);
    if (!balanced) problems.push(`has a brace without its partner: ${JSON.stringify(text)}`);
    for (const name of names) if (!locals.has(name)) inputs.add(name);
  }
  return { texts, inputs, problems };
}

/** The names in `{name}`; a brace behind a backslash is only a brace. */
export function readPlaceholders(text: string): { names: string[]; balanced: boolean } {
  const bare = text.replaceAll(/\\[{}]/g, '');
  const names = [...bare.matchAll(/\{\s*(\w+)\s*\}/g)].map((found) => found[1] ?? '');
  return { names, balanced: !/[{}]/.test(bare.replaceAll(/\{\s*\w+\s*\}/g, '')) };
}

/** A plural selector without a catch-all must name every category that its language has. */
function missingForms(
  locale: string,
  selector: string,
  format: string | undefined,
  cases: string[],
): string[] {
  const values = cases.flatMap((key) =>
    key.split(',').flatMap((part) => {
      const [name, value] = part.split('=').map((side) => side.trim());
      return name === selector && value ? [value] : [];
    }),
  );
  if (values.includes('*')) return [];
  if (!format?.startsWith('plural')) return [`has no case '${selector}=*' for all other values`];
  const type = /type\s*=\s*ordinal/.test(format) ? 'ordinal' : 'cardinal';
  return new Intl.PluralRules(locale, { type })
    .resolvedOptions()
    .pluralCategories.filter((category) => !values.includes(category))
    .map((category) => `has no case '${selector}=${category}' (nor '${selector}=*')`);
}

function compareInputs(expected: Set<string>, actual: Set<string>): string[] {
  const missing = [...expected.difference(actual)].map((name) => `lacks the placeholder {${name}}`);
  const unknown = [...actual.difference(expected)].map((name) => `has the unknown placeholder {${name}}`);
  return [...missing, ...unknown];
}
