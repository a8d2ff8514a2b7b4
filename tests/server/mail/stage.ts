import { NO_NEEDS } from '../../../src/lib/domain/access-needs.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../../../src/lib/domain/ids.ts';
import { addMillis, DAY, type Millis } from '../../../src/lib/domain/time.ts';
import type { MailRow } from '../../../src/lib/server/database/schema.ts';
import { createEvent, type NewEvent } from '../../../src/lib/server/events.ts';
import { registerByForm, type FormRegistration } from '../../../src/lib/server/form-registration.ts';
import type { Installation, InstallationOptions } from '../../../src/lib/server/installation.ts';
import { smtpTransport, type Timeouts } from '../../../src/lib/server/mail/handover.ts';
import type { MailServer } from '../../../src/lib/server/mail/mail-server.ts';
import { Postman } from '../../../src/lib/server/mail/postman.ts';
import { dialogueEvening } from '../../support/events.ts';
import { testInstallation, type TestInstallation } from '../../support/installation.ts';
import { SENDER } from '../../support/mail.ts';

export const evening = dialogueEvening();
export const w5 = 'w5' as WorkgroupId;
export const w6 = 'w6' as WorkgroupId;
/** Short, but longer than an answer on a busy machine takes. */
const TIMEOUTS: Timeouts = { connection: 1_000, silence: 1_000, mail: 2_000 };

/** The postman's clockwork, wound by the test. */
export class Clockwork {
  private pending: { callback: () => void; delay: number } | null = null;
  private readonly waiting = new Set<() => void>();

  readonly schedule = (callback: () => void, delay: number): (() => void) => {
    const entry = { callback, delay };
    this.pending = entry;
    for (const wake of this.waiting) wake();
    this.waiting.clear();
    return () => {
      if (this.pending === entry) this.pending = null;
    };
  };

  /** Until the postman has nothing to do but wait. @returns for how long, in milliseconds */
  async idle(): Promise<number> {
    while (!this.pending) await new Promise<void>((resolve) => this.waiting.add(resolve));
    return this.pending.delay;
  }

  /** Time passes: the postman looks again. @returns for how long it waits afterwards, in milliseconds */
  async round(): Promise<number> {
    await this.idle();
    const { callback } = this.pending!;
    this.pending = null;
    callback();
    return this.idle();
  }
}

/** An installation with the evening, a clock that stands still, and as many postmen as are hired. */
export class Stage {
  now: Millis = addMillis(evening.registrationUntil, -DAY);
  installation!: Installation;
  eventId!: EventId;
  private opened!: TestInstallation;
  private readonly postmen: Postman[] = [];

  static async open(event: Partial<NewEvent> = {}): Promise<Stage> {
    const stage = new Stage();
    stage.opened = await testInstallation(() => stage.now);
    stage.installation = stage.opened.installation;
    stage.eventId = await createEvent(stage.installation, { ...evening, ...event });
    return stage;
  }

  /** A second server process on the same data; whoever opens it closes it. */
  openAgain(options: Partial<InstallationOptions> = {}): Promise<Installation> {
    return this.opened.openAgain(options);
  }

  async register(form: Partial<FormRegistration> = {}): Promise<RegistrationId> {
    const outcome = await registerByForm(this.installation, this.eventId, {
      submissionId: crypto.randomUUID(),
      names: ['Fatma Yılmaz'],
      email: 'fatma@example.org',
      affiliation: null,
      workgroupId: w5,
      secondChoiceId: null,
      needs: NO_NEEDS,
      locale: 'de',
      whenFull: 'waiting_list',
      ...form,
    });
    if (outcome.kind !== 'registered') throw new Error(outcome.kind);
    return outcome.registrationId;
  }

  hire(
    server: MailServer,
    installation = this.installation,
    timeouts = TIMEOUTS,
  ): { postman: Postman; clockwork: Clockwork } {
    const clockwork = new Clockwork();
    const postman = new Postman(installation, {
      transport: smtpTransport(server, SENDER, timeouts),
      schedule: clockwork.schedule,
      random: () => 0.5,
    });
    this.postmen.push(postman);
    postman.start();
    return { postman, clockwork };
  }

  mails(): Promise<MailRow[]> {
    return this.installation.db.selectFrom('mails').selectAll().orderBy('created_at').orderBy('id').execute();
  }

  async close(): Promise<void> {
    for (const postman of this.postmen) await postman.stop();
    await this.opened.dispose();
  }
}
