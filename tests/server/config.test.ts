import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/lib/server/config.ts';

const from = 'Stadt Gütersloh <einlass@guetersloh.de>';
const mailOf = (url: string, sender = from) =>
  readConfig({ EINLASS_SMTP_URL: url, EINLASS_MAIL_FROM: sender }).mail;

describe('the read replica', () => {
  const url = 'postgres://reader:hidden@standby/einlass';

  test('is none where none is named, and is one beside a database', () => {
    expect(readConfig({ DATABASE_URL: 'postgres://a' }).readDatabase).toBeUndefined();
    const config = readConfig({ DATABASE_URL: 'postgres://a', EINLASS_READ_DATABASE_URL: url });
    expect(config.readDatabase).toEqual({ url, connections: 10 });
  });

  test('is refused without a database that it is one of, and its password told to nobody', () => {
    const alone = () => readConfig({ EINLASS_READ_DATABASE_URL: url });
    expect(alone).toThrow('EINLASS_READ_DATABASE_URL: is set, although DATABASE_URL is not');
    const wrong = () =>
      readConfig({ DATABASE_URL: 'postgres://a', EINLASS_READ_DATABASE_URL: 'mysql://reader:hidden@x' });
    expect(wrong).toThrow(/^EINLASS_READ_DATABASE_URL: needs an address/);
    expect(wrong).not.toThrow('reader:hidden@x');
  });
});

test('a second factor is offered, and demanded where that is said', () => {
  expect(readConfig({}).secondFactorRequired).toBe(false);
  expect(readConfig({ EINLASS_SECOND_FACTOR: 'required' }).secondFactorRequired).toBe(true);
  expect(() => readConfig({ EINLASS_SECOND_FACTOR: '1' })).toThrow(/^EINLASS_SECOND_FACTOR: /);
});

describe('the mail server', () => {
  test('is none where none is named: mails wait', () => {
    expect(readConfig({}).mail).toBeNull();
  });

  test.each([
    ['smtp://mail.example.org', 587, false, false, null],
    ['smtp://localhost:2525', 2525, false, false, null],
    ['smtps://u:p@mail.example.org', 465, true, false, { user: 'u', password: 'p' }],
    // A password goes over no open wire, except within the machine.
    ['smtp://u:p@mail.example.org', 587, false, true, { user: 'u', password: 'p' }],
    ['smtp://u%40d:p%2F%3A%25@127.0.0.1', 587, false, false, { user: 'u@d', password: 'p/:%' }],
  ])('of %s: port %s, TLS at once %s, TLS demanded %s', (url, port, secure, requireTls, credentials) => {
    expect(mailOf(url)?.server).toMatchObject({ port, secure, requireTls, credentials });
  });

  test.each([
    ['mail.example.org', 'not an address'],
    ['mail.example.org:587', 'begin with smtp'],
    ['no address', 'not an address'],
    ['https://user:hidden@mail.example.org', 'begin with smtp'],
    ['smtp://user:hidden@mail.example.org/path', 'end after the host'],
    ['smtp://user:hidden@mail.example.org?pool=true', 'end after the host'],
    ['smtp://user:hid/den@mail.example.org', ''],
    ['smtp://user@mail.example.org', 'user and password'],
    ['smtp://user:hidden%@mail.example.org', '%25'],
  ])('%s is refused, and its password told to nobody', (url, why) => {
    const refused = () => mailOf(url);
    expect(refused).toThrow(/^EINLASS_SMTP_URL: /);
    expect(refused).toThrow(why);
    expect(refused).not.toThrow(/hid/);
  });
});

describe('the sender', () => {
  test.each([
    [from, 'Stadt Gütersloh', 'einlass@guetersloh.de'],
    ['"Stadt, Gütersloh" <einlass@guetersloh.de>', 'Stadt, Gütersloh', 'einlass@guetersloh.de'],
    ['einlass@guetersloh.de', '', 'einlass@guetersloh.de'],
  ])('%s', (text, name, address) => {
    expect(mailOf('smtp://localhost', text)?.from).toEqual({ name, address });
  });

  test.each(['', 'Stadt Gütersloh', 'Stadt <einlass>', 'a@b.de, c@d.de', 'Stadt\r\nBcc: x@y.de <a@b.de>'])(
    '%j is refused',
    (text) => {
      expect(() => mailOf('smtp://localhost', text)).toThrow(/^EINLASS_MAIL_FROM: is not a sender/);
    },
  );

  test('and the server need each other', () => {
    expect(() => readConfig({ EINLASS_SMTP_URL: 'smtp://localhost' })).toThrow('EINLASS_MAIL_FROM');
    expect(() => readConfig({ EINLASS_MAIL_FROM: from })).toThrow('EINLASS_SMTP_URL');
  });
});

describe('the identity provider', () => {
  const named = {
    EINLASS_OIDC_ISSUER: 'https://login.example.org/realms/city',
    EINLASS_OIDC_CLIENT_ID: 'einlass',
    EINLASS_OIDC_CLIENT_SECRET: 'hidden',
  };

  test('is none where none is named', () => {
    expect(readConfig({}).provider).toBeNull();
  });

  test('is called by its host, or as one likes', () => {
    expect(readConfig(named).provider).toEqual({
      issuer: 'https://login.example.org/realms/city',
      clientId: 'einlass',
      clientSecret: 'hidden',
      name: 'login.example.org',
    });
    expect(readConfig({ ...named, EINLASS_OIDC_NAME: ' Stadt-Login ' }).provider?.name).toBe('Stadt-Login');
  });

  test('has its secret in a file, too', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'einlass-config-')), 'secret');
    writeFileSync(file, 'from a file\n');
    const { EINLASS_OIDC_CLIENT_SECRET: _secret, ...rest } = named;
    const inFile = { ...rest, EINLASS_OIDC_CLIENT_SECRET_FILE: file };
    expect(readConfig(inFile).provider?.clientSecret).toBe('from a file');
    const both = { ...inFile, EINLASS_OIDC_CLIENT_SECRET: 'hidden' };
    expect(() => readConfig(both)).toThrow('one of them is enough');
    writeFileSync(file, '\n');
    expect(() => readConfig(inFile)).toThrow('is empty');
    rmSync(path.dirname(file), { recursive: true });
    expect(() => readConfig(inFile)).toThrow('cannot be read');
  });

  test.each([
    ['EINLASS_OIDC_ISSUER', undefined, 'is missing'],
    ['EINLASS_OIDC_CLIENT_ID', undefined, 'is missing'],
    ['EINLASS_OIDC_CLIENT_SECRET', undefined, 'is missing'],
    ['EINLASS_OIDC_ISSUER', 'login.example.org', 'is not an address'],
    ['EINLASS_OIDC_ISSUER', 'http://login.example.org', 'begin with https'],
    ['EINLASS_OIDC_ISSUER', 'https://login.example.org?realm=city', 'end after its path'],
    ['EINLASS_OIDC_NAME', ' ', 'is empty'],
  ])('%s as %s: %s', (variable, value, why) => {
    const refused = () => readConfig({ ...named, [variable]: value });
    expect(refused).toThrow(new RegExp(`^${variable}: `));
    expect(refused).toThrow(why);
    expect(refused).not.toThrow(/hidden/);
  });
});

test('a sender of white space without end is refused at once', () => {
  const started = performance.now();
  expect(() => mailOf('smtp://mail.example.org', ' '.repeat(20_000) + 'x<')).toThrow();
  expect(() => mailOf('smtp://mail.example.org', 'a' + ' '.repeat(20_000))).toThrow();
  expect(performance.now() - started).toBeLessThan(1_000);
});
