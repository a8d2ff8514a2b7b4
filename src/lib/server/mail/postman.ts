import type { SendMailOptions } from 'nodemailer';
import type { Logger } from 'pino';
import { addMillis, HOUR, MINUTE, SECOND } from '../../domain/time.ts';
import type { MailRow } from '../database/schema.ts';
import type { Installation } from '../installation.ts';
import { LEASE, OutboxClaims } from '../outbox-claims.ts';
import { Rounds, type RoundEnd, type RoundParts } from '../outbox-rounds.ts';
import { inTurn } from '../turns.ts';
import type { HandoverOutcome, MailTransport } from './handover.ts';
import { sendFactorNotices } from './factor-notices.ts';
import { mailOptions, writeMessage } from './message.ts';
import { queueReminders } from './reminders.ts';

export interface PostmanParts extends RoundParts {
  transport: MailTransport;
}

/** How long an attempt may still take when the server process ends. */
const GRACE = 1.5 * SECOND;
/** How often reminders are looked for. */
const REMINDING = 15 * MINUTE;

/** Between two attempts to record that a mail was sent. */
const RECORD_AGAIN = SECOND;

/** Between two attempts at one mail. */
const FIRST_RETRY = MINUTE;
const LAST_RETRY = 2 * HOUR;

/** What the metrics call them. */
const OUTCOMES = { taken: 'sent', refused: 'failed', later: 'put_off', unavailable: 'put_off' } as const;

/** A mail that this process alone may send now. */
type ClaimedMail = MailRow;

/**
 * Sends what waits in the outbox, one mail at a time, in rounds: see `Rounds`. When the mail server is away, or won't
 * have us, the next mail would fare no better, and a pause begins.
 *
 * A mail is handed over at least once, never twice knowingly. When a process dies between the server's yes and the
 * record of it, the mail goes again once its claim has run out, under the same Message-ID: SMTP knows nothing better,
 * and by that the receiver's side can tell. So it is, too, for a process that sleeps longer than its claim lasts.
 */
export class Postman {
  private readonly installation: Installation;
  private readonly parts: PostmanParts;
  private readonly log: Logger;
  private readonly claims: OutboxClaims<MailRow>;
  private readonly rounds: Rounds;
  private remindAt = 0;

  constructor(installation: Installation, parts: PostmanParts) {
    this.installation = installation;
    this.parts = parts;
    this.log = installation.log.child({ part: 'mail' });
    this.claims = new OutboxClaims(installation.db, 'mails', { first: 'due' });
    this.rounds = new Rounds(installation, parts, this.log, () => this.sendDue());
  }

  start(): void {
    this.rounds.start();
  }

  /** Lets the attempt under way end, or breaks it off and records that, and begins no other. */
  async stop(): Promise<void> {
    const breakOff = setTimeout(() => this.parts.transport.close(), GRACE);
    await this.rounds.stop();
    clearTimeout(breakOff);
    this.parts.transport.close();
  }

  /** Sends until nothing is due, or the server is away. */
  private async sendDue(): Promise<RoundEnd> {
    const { clock } = this.installation;
    if (clock() >= this.remindAt) {
      await inTurn(this.installation, 'reminders', () => queueReminders(this.installation));
      this.remindAt = addMillis(clock(), REMINDING);
    }
    if (!(await sendFactorNotices(this.installation, this.parts.transport))) return { kind: 'away' };
    for (;;) {
      const due = await this.claims.nextDue();
      if (this.rounds.stopped || due === null || due > clock()) return { kind: 'rest', due };
      await this.claims.expire(clock());
      const mail = await this.claims.claim(clock());
      // Another process was faster, or what was due has just been given up.
      if (!mail) continue;
      const outcome = await this.send(mail);
      if (outcome?.kind === 'unavailable') return { kind: 'away' };
      this.rounds.succeeded();
    }
  }

  /** One attempt at a mail. @returns what the server said; null when there was nothing to be sent */
  private async send(mail: ClaimedMail): Promise<HandoverOutcome | null> {
    const { clock } = this.installation;
    const options = await this.write(mail);
    if (options === 'obsolete') {
      await this.claims.settle(mail, { state: 'expired', problem: 'obsolete' }, clock());
      return null;
    }
    if (options === 'unwritable') {
      await this.putOff(mail, 'unwritable');
      return null;
    }
    const renewing = setInterval(() => {
      this.claims
        .renew(mail, clock())
        .catch((err: unknown) => this.log.warn({ err }, 'a claim was not renewed'));
    }, LEASE / 3);
    let outcome: HandoverOutcome;
    try {
      outcome = await this.parts.transport.handOver(options);
    } finally {
      clearInterval(renewing);
    }
    await this.record(mail, outcome);
    return outcome;
  }

  private async write(mail: ClaimedMail): Promise<SendMailOptions | 'obsolete' | 'unwritable'> {
    try {
      const message = await writeMessage(this.installation, mail);
      return message ? await mailOptions(this.installation, mail, message) : 'obsolete';
    } catch (err) {
      // One mail that can't be written shall not keep the others back.
      this.log.error({ err, mail: mail.id, kind: mail.kind }, 'a mail could not be written');
      return 'unwritable';
    }
  }

  private async record(mail: ClaimedMail, outcome: HandoverOutcome): Promise<void> {
    const { clock, metrics } = this.installation;
    metrics.mails.inc({ outcome: OUTCOMES[outcome.kind] });
    const said = { mail: mail.id, kind: mail.kind, attempt: mail.attempts };
    if (outcome.kind === 'taken') {
      await this.recordSent(mail);
      this.log.info(said, 'mail sent');
      return;
    }
    const problem = outcome.code ? `${outcome.problem} ${outcome.code}` : outcome.problem;
    this.log.warn({ ...said, problem }, outcome.kind === 'refused' ? 'mail refused' : 'mail put off');
    if (outcome.kind === 'refused') await this.claims.settle(mail, { state: 'failed', problem }, clock());
    else await this.putOff(mail, problem);
  }

  /** Holds on to what the mail server has taken until the store takes it too: forgotten, it would go again. */
  private async recordSent(mail: ClaimedMail): Promise<void> {
    for (;;) {
      try {
        await this.claims.settle(mail, { state: 'sent', problem: null }, this.installation.clock());
        return;
      } catch (err) {
        if (this.rounds.stopped) throw err;
        this.log.warn({ err, mail: mail.id }, 'a mail that was sent could not be recorded yet');
        await new Promise<void>((resolve) => void this.parts.schedule(resolve, RECORD_AGAIN));
      }
    }
  }

  private async putOff(mail: ClaimedMail, problem: string): Promise<void> {
    const { clock } = this.installation;
    const delay = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** (mail.attempts - 1));
    const nextAttemptAt = addMillis(clock(), Math.round(delay * (0.75 + this.parts.random() / 2)));
    await this.claims.settle(mail, { state: 'waiting', problem, nextAttemptAt }, clock());
  }
}
