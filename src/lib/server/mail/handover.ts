import { createTransport, type NodemailerError, type SendMailOptions } from 'nodemailer';
import { MINUTE, SECOND } from '../../domain/time.ts';
import type { MailServer, Sender } from './mail-server.ts';

/** Why a mail was not taken, in words that the office knows. None of them holds an address. */
export type Problem =
  | 'unreachable'
  | 'timeout'
  | 'insecure'
  | 'sign_in'
  | 'sender'
  | 'recipient'
  | 'message'
  | 'busy'
  | 'unwritable';

/** How a mail server has answered. */
export type HandoverOutcome =
  | { kind: 'taken' }
  /** Never, for this mail. */
  | { kind: 'refused'; problem: Problem; code: number | null }
  /** Not now, for this mail. */
  | { kind: 'later'; problem: Problem; code: number | null }
  /** Not now, and the next mail would fare no better: the server is away, or won't have us. */
  | { kind: 'unavailable'; problem: Problem; code: number | null };

/** Hands mails over to a server. */
export interface MailTransport {
  /** Never rejects for what network and server do. */
  handOver(options: SendMailOptions): Promise<HandoverOutcome>;
  /** Breaks off what is under way. */
  close(): void;
}

export interface Timeouts {
  /** For the connection and for the server's greeting, in milliseconds. */
  connection: number;
  /** Between two signs of life. */
  silence: number;
  /** For the whole of one mail, however the server trickles. */
  mail: number;
}

const TIMEOUTS: Timeouts = { connection: 20 * SECOND, silence: 2 * MINUTE, mail: 5 * MINUTE };

/** One connection to a server, kept open from mail to mail. */
export function smtpTransport(server: MailServer, from: Sender, timeouts = TIMEOUTS): MailTransport {
  const { host, port, secure, requireTls, credentials } = server;
  const transport = createTransport(
    {
      pool: true,
      maxConnections: 1,
      // A mail that may have arrived is for our own outbox to send again, not for the pool.
      maxRequeues: 0,
      host,
      port,
      secure,
      requireTLS: requireTls,
      ...(credentials && { auth: { user: credentials.user, pass: credentials.password } }),
      connectionTimeout: timeouts.connection,
      greetingTimeout: timeouts.connection,
      dnsTimeout: timeouts.connection,
      socketTimeout: timeouts.silence,
    },
    { from },
  );
  const closing = new AbortController();
  return {
    async handOver(options) {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeouts.mail)]);
      try {
        await transport.sendMail({ ...options, signal });
        return { kind: 'taken' };
      } catch (error) {
        const failed = error as NodemailerError;
        if (!failed.code) throw error;
        return outcomeOf(failed);
      }
    },
    close() {
      closing.abort();
      transport.close();
    },
  };
}

/**
 * What an error of nodemailer's means. Only the server's word on this recipient or this message is final: its codes
 * from 500 on (RFC 5321, 4.2.1). Its word on us, our password or our sender is for the operator to mend meanwhile.
 */
export function outcomeOf(
  error: Pick<NodemailerError, 'code' | 'command' | 'responseCode'>,
): HandoverOutcome {
  const code = error.responseCode || null;
  const permanent = code !== null && code >= 500;
  // "Service not available, closing", whatever was asked.
  if (code === 421) return { kind: 'unavailable', problem: 'busy', code };
  switch (error.code) {
    case 'EAUTH':
    case 'ENOAUTH':
    case 'EOAUTH2':
      return { kind: 'unavailable', problem: 'sign_in', code };
    case 'ETLS':
    case 'EREQUIRETLS':
      return { kind: 'unavailable', problem: 'insecure', code };
    case 'EENVELOPE':
    case 'EMESSAGE':
      if (error.command === 'MAIL FROM') return { kind: 'unavailable', problem: 'sender', code };
      // Without a code the address itself was no address.
      if (permanent || code === null)
        return { kind: 'refused', problem: error.code === 'EMESSAGE' ? 'message' : 'recipient', code };
      return { kind: 'later', problem: 'busy', code };
    case 'ETIMEDOUT':
    case 'EABORT':
      return { kind: 'unavailable', problem: 'timeout', code };
    default:
      return { kind: 'unavailable', problem: 'unreachable', code };
  }
}
