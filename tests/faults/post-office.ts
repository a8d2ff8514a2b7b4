import { Mailbox } from '../support/mail.ts';
import type { Ledger } from './ledger.ts';

/** A real mail server that tells the mails apart by their Message-IDs, and reads nothing else of them. */
export function openPostOffice(ledger: Ledger): Promise<Mailbox> {
  return Mailbox.open({
    onData: (stream, _session, callback) => {
      let message = '';
      stream.on('data', (chunk: Buffer) => (message += chunk.toString('latin1')));
      stream.on('end', () => {
        ledger.mails.push(/^Message-ID: <([^@>]+)/im.exec(message)?.[1] ?? '');
        callback();
      });
    },
  });
}
