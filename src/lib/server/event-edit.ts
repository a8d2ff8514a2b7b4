import { createHash } from 'node:crypto';
import type { EventId } from '../domain/ids.ts';
import { lockInstallation } from './database/locks.ts';
import type { Tx } from './database/open.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';

/** Somebody else has saved something else since the form was opened. */
export interface ChangedMeanwhile {
  kind: 'changed_meanwhile';
}

/**
 * What a form was filled with, in few characters: the form brings it back, so that two who edit at once notice. Made of
 * the content alone, so that only changes of the same part count.
 */
export function versionOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 16);
}

/** Takes back what the edit has written so far, and answers with the reason. */
export type Refuse<Outcome> = (outcome: Outcome) => never;

class Refused<Outcome> extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('refused');
    this.outcome = outcome;
  }
}

/**
 * Changes an event's set-up in one transaction, one edit after the other, and tells tablets and live pages. What is
 * refused leaves nothing behind.
 */
export async function editEvent<Outcome>(
  installation: Installation,
  eventId: EventId,
  edit: (tx: Tx, refuse: Refuse<Outcome>) => Promise<Outcome>,
): Promise<Outcome> {
  const refuse: Refuse<Outcome> = (outcome) => {
    throw new Refused(outcome);
  };
  try {
    const outcome = await installation.db.transaction().execute(async (tx) => {
      // An edit may touch what other events' tablets know.
      await lockInstallation(tx);
      await nextChange(tx, eventId);
      return edit(tx, refuse);
    });
    installation.news.publish(eventId);
    return outcome;
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown.outcome as Outcome;
    throw thrown;
  }
}
