import { addMillis, HOUR, millis, type Millis } from '../domain/time.ts';
import type { Change } from '../domain/wire.ts';

/** How long after the event a tablet still knows who was invited, in milliseconds: time to settle what is open. */
const GRACE = 12 * HOUR;

/** When the roster of the setting among these changes expires, or null when there is none among them. */
export function expiryOf(changes: readonly Change[]): Millis | null {
  const change = changes.findLast(({ kind }) => kind === 'setting');
  if (change?.kind !== 'setting') return null;
  const { endsAt, admissionUntil } = change.setting;
  return addMillis(millis(Math.max(endsAt, admissionUntil)), GRACE);
}
