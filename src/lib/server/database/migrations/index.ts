import type { Migration } from 'kysely/migration';
import { firstLine } from './0001-first-line.ts';
import { accounts } from './0002-accounts.ts';
import { registration } from './0003-registration.ts';
import { feedback } from './0004-feedback.ts';
import { handInToken } from './0006-hand-in-token.ts';
import { byHand } from './0007-by-hand.ts';
import { members } from './0008-members.ts';
import { registrationList } from './0010-registration-list.ts';
import { assignments } from './0012-assignments.ts';
import { imports } from './0013-imports.ts';
import { publication } from './0014-publication.ts';
import { deviceLock } from './0015-device-lock.ts';
import { secondFactor } from './0016-second-factor.ts';
import { decisions } from './0017-decisions.ts';
import { afterTheEvent } from './0018-after-the-event.ts';
import { interfaces } from './0019-interfaces.ts';
import { announcements } from './0020-announcements.ts';
import { severalProcesses } from './0021-several-processes.ts';
import { revokedKeys } from './0022-revoked-keys.ts';
import { scansOfEvents } from './0024-scans-of-events.ts';
import { accountSecurity } from './0025-account-security.ts';
import { relayed } from './0026-relayed.ts';

/** In the order of their names; one that has been released is never changed. */
export const migrations: Record<string, Migration> = {
  '0001-first-line': firstLine,
  '0002-accounts': accounts,
  '0003-registration': registration,
  '0004-feedback': feedback,
  '0006-hand-in-token': handInToken,
  '0007-by-hand': byHand,
  '0008-members': members,
  '0010-registration-list': registrationList,
  '0012-assignments': assignments,
  '0013-imports': imports,
  '0014-publication': publication,
  '0015-device-lock': deviceLock,
  '0016-second-factor': secondFactor,
  '0017-decisions': decisions,
  '0018-after-the-event': afterTheEvent,
  '0019-interfaces': interfaces,
  '0020-announcements': announcements,
  '0021-several-processes': severalProcesses,
  '0022-revoked-keys': revokedKeys,
  '0024-scans-of-events': scansOfEvents,
  '0025-account-security': accountSecurity,
  '0026-relayed': relayed,
};
