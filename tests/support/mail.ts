import { simpleParser, type ParsedMail } from 'mailparser';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { MailServer, Sender } from '../../src/lib/server/mail/mail-server.ts';

export const SENDER: Sender = { name: 'Stadt Gütersloh', address: 'einlass@example.org' };

/** An answer in SMTP's own numbers, to be thrown or handed to a callback. */
export const smtpError = (code: number): Error => Object.assign(new Error('no'), { responseCode: code });

/** A real mail server on a free port that keeps what it is given. */
export class Mailbox {
  readonly received: ParsedMail[] = [];
  private readonly server: SMTPServer;
  private readonly listeners = new Set<() => void>();
  private readonly sockets = new Set<Socket>();

  private constructor(options: SMTPServerOptions) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onData: (stream, _session, callback) => {
        simpleParser(stream).then(
          (mail) => {
            this.received.push(mail);
            callback();
            for (const listener of this.listeners) listener();
          },
          (error: unknown) => callback(error as Error),
        );
      },
      ...options,
    });
    // A client that goes away in the middle is part of the tests.
    this.server.on('error', () => undefined);
    this.server.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static async open(options: SMTPServerOptions = {}, port = 0): Promise<Mailbox> {
    const mailbox = new Mailbox(options);
    await new Promise<void>((resolve) => mailbox.server.listen(port, '127.0.0.1', resolve));
    return mailbox;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  get address(): MailServer {
    return { host: '127.0.0.1', port: this.port, secure: false, requireTls: false, credentials: null };
  }

  /** Waits until so many mails have come. @throws after ten seconds */
  async waitFor(count: number): Promise<ParsedMail[]> {
    if (this.received.length >= count) return this.received;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${this.received.length} of ${count} mails came`)),
        10_000,
      );
      this.listeners.add(() => {
        if (this.received.length < count) return;
        clearTimeout(late);
        resolve();
      });
    });
    return this.received;
  }

  /** Cuts every connection, without a word. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** A header as one text. */
export function headerOf(mail: ParsedMail, name: string): string {
  const line = mail.headerLines.find(({ key }) => key === name.toLowerCase())?.line ?? '';
  return line.slice(line.indexOf(':') + 1).trim();
}
