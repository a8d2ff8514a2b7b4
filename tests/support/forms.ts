import { millis, MINUTE } from '../../src/lib/domain/time.ts';
import { stampForm } from '../../src/lib/server/form-moment.ts';
import type { Installation } from '../../src/lib/server/installation.ts';

/** The stamp of a form that somebody has had a minute to fill in. */
export function minuteOldStamp(installation: Pick<Installation, 'secrets' | 'clock'>): string {
  return stampForm(installation, millis(installation.clock() - MINUTE));
}
