import * as v from 'valibot';

/** Where mails are handed over. */
export interface MailServer {
  host: string;
  port: number;
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  secure: boolean;
  /** Whether the mail is kept back from a server that offers no TLS. */
  requireTls: boolean;
  credentials: { user: string; password: string } | null;
}

/** Who mails come from. */
export interface Sender {
  /** Empty where only an address was given. */
  name: string;
  address: string;
}

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);
/** For handing in mail (RFC 6409), and the same with TLS from the first byte (RFC 8314). */
const SUBMISSION = 587;
const SUBMISSIONS = 465;

/** An SMTP server's address. What is wrong is said without the value: there is a password in it. */
export const MailServerSchema = v.pipe(
  v.string(),
  v.check((text) => URL.canParse(text), 'is not an address; it looks like smtp://user:password@host:587'),
  v.transform((text) => new URL(text)),
  v.check(({ protocol }) => /^smtps?:$/.test(protocol), 'must begin with smtp:// or smtps://'),
  v.check(({ hostname }) => hostname !== '', 'names no host'),
  v.check(
    ({ pathname, search, hash }) => /^\/?$/.test(pathname) && search === '' && hash === '',
    'must end after the host and its port; a / ? or # in the password is written %2F %3F %23',
  ),
  v.check(
    ({ username, password }) => (username === '') === (password === ''),
    'needs user and password, or neither',
  ),
  v.check(
    ({ username, password }) => decoded(username) !== null && decoded(password) !== null,
    'has a % in user or password that must be written %25',
  ),
  v.transform(readServer),
);

function readServer({ protocol, hostname, port, username, password }: URL): MailServer {
  const secure = protocol === 'smtps:';
  const credentials = username ? { user: decoded(username)!, password: decoded(password)! } : null;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : secure ? SUBMISSIONS : SUBMISSION,
    secure,
    // A password goes over no open wire.
    requireTls: !secure && credentials !== null && !LOCAL.has(hostname),
    credentials,
  };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const ADDRESS = /^[^\s@<>"',;:]+@[^\s@<>"',;:]+$/;

/** `Stadt Gütersloh <einlass@guetersloh.de>`, or the address alone. */
export const SenderSchema = v.pipe(
  v.string(),
  // What is taken apart below must be short: the time for it grows with the square of white space.
  v.trim(),
  v.maxLength(500, 'is longer than 500 characters'),
  v.transform((text): Sender => {
    const [, name = '', address = text] = /^"?([^"<>]*)"?\s*<([^<>]*)>$/.exec(text) ?? [];
    return { name: name.trim(), address: address.trim() };
  }),
  v.check(
    ({ name, address }) => ADDRESS.test(address) && !/\p{Cc}/u.test(name),
    'is not a sender; it looks like Stadt Beispiel <einlass@example.org>',
  ),
);
