import * as v from 'valibot';
import { decodeBase45, encodeBase45 } from '../base45.ts';
import {
  base64urlToBytes,
  bytesToBase64url,
  bytesToHex,
  bytesToUuid,
  hexToBytes,
  uuidToBytes,
  type Bytes,
} from '../bytes.ts';
import {
  SignedRecordSchema,
  type SignedRecord,
  type SignedScan,
  type SignedWalkIn,
} from '../signed-record.ts';
import type { Scan, StaffWord } from '../scan.ts';
import { REFUSALS, type VerdictWord } from '../verdict.ts';
import type { WalkIn } from '../wire.ts';
import { Packer, Unpacker, Unreadable } from './packing.ts';

/**
 * Signed records in few bytes: a scan takes some 95 instead of the 600 of its JSON, of which the signature's 64, a new
 * ticket's 16 and its own id's random 10 can't be less.
 *
 * One column after the other, because like stands best beside like: what differs little from the row before is written
 * as the difference, what repeats as its number in a list. Every field comes back exactly as it was, because the
 * signature is over all of them.
 */

/** Only grows at the end: a word's place is what is written. */
const VERDICTS: readonly VerdictWord[] = ['admitted', 'left', ...REFUSALS];

const FLAG = { ticket: 1, hash: 2, exit: 4, override: 8, byHand: 16, undoes: 32, cursor: 64 } as const;

/** What repeats is written once, and then as its number. */
class ListWriter {
  private readonly numbers = new Map<string, number>();
  private readonly packer: Packer;
  private readonly writeItem: (item: string) => void;

  constructor(packer: Packer, writeItem: (item: string) => void) {
    this.packer = packer;
    this.writeItem = writeItem;
  }

  /** 0 and the item where it is new, else how far back in the list it stands. */
  write(item: string): void {
    const known = this.numbers.get(item);
    this.packer.count(known === undefined ? 0 : this.numbers.size - known);
    if (known !== undefined) return;
    this.numbers.set(item, this.numbers.size);
    this.writeItem(item);
  }
}

class ListReader {
  private readonly items: string[] = [];
  private readonly unpacker: Unpacker;
  private readonly readItem: () => string;

  constructor(unpacker: Unpacker, readItem: () => string) {
    this.unpacker = unpacker;
    this.readItem = readItem;
  }

  read(): string {
    const back = this.unpacker.count(this.items.length);
    if (back > 0) return this.items[this.items.length - back]!;
    const item = this.readItem();
    this.items.push(item);
    return item;
  }
}

export function packRecords(records: readonly SignedRecord[]): Bytes {
  const scans = records
    .filter((record) => 'scan' in record)
    .sort((a, b) => compare(a.scan.deviceId, b.scan.deviceId) || a.scan.deviceSeq - b.scan.deviceSeq);
  const walkIns = records.filter((record) => 'walkIn' in record);
  const packer = new Packer();
  packScans(packer, scans);
  packWalkIns(packer, walkIns);
  return packer.done();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function packScans(packer: Packer, signed: SignedScan[]): void {
  const scans = signed.map(({ scan }) => scan);
  const column = (write: (scan: Scan, before: Scan | undefined) => void) =>
    scans.forEach((scan, i) => write(scan, scans[i - 1]));
  const texts = () => new ListWriter(packer, (text) => packer.text(text));
  const uuids = () => new ListWriter(packer, (id) => packer.raw(uuidToBytes(id)));
  packer.count(scans.length);
  column((scan) => packer.byte(flagsOf(scan)));
  column((scan) => packer.byte(VERDICTS.indexOf(scan.verdictShown)));
  const devices = uuids();
  column((scan) => devices.write(scan.deviceId));
  column((scan, before) => packer.difference(scan.deviceSeq, before?.deviceSeq ?? 0));
  column((scan, before) => packer.difference(scan.deviceTime, before?.deviceTime ?? 0));
  column((scan, before) => packer.difference(scan.clockOffset, before?.clockOffset ?? 0));
  const checkpoints = texts();
  column((scan) => checkpoints.write(scan.checkpointId));
  const cursors = texts();
  column((scan) => scan.rosterCursor !== null && cursors.write(scan.rosterCursor));
  const words = texts();
  for (const name of ['override', 'byHand'] as const)
    column((scan) => {
      const word = scan[name];
      if (!word) return;
      words.write(word.by);
      words.write(word.why);
    });
  // The first six bytes of a UUIDv7 are a time, which is that of the scan.
  column((scan) => packer.difference(timeOf(scan.id), scan.deviceTime));
  column((scan) => packer.raw(uuidToBytes(scan.id).subarray(6)));
  column((scan) => scan.undoes !== null && packer.raw(uuidToBytes(scan.undoes)));
  const tickets = uuids();
  column((scan) => scan.ticketId !== null && tickets.write(scan.ticketId));
  const hashes = new ListWriter(packer, (hash) => packer.raw(hexToBytes(hash)));
  column((scan) => scan.payloadHash !== null && hashes.write(scan.payloadHash));
  for (const { signature } of signed) packer.raw(base64urlToBytes(signature)!);
}

function flagsOf(scan: Scan): number {
  return (
    (scan.ticketId !== null ? FLAG.ticket : 0) |
    (scan.payloadHash !== null ? FLAG.hash : 0) |
    (scan.direction === 'exit' ? FLAG.exit : 0) |
    (scan.override ? FLAG.override : 0) |
    (scan.byHand ? FLAG.byHand : 0) |
    (scan.undoes !== null ? FLAG.undoes : 0) |
    (scan.rosterCursor !== null ? FLAG.cursor : 0)
  );
}

function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

function packWalkIns(packer: Packer, walkIns: SignedWalkIn[]): void {
  packer.count(walkIns.length);
  for (const { walkIn, deviceId, signature } of walkIns) {
    for (const id of [deviceId, walkIn.registrationId, walkIn.ticketId]) packer.raw(uuidToBytes(id));
    packer.text(walkIn.name);
    packer.text(walkIn.workgroupId);
    packTicketText(packer, walkIn.ticketText);
    packer.difference(walkIn.deviceTime, 0);
    packer.difference(walkIn.clockOffset, 0);
    packer.raw(base64urlToBytes(signature)!);
  }
}

const TICKET_PREFIX = 'EL:';

/** A ticket as its bytes; what is none, as it stands. */
function packTicketText(packer: Packer, text: string): void {
  const bytes = text.startsWith(TICKET_PREFIX) ? decodeBase45(text.slice(TICKET_PREFIX.length)) : null;
  packer.count(bytes ? bytes.length + 1 : 0);
  if (bytes) packer.raw(bytes);
  else packer.text(text);
}

function unpackTicketText(unpacker: Unpacker): string {
  const length = unpacker.count(1_000);
  return length === 0 ? unpacker.text() : TICKET_PREFIX + encodeBase45(unpacker.raw(length - 1));
}

/** @returns the records, or null where these are not packed records, or a record is not one */
export function unpackRecords(bytes: Uint8Array): SignedRecord[] | null {
  const unpacker = new Unpacker(bytes);
  try {
    const records = [...unpackScans(unpacker), ...unpackWalkIns(unpacker)];
    unpacker.end();
    const parsed = v.safeParse(v.array(SignedRecordSchema), records);
    return parsed.success ? parsed.output : null;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

function unpackScans(unpacker: Unpacker): unknown[] {
  const count = unpacker.count(unpacker.left);
  const column = <Value>(read: (i: number, before: Value | undefined) => Value): Value[] => {
    const values: Value[] = [];
    for (let i = 0; i < count; i += 1) values.push(read(i, values[i - 1]));
    return values;
  };
  const texts = () => new ListReader(unpacker, () => unpacker.text());
  const uuid = () => bytesToUuid(unpacker.raw(16));
  const flags = column(() => unpacker.byte());
  const having = <Value>(flag: number, read: () => Value) =>
    column<Value | null>((i) => (flags[i]! & flag ? read() : null));
  const verdicts = column(() => VERDICTS[unpacker.byte()]);
  const devices = new ListReader(unpacker, uuid);
  const deviceIds = column(() => devices.read());
  const sequence = () => column<number>((_, before) => unpacker.difference(before ?? 0));
  const [deviceSeqs, deviceTimes, clockOffsets] = [sequence(), sequence(), sequence()];
  const checkpoints = texts();
  const checkpointIds = column(() => checkpoints.read());
  const cursors = texts();
  const rosterCursors = having(FLAG.cursor, () => cursors.read());
  const words = texts();
  const word = (): StaffWord => ({ by: words.read(), why: words.read() });
  const overrides = having(FLAG.override, word);
  const byHands = having(FLAG.byHand, word);
  const times = column((i) => unpacker.difference(deviceTimes[i]!));
  const ids = column((i) => uuidOf(times[i]!, unpacker.raw(10)));
  const undone = having(FLAG.undoes, uuid);
  const tickets = new ListReader(unpacker, uuid);
  const ticketIds = having(FLAG.ticket, () => tickets.read());
  const hashes = new ListReader(unpacker, () => bytesToHex(unpacker.raw(32)));
  const payloadHashes = having(FLAG.hash, () => hashes.read());
  const signatures = column(() => bytesToBase64url(unpacker.raw(64)));
  return ids.map((id, i) => ({
    scan: {
      id,
      deviceId: deviceIds[i],
      deviceSeq: deviceSeqs[i],
      ticketId: ticketIds[i],
      payloadHash: payloadHashes[i],
      checkpointId: checkpointIds[i],
      direction: flags[i]! & FLAG.exit ? 'exit' : 'entry',
      deviceTime: deviceTimes[i],
      clockOffset: clockOffsets[i],
      rosterCursor: rosterCursors[i],
      verdictShown: verdicts[i],
      override: overrides[i],
      byHand: byHands[i],
      undoes: undone[i],
      // A new field does not compile until it is packed.
    } satisfies Record<keyof Scan, unknown>,
    signature: signatures[i],
  }));
}

function uuidOf(time: number, rest: Uint8Array): string {
  if (time < 0 || time >= 2 ** 48) throw new Unreadable('no time of an id');
  const bytes = new Uint8Array(16);
  bytes.set(hexToBytes(time.toString(16).padStart(12, '0')));
  bytes.set(rest, 6);
  return bytesToUuid(bytes);
}

function unpackWalkIns(unpacker: Unpacker): unknown[] {
  const count = unpacker.count(unpacker.left);
  const walkIns: unknown[] = [];
  for (let i = 0; i < count; i += 1) {
    const [deviceId, registrationId, ticketId] = [0, 0, 0].map(() => bytesToUuid(unpacker.raw(16)));
    const walkIn = {
      registrationId,
      ticketId,
      name: unpacker.text(),
      workgroupId: unpacker.text(),
      ticketText: unpackTicketText(unpacker),
      deviceTime: unpacker.difference(0),
      clockOffset: unpacker.difference(0),
    } satisfies Record<keyof WalkIn, unknown>;
    walkIns.push({ walkIn, deviceId, signature: bytesToBase64url(unpacker.raw(64)) });
  }
  return walkIns;
}
