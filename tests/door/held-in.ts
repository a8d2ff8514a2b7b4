import { heldOf, type Held } from '../../src/lib/domain/held.ts';
import { isSignedScan, type SignedRecord } from '../../src/lib/domain/signed-record.ts';

/** What somebody has who has these records. */
export function heldIn(records: Iterable<SignedRecord>): Held {
  const all = [...records];
  return heldOf(
    all.filter(isSignedScan).map(({ scan }) => scan),
    all.flatMap((record) => (isSignedScan(record) ? [] : [record.walkIn.registrationId])),
  );
}
