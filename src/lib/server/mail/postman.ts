import type { SendMailOptions } from 'nodemailer';
import type { Logger } from 'pino';
import { addMillis, HOUR, MINUTE, SECOND, type Millis } from '../../domain/time.ts';
import type { Installation } from '../installation.ts';
import {
  claimMail,
  expireMails,
  nextDue,
  renewClaim,
  settleMail,
  LEASE,
  type ClaimedMail,
} from './claims.ts';
import type { HandoverOutcome, MailTransport } from './handover.ts';
import { mailOptions, writeMessage } from './message.ts';
import { queueReminders } from './reminders.ts';

export interface PostmanParts {
  transport: MailTransport;
  /** Calls back after some milliseconds; returns what takes it back. */
  schedule: (callback: () => void, delay: number) => () => void;
  /** 0 to 1. */
  random: () => number;
}

/** The longest time between two looks: what another process has queued wakes nobody here. */
const REST = 20 * SECOND;
/** News come in bursts, and most of them bring no mail. */
const GAP = 100;
/** How long an attempt may still take when the server process ends. */
const GRACE = 1.5 * SECOND;
/** How often reminders are looked for. */
const REMINDING = 15 * MINUTE;

/** Between two attempts at one mail. */
const FIRST_RETRY = MINUTE;
const LAST_RETRY = 2 * HOUR;
/** While a server is away, only one mail knocks at its door. */
const FIRST_PAUSE = 5 * SECOND;
const LAST_PAUSE = 5 * MINUTE;

/**
 * Sends what waits in the outbox, one mail at a time.
 *
 *                news, or time                    a mail is due
 *   resting ─────────────────────▶ looking ──────────────────────▶ sending
 *      ▲  ▲                         │  ▲  ▲                         │  │
 *      │  └──── nothing is due ─────┘  │  └── taken, refused, later ┘  │
 *      │                               │                               │ the server is away, or won't have us
 *      │                               │ time (doubling, with jitter)  ▼
 *      │                               └──────────────────────────── paused
 *   stopped ◀── from everywhere; out of sending when the attempt is recorded
 *
 * A mail is handed over at least once, never twice knowingly. When a process dies between the server's yes and the
 * record of it, the mail goes again once its claim has run out, under the same Message-ID: SMTP knows nothing better,
 * and by that the receiver's side can tell. So it is, too, for a process that sleeps longer than its claim lasts.
 */
export class Postman {
  private readonly installation: Installation;
  private readonly parts: PostmanParts;
  private readonly log: Logger;
  private readonly unsubscribe: () => void;
  private state: 'resting' | 'looking' | 'paused' | 'stopped' = 'resting';
  private failures = 0;
  private again = false;
  private remindAt = 0;
  private work: Promise<void> = Promise.resolve();
  private cancelTimer: () => void = () => undefined;

  constructor(installation: Installation, parts: PostmanParts) {
    this.installation = installation;
    this.parts = parts;
    this.log = installation.log.child({ part: 'mail' });
    this.unsubscribe = installation.news.subscribeToAll(() => this.poke());
  }

  start(): void {
    this.look();
  }

  /** Something may have been queued. A pause is not cut short: a server that is down must not be hammered. */
  poke(): void {
    // Only the first of a burst sets the clock, or an event full of news would never be looked at.
    if (this.state === 'resting' && !this.again) this.wait(GAP);
    this.again = true;
  }

  /** Lets the attempt under way end, or breaks it off and records that, and begins no other. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    this.unsubscribe();
    this.cancelTimer();
    const breakOff = setTimeout(() => this.parts.transport.close(), GRACE);
    await this.work;
    clearTimeout(breakOff);
    this.parts.transport.close();
  }

  private look(): void {
    if (this.state === 'stopped') return;
    this.cancelTimer();
    this.state = 'looking';
    this.again = false;
    this.work = this.sendDue().catch((err: unknown) => {
      this.log.error({ err }, 'mails could not be sent');
      this.pause();
    });
  }

  /** Sends until nothing is due, or the server is away. */
  private async sendDue(): Promise<void> {
    const { db, clock } = this.installation;
    if (clock() >= this.remindAt) {
      await queueReminders(this.installation);
      this.remindAt = addMillis(clock(), REMINDING);
    }
    for (;;) {
      if (this.state !== 'looking') return;
      const due = await nextDue(db);
      if (due === null || due > clock()) return this.rest(due);
      await expireMails(db, clock());
      const mail = await claimMail(db, clock());
      // Another process was faster, or what was due has just been given up.
      if (!mail) continue;
      const outcome = await this.send(mail);
      if (outcome?.kind === 'unavailable') return this.pause();
      this.failures = 0;
    }
  }

  private rest(due: Millis | null): void {
    if (this.state === 'stopped') return;
    this.state = 'resting';
    const untilDue = due === null ? REST : due - this.installation.clock();
    this.wait(this.again ? GAP : Math.min(REST, Math.max(GAP, untilDue)));
  }

  private pause(): void {
    if (this.state === 'stopped') return;
    this.state = 'paused';
    this.wait(Math.min(LAST_PAUSE, FIRST_PAUSE * 2 ** this.failures) * (0.5 + this.parts.random() / 2));
    this.failures += 1;
  }

  private wait(delay: number): void {
    this.cancelTimer();
    this.cancelTimer = this.parts.schedule(() => this.look(), delay);
  }

  /** One attempt at a mail. @returns what the server said; null when there was nothing to be sent */
  private async send(mail: ClaimedMail): Promise<HandoverOutcome | null> {
    const { db, clock } = this.installation;
    const options = await this.write(mail);
    if (options === 'obsolete') {
      await settleMail(db, mail, { state: 'expired', problem: 'obsolete' }, clock());
      return null;
    }
    if (options === 'unwritable') {
      await this.putOff(mail, 'unwritable');
      return null;
    }
    const renewing = setInterval(() => {
      renewClaim(db, mail, clock()).catch((err: unknown) =>
        this.log.warn({ err }, 'a claim was not renewed'),
      );
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
    const { db, clock } = this.installation;
    const said = { mail: mail.id, kind: mail.kind, attempt: mail.attempts };
    if (outcome.kind === 'taken') {
      await settleMail(db, mail, { state: 'sent', problem: null }, clock());
      this.log.info(said, 'mail sent');
      return;
    }
    const problem = outcome.code ? `${outcome.problem} ${outcome.code}` : outcome.problem;
    this.log.warn({ ...said, problem }, outcome.kind === 'refused' ? 'mail refused' : 'mail put off');
    if (outcome.kind === 'refused') await settleMail(db, mail, { state: 'failed', problem }, clock());
    else await this.putOff(mail, problem);
  }

  private async putOff(mail: ClaimedMail, problem: string): Promise<void> {
    const { db, clock } = this.installation;
    const delay = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** (mail.attempts - 1));
    const nextAttemptAt = addMillis(clock(), Math.round(delay * (0.75 + this.parts.random() / 2)));
    await settleMail(db, mail, { state: 'waiting', problem, nextAttemptAt }, clock());
  }
}
