import type { RecordBook, Taken, Way } from '../../src/lib/door/record-book.ts';
import { StoreRecordBook } from '../../src/lib/door/store-record-book.ts';
import { isSignedScan, type SignedRecord } from '../../src/lib/domain/signed-record.ts';
import type { Tablet } from './tablet.ts';

/** Hands over from one tablet to another what that one lacks. @param alter - what somebody between them makes of it */
export async function handOver(
  from: Tablet,
  to: Tablet,
  way: Way,
  alter: (records: SignedRecord[]) => SignedRecord[] = (records) => records,
): Promise<Taken> {
  const [giver, taker]: RecordBook[] = [new StoreRecordBook(from.store), new StoreRecordBook(to.store)];
  const records = await giver!.beyond(await taker!.held());
  return taker!.take(JSON.parse(JSON.stringify(alter(records))) as SignedRecord[], way);
}

/** Each scan the other way round, and each walk-in under another name, behind their signatures. */
export function altered(records: SignedRecord[]): SignedRecord[] {
  return records.map((record) =>
    isSignedScan(record)
      ? {
          ...record,
          scan: { ...record.scan, direction: record.scan.direction === 'entry' ? 'exit' : 'entry' },
        }
      : { ...record, walkIn: { ...record.walkIn, name: 'Niemand' } },
  );
}
