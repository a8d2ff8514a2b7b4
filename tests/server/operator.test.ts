import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/lib/server/config.ts';
import { missingFields, parseOperator } from '../../src/lib/server/operator.ts';

const EXAMPLE = new URL('../../docs/operator.example.json', import.meta.url);
const parse = (value: unknown) => parseOperator(JSON.stringify(value), 'operator.json');

describe('who runs an installation', () => {
  test('may say everything, as the example does', () => {
    const operator = parseOperator(readFileSync(EXAMPLE, 'utf8'), 'example');
    expect(operator.name).toBe('Stadt Musterstadt');
    expect(missingFields(operator)).toEqual([]);
  });

  test('may say nothing yet', () => {
    expect(parse({})).toEqual({});
    expect(missingFields({})).toContain('dataProtectionOfficer.email');
  });

  test('is told what is missing, but not of what not everybody has', () => {
    const { vatId: _, hosting: __, ...operator } = parseOperator(readFileSync(EXAMPLE, 'utf8'), 'example');
    expect(missingFields({ ...operator, town: undefined })).toEqual(['town']);
  });

  test('must name exceptions where the pages are not fully accessible', () => {
    const missing = (accessibility: object) => missingFields(parse({ accessibility }));
    expect(missing({ status: 'partial' })).toContain('accessibility.exceptions');
    expect(missing({ status: 'partial', exceptions: ['Kein Video'] })).not.toContain(
      'accessibility.exceptions',
    );
    expect(missing({ status: 'full' })).not.toContain('accessibility.exceptions');
  });

  test('may name an exception in one language or in several', () => {
    const exceptions = ['Kein Video', { de: 'Keine Karte', en: 'No map' }];
    expect(parse({ accessibility: { exceptions } }).accessibility?.exceptions).toEqual([
      { de: 'Kein Video' },
      { de: 'Keine Karte', en: 'No map' },
    ]);
  });
});

describe('a file with a mistake says where', () => {
  test.each<[string, unknown, string]>([
    ['a field that nobody knows', { nmae: 'Stadt' }, 'nmae is no field of this file'],
    ['an empty text', { name: ' ' }, 'name is empty; leave the field out until it is known'],
    ['a number for a text', { postalCode: 33330 }, 'postalCode must be a text'],
    ['a broken address', { email: 'rathaus' }, 'email is no e-mail address'],
    [
      'a broken address further down',
      { dataProtectionOfficer: { email: 'x' } },
      'dataProtectionOfficer.email is no e-mail address',
    ],
    [
      'a link that runs a script',
      { supervisoryAuthority: { url: 'javascript:alert(1)' } },
      'supervisoryAuthority.url is no address that begins with https://',
    ],
    [
      'a day that is none',
      { accessibility: { assessedOn: '24.11.2026' } },
      'accessibility.assessedOn must be a day such as 2026-11-24',
    ],
    [
      'a status that is none',
      { accessibility: { status: 'yes' } },
      'accessibility.status must be "full", "partial" or "none"',
    ],
    [
      'full accessibility with exceptions',
      { accessibility: { status: 'full', exceptions: ['Kein Video'] } },
      'accessibility says "full" and names exceptions',
    ],
    [
      'an exception without German',
      { accessibility: { exceptions: [{ en: 'No map' }] } },
      'accessibility.exceptions.0 must be a text, or an object of texts by language',
    ],
    ['a text for a group of fields', { accessibility: 'full' }, 'accessibility must be an object of fields'],
    ['a list', [], 'the file must be an object of fields'],
  ])('%s', (_, value, words) => {
    expect(() => parse(value)).toThrow(words);
    expect(() => parse(value)).toThrow('operator.json');
  });

  test('text that is no JSON', () => {
    expect(() => parseOperator('{name: "Stadt"}', 'operator.json')).toThrow(/operator\.json is not JSON/);
  });

  test('several mistakes are all named', () => {
    expect(() => parse({ name: '', email: 'x' })).toThrow(/name is empty.*\n.*email is no/);
  });
});

describe('the file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'einlass-operator-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is operator.json in the data folder', () => {
    expect(readConfig({ EINLASS_DATA: folder }).operator).toEqual({});
    writeFileSync(join(folder, 'operator.json'), '\uFEFF{"name": "Stadt Gütersloh"}');
    expect(readConfig({ EINLASS_DATA: folder }).operator).toEqual({ name: 'Stadt Gütersloh' });
  });

  test('may be another, which must then be there', () => {
    const file = join(folder, 'who.json');
    const read = () => readConfig({ EINLASS_DATA: folder, EINLASS_OPERATOR: file });
    expect(read).toThrow(`${file}: the operator's file can't be read`);
    writeFileSync(file, '{"town": "Gütersloh"}');
    expect(read().operator).toEqual({ town: 'Gütersloh' });
  });
});
