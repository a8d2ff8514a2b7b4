import { addMillis, DAY, MINUTE } from '../../domain/time.ts';
import { m } from '../../i18n/index.ts';
import type { Installation } from '../installation.ts';
import { inTurn } from '../turns.ts';
import type { MailTransport } from './handover.ts';
import { mailHost } from './message.ts';

/** Between two attempts, and how long they go on. */
const RETRY = 10 * MINUTE;
const GIVE_UP = 2 * DAY;

/**
 * Tells by mail those whose second factor was taken away, in German and in English: an account has no language. A mail
 * goes again, under the same Message-ID, where a process dies between the server's yes and the record of it.
 *
 * @returns false when the mail server is away
 */
export async function sendFactorNotices(
  installation: Installation,
  transport: Pick<MailTransport, 'handOver'>,
): Promise<boolean> {
  const isThere = await inTurn(installation, 'factor-notices', () => sendDue(installation, transport));
  return isThere ?? true;
}

async function sendDue(
  installation: Installation,
  transport: Pick<MailTransport, 'handOver'>,
): Promise<boolean> {
  const { db, clock, log, origin } = installation;
  const due = await db
    .selectFrom('users')
    .select(['id', 'name', 'email', 'factor_taken_at'])
    .where('factor_notice_at', '<=', clock())
    .execute();
  for (const user of due) {
    const outcome = await transport.handOver({
      messageId: `<${user.id}.${user.factor_taken_at ?? 0}@${mailHost(installation)}>`,
      date: new Date(clock()),
      to: { name: user.name, address: user.email },
      subject: m.account_security_mail_subject({}, { locale: 'de' }),
      text: (['de', 'en'] as const)
        .map((locale) => m.account_security_mail_text({ origin }, { locale }))
        .join('\n\n'),
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    if (outcome.kind === 'unavailable') return false;
    const isLate = clock() >= addMillis(user.factor_taken_at ?? clock(), GIVE_UP);
    const next = outcome.kind === 'later' && !isLate ? addMillis(clock(), RETRY) : null;
    await db.updateTable('users').set({ factor_notice_at: next }).where('id', '=', user.id).execute();
    const said = { user: user.id, outcome: outcome.kind };
    if (outcome.kind === 'taken') log.info(said, 'notice of a taken second factor sent');
    else log.warn(said, 'notice of a taken second factor not sent');
  }
  return true;
}
