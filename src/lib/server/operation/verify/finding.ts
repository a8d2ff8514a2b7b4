import type { EventId } from '../../../domain/ids.ts';
import type { Tx } from '../../database/open.ts';

/** Something that was found, in words for whoever runs the server; it names ids, never people. */
export interface Finding {
  /** A note explains something that looks odd and is in order. */
  weight: 'problem' | 'note';
  /** The event's slug; null where it is about the installation. */
  event: string | null;
  text: string;
}

export const problem = (event: string | null, text: string): Finding => ({ weight: 'problem', event, text });
export const note = (event: string | null, text: string): Finding => ({ weight: 'note', event, text });

/** An event that is checked. */
export interface CheckedEvent {
  id: EventId;
  slug: string;
  /** Its personal data has been erased, and with it what explains some things. */
  erased: boolean;
}

export interface Checking {
  tx: Tx;
  event: CheckedEvent;
}

/** At most three of many, for a line of text. */
export function some(ids: readonly (string | number)[]): string {
  const shown = ids.slice(0, 3).join(', ');
  return ids.length > 3 ? `${shown} and ${ids.length - 3} more` : shown;
}
