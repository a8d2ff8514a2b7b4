import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/lib/server/config.ts';
import { SECRET_VARIABLES, withSecretFiles } from '../../src/lib/server/secret-files.ts';

let folder: string;
const fileWith = (text: string) => {
  const file = path.join(folder, 'secret');
  writeFileSync(file, text);
  return file;
};
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'einlass-secrets-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(SECRET_VARIABLES)('%s', (name) => {
  const variable = `${name}_FILE`;

  test('may stand in a file, with a line’s end behind it', () => {
    expect(withSecretFiles({ [variable]: fileWith('from a file\n') })[name]).toBe('from a file');
  });

  test('is not given twice', () => {
    const both = { [variable]: fileWith('hidden'), [name]: 'hidden, too' };
    expect(() => withSecretFiles(both)).toThrow(`${variable}: is set beside ${name}`);
    expect(() => withSecretFiles(both)).not.toThrow(/hidden/);
  });

  test('is asked for by the variable’s name where the file is missing or empty', () => {
    const missing = { [variable]: path.join(folder, 'nowhere') };
    expect(() => withSecretFiles(missing)).toThrow(`${variable}: the file cannot be read`);
    expect(() => withSecretFiles({ [variable]: fileWith(' \n') })).toThrow(`${variable}: the file is empty`);
    expect(() => withSecretFiles({ [variable]: ' ' })).toThrow(`${variable}: is empty`);
  });
});

test('what is in a file is held to the same rules as what is in the environment, and told to nobody', () => {
  const tooShort = { EINLASS_SECRET_FILE: fileWith('hidden') };
  expect(() => readConfig(tooShort)).toThrow('EINLASS_SECRET: needs at least 32 characters');
  expect(readConfig({ EINLASS_SECRET_FILE: fileWith('s'.repeat(40)) }).secret).toBe('s'.repeat(40));
  const wrong = {
    EINLASS_SMTP_URL_FILE: fileWith('https://user:hidden@mail.example.org'),
    EINLASS_MAIL_FROM: 'a@example.org',
  };
  expect(() => readConfig(wrong)).toThrow(/^EINLASS_SMTP_URL: /);
  expect(() => readConfig(wrong)).not.toThrow(/hidden/);
});
