import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/lib/server/config.ts';

const from = 'Stadt Gütersloh <einlass@guetersloh.de>';
const mailOf = (url: string, sender = from) =>
  readConfig({ EINLASS_SMTP_URL: url, EINLASS_MAIL_FROM: sender }).mail;

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
