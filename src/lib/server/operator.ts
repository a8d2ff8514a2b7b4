import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { LocalizedSchema, type Localized } from '../domain/setting.ts';

const text = v.pipe(
  v.string('must be a text'),
  v.trim(),
  v.nonEmpty('is empty; leave the field out until it is known'),
  v.maxLength(1000, 'is longer than 1000 characters'),
);
const email = v.pipe(text, v.email('is no e-mail address'));
const webAddress = v.pipe(
  text,
  v.check((url) => /^https?:/i.test(url) && URL.canParse(url), 'is no address that begins with https://'),
);
/** A text alone is German. */
const localizedText = v.union(
  [
    v.pipe(
      text,
      v.transform((de): Localized => ({ de })),
    ),
    LocalizedSchema,
  ],
  'must be a text, or an object of texts by language with one for "de"',
);

const AccessibilitySchema = v.pipe(
  v.strictObject({
    /** The law that the declaration is made under, where it isn't the federation's: `BGG NRW und BITVNRW`. */
    law: v.optional(text),
    /** How far the pages meet the standard, by the last assessment. */
    status: v.optional(v.picklist(['full', 'partial', 'none'], 'must be "full", "partial" or "none"')),
    /** The day of the last assessment: `2026-11-24`. */
    assessedOn: v.optional(v.pipe(text, v.isoDate('must be a day such as 2026-11-24'))),
    method: v.optional(v.picklist(['self', 'third_party'], 'must be "self" or "third_party"')),
    exceptions: v.optional(v.array(localizedText, 'must be a list')),
    /** Whom people turn to when the operator does not help. */
    enforcement: v.optional(
      v.strictObject({ name: v.optional(text), email: v.optional(email), url: v.optional(webAddress) }),
    ),
  }),
  v.check(
    ({ status, exceptions = [] }) => status !== 'full' || exceptions.length === 0,
    'says "full" and names exceptions; one of them is wrong',
  ),
);

const OperatorSchema = v.strictObject({
  name: v.optional(text),
  /** `Körperschaft des öffentlichen Rechts`. */
  legalForm: v.optional(text),
  /** Whether it is a public body: the legal bases of what it does with personal data depend on it. */
  publicBody: v.optional(v.boolean('must be true or false')),
  representedBy: v.optional(text),
  street: v.optional(text),
  postalCode: v.optional(text),
  town: v.optional(text),
  email: v.optional(email),
  phone: v.optional(text),
  /** Whom to tell of a weakness, where it isn't `email`: an e-mail address, or a page's. For security.txt. */
  securityContact: v.optional(v.union([email, webAddress], 'is no e-mail address and no web address')),
  vatId: v.optional(text),
  /** Who answers for the content of the pages. */
  responsibleForContent: v.optional(text),
  dataProtectionOfficer: v.optional(
    v.strictObject({ name: v.optional(text), email: v.optional(email), phone: v.optional(text) }),
  ),
  supervisoryAuthority: v.optional(v.strictObject({ name: v.optional(text), url: v.optional(webAddress) })),
  accessibility: v.optional(AccessibilitySchema),
  /** Who runs the server on the operator's behalf: name and place. */
  hosting: v.optional(text),
  /** What else the privacy notice must say: of a proxy's logs, a mail provider. */
  privacyNotes: v.optional(v.array(localizedText, 'must be a list')),
});

/** Who runs this installation, as far as they have said: all of it is shown in public. */
export type Operator = v.InferOutput<typeof OperatorSchema>;

/** What every operator has, so that a legal page without it is not complete. */
const EXPECTED = [
  'name',
  'legalForm',
  'publicBody',
  'representedBy',
  'street',
  'postalCode',
  'town',
  'email',
  'phone',
  'responsibleForContent',
  'dataProtectionOfficer.name',
  'dataProtectionOfficer.email',
  'dataProtectionOfficer.phone',
  'supervisoryAuthority.name',
  'supervisoryAuthority.url',
  'accessibility.status',
  'accessibility.assessedOn',
  'accessibility.method',
  'accessibility.enforcement.name',
  'accessibility.enforcement.email',
  'accessibility.enforcement.url',
];

/** The fields that the operator has yet to fill in, such as `dataProtectionOfficer.email`. */
export function missingFields(operator: Operator): string[] {
  const missing = EXPECTED.filter((path) => valueAt(operator, path) === undefined);
  const { status, exceptions = [] } = operator.accessibility ?? {};
  const unexplained = status !== undefined && status !== 'full' && exceptions.length === 0;
  return unexplained ? [...missing, 'accessibility.exceptions'] : missing;
}

function valueAt(operator: Operator, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], operator);
}

/**
 * Reads who runs this installation.
 *
 * @param required - whether the file must be there; without it, nothing is known of the operator
 * @throws with sentences that name the file, each field, and what is wrong with it
 */
export function readOperator(file: string, required: boolean): Operator {
  let json: string;
  try {
    json = readFileSync(file, 'utf8');
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file}: the operator's file can't be read`, { cause: error });
  }
  return parseOperator(json, file);
}

/** @throws as {@link readOperator} does */
export function parseOperator(json: string, file: string): Operator {
  let value: unknown;
  try {
    // Some editors begin a file with a mark of its byte order.
    value = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Error(`${file} is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`, {
      cause: error,
    });
  }
  // To valibot an empty list is an object without fields.
  const parsed = v.safeParse(OperatorSchema, Array.isArray(value) ? null : value);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => `  ${v.getDotPath(issue) ?? 'the file'} ${wordsFor(issue)}`);
  throw new Error([`${file} is not as it should be:`, ...problems].join('\n'));
}

function wordsFor({ type, expected, message }: v.BaseIssue<unknown>): string {
  if (type !== 'strict_object') return message;
  return expected === 'never' ? 'is no field of this file' : 'must be an object of fields';
}
