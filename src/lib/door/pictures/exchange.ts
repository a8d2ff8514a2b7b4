import type { Bytes } from '../../domain/bytes.ts';
import { MAX_BLOCKS } from '../../domain/fountain.ts';
import { Inbox, type Message } from '../../domain/pictures/inbox.ts';
import { openPicture, PICTURE_OVERHEAD, type Picture, type Session } from '../../domain/pictures/picture.ts';
import { goOn, type TalkEvent } from '../../domain/pictures/talk.ts';
import { makerOf, type SignedRecord } from '../../domain/signed-record.ts';
import { MINUTE, type Clock } from '../../domain/time.ts';
import type { DeviceBook } from '../device-book.ts';
import type { RecordBook, Taken } from '../record-book.ts';
import { inAll, statusAtFirst, type ExchangeStatus, type PictureRefusal } from './exchange-status.ts';
import {
  readHeld,
  readRecords,
  readReport,
  writeHeld,
  writeRecords,
  writeReport,
  type RecordsMessage,
} from './message-bytes.ts';
import { ShownMessage, type Seal } from './shown.ts';

/** The most records in one message that the other has asked for: some 40 seconds' worth. It asks again for the rest. */
export const PORTION = 5_000;
/** More than any record but a rare one takes, in bytes. */
const BYTES_PER_RECORD = 150;
/** What was not made for this very tablet counts for so long, in milliseconds: clocks differ, and films are kept. */
const FRESH = 10 * MINUTE;
/** A report is made anew when so many of a hundred blocks have come. */
const REPORT_STEP = 5;

/** Where two messages are shown in turns, each stays for so many pictures, so that slow cameras see both. */
const STAYS = 4;

interface Options {
  book: RecordBook & DeviceBook;
  seal: Seal;
  clock: Clock;
  /** The most bytes of a picture. */
  room: number;
  /** Told at once how it begins, and of every change. */
  onChange: (status: ExchangeStatus) => void;
}

/**
 * Carries out what a {@link Talk} comes to: makes the pictures that are due, and reads those of the other tablet. Nothing
 * is stored before all of a message is here, every picture of it was opened with the event's key, and it was made for
 * this tablet.
 */
export class PictureExchange {
  private readonly options: Options;
  private readonly inbox = new Inbox();
  /** Every session of this tablet, to know its own pictures in a mirror, and answers to earlier ones. */
  private readonly own = new Set<Session>();
  /** Those in which it has shown records. */
  private readonly gave = new Set<Session>();
  /** What is shown, in turns. */
  private screen: ShownMessage[] = [];
  private turn = 0;
  private held: ShownMessage | null = null;
  /** Whose records are being taken. */
  private from: Session | null = null;
  private reported = -1;
  private last: Bytes | null = null;
  private queue: Promise<unknown> = Promise.resolve();
  private status: ExchangeStatus;

  constructor(as: 'giver' | 'taker', options: Options) {
    this.options = options;
    this.status = statusAtFirst(as);
    options.onChange(this.status);
    if (as === 'taker') void this.inTurn(() => this.ask());
  }

  /** The next picture to show, or null while there is none. */
  nextPicture(): Promise<Bytes | null> {
    return this.inTurn(async () => {
      const message = this.screen[Math.floor(this.turn++ / STAYS) % (this.screen.length || 1)];
      if (!message) return null;
      const picture = await message.picture();
      if (this.status.talk.phase === 'giving') this.tell({ shown: message.shown });
      return picture;
    });
  }

  /** A code was seen on the other's screen. */
  see(bytes: Bytes): Promise<void> {
    return this.inTurn(async () => {
      if (this.last && sameBytes(this.last, bytes)) return;
      this.last = bytes;
      const reading = await openPicture(bytes, this.options.seal.key, this.options.seal.eventId);
      if (reading.kind === 'no_picture') return;
      if (reading.kind === 'refused') return this.refuse(reading.why);
      const { picture } = reading;
      const wanted = this.wants(picture);
      if (wanted === 'no') return;
      if (wanted !== 'yes') return this.refuse(wanted);
      await this.take(picture);
    });
  }

  showEverything(): Promise<void> {
    return this.inTurn(async () => {
      if (this.goOn({ kind: 'show_everything' })) await this.gather(null);
    });
  }

  otherHasAll(): Promise<void> {
    return this.inTurn(async () => {
      if (this.goOn({ kind: 'other_has_all' })) await this.changeOver();
    });
  }

  private wants({ kind, session, to, madeAt }: Picture): 'yes' | 'no' | PictureRefusal {
    const { phase } = this.status.talk;
    if (this.own.has(session)) return 'no';
    switch (kind) {
      case 'held':
        return 'yes';
      case 'report':
        if (to === null || !this.own.has(to)) return 'other_session';
        return to === this.status.talk.shows || this.gave.has(to) ? 'yes' : 'no';
      case 'records':
        if (phase === 'looking') this.tell({ bothGive: true });
        if (phase !== 'asking' && phase !== 'taking') return 'no';
        if (to === null) return Math.abs(this.options.clock() - madeAt) <= FRESH ? 'yes' : 'old';
        if (to === this.held?.session) return 'yes';
        // Of what was taken just now: the other has not seen yet that this tablet is done.
        return this.own.has(to) ? 'no' : 'other_session';
    }
  }

  private async take(picture: Picture): Promise<void> {
    const arrival = this.inbox.add(picture);
    switch (arrival.kind) {
      case 'nothing':
        return;
      case 'damaged':
        return this.refuse('not_readable');
      case 'part':
        if (picture.kind !== 'records') return;
        this.from = picture.session;
        this.goOn({ kind: 'saw_records', have: arrival.have, needed: arrival.needed });
        this.report(null);
        return;
      case 'message':
        return this.read(arrival.message);
    }
  }

  private async read(message: Message): Promise<void> {
    switch (message.kind) {
      case 'held': {
        const held = readHeld(message.bytes);
        if (!held) return this.refuse('not_readable');
        if (this.goOn({ kind: 'saw_held', session: message.session })) await this.gather(held);
        return;
      }
      case 'records': {
        const { phase } = this.status.talk;
        if (phase !== 'asking' && phase !== 'taking') return;
        const records = await readRecords(message.bytes);
        if (!records) return this.refuse('not_readable');
        this.from = message.session;
        this.goOn({ kind: 'records_complete' });
        return this.store(records);
      }
      case 'report': {
        const report = readReport(message.bytes);
        if (!report) return this.refuse('not_readable');
        const { have, needed, taken } = report;
        if (taken) this.tell({ given: inAll(this.status.given, taken) });
        // It may have all since this tablet showed it to everybody, before it saw whom it shows it to.
        const of = taken ? this.status.talk.shows : message.to;
        this.goOn({ kind: 'saw_report', of, have, needed, stored: taken !== null });
        if (taken) await this.changeOver();
      }
    }
  }

  private async store({ records, makers, more }: RecordsMessage): Promise<void> {
    const { book } = this.options;
    try {
      await book.meet(makers);
      const taken = await book.take(records, 'pictures');
      this.tell({ taken: inAll(this.status.taken, taken), notStored: false });
      this.goOn({ kind: 'stored', more });
      if (more) await this.ask();
      else this.report(taken);
    } catch {
      this.tell({ notStored: true });
      this.goOn({ kind: 'not_stored' });
      await this.ask();
    }
  }

  /** Shows what this tablet has, so that the other can show what it lacks. */
  private async ask(): Promise<void> {
    const held = await this.options.book.held();
    this.held = this.message('held', null, writeHeld(held));
    this.screen = [this.held];
    this.reported = -1;
    this.goOn({ kind: 'shows', session: this.held.session });
  }

  /** Shows how far this tablet has got; and still what it has, should the other begin anew. */
  private report(taken: Taken | null): void {
    const { have, needed } = this.status.talk;
    const step = taken ? 100 : Math.floor((have / needed) * (100 / REPORT_STEP));
    if (step === this.reported) return;
    this.reported = step;
    const report = this.message('report', this.from, writeReport({ have, needed, taken }));
    this.screen = taken || !this.held ? [report] : [report, this.held];
  }

  /** Shows what the other lacks; everything where nobody knows what that is. */
  private async gather(other: ReturnType<typeof readHeld>): Promise<void> {
    this.screen = [];
    const all = inOrder(await this.options.book.beyond(other?.held ?? { scans: {}, walkIns: [] }));
    // Where nobody can ask for the rest, as many as a message holds.
    const most = Math.floor((MAX_BLOCKS * (this.options.room - PICTURE_OVERHEAD)) / BYTES_PER_RECORD);
    const records = all.slice(0, other ? Math.min(PORTION, most) : most);
    const more = other !== null && all.length > records.length;
    const strangers = records.map(makerOf).filter((id) => other?.held.scans[id] === undefined);
    const makers = await this.options.book.certificatesOf(strangers);
    const bytes = await writeRecords({ records, makers, more }, other?.inflates ?? true);
    const message = this.message('records', this.status.talk.to, bytes);
    this.gave.add(message.session);
    this.screen = [message];
    this.tell({ showing: records.length, shown: 0, bothGive: false });
    this.goOn({ kind: 'gathered', session: message.session, needed: message.count, more });
  }

  private async changeOver(): Promise<void> {
    const { phase } = this.status.talk;
    this.screen = [];
    if (phase === 'asking') await this.ask();
  }

  private message(kind: Picture['kind'], to: Session | null, bytes: Bytes): ShownMessage {
    const about = { kind, to, madeAt: this.options.clock() };
    const message = new ShownMessage(about, bytes, this.options.room, this.options.seal);
    this.own.add(message.session);
    return message;
  }

  private refuse(refusal: PictureRefusal): void {
    this.tell({ refusal, refused: this.status.refused + 1 });
  }

  /** @returns whether anything has changed */
  private goOn(event: TalkEvent): boolean {
    const talk = goOn(this.status.talk, event);
    const changed = talk !== this.status.talk;
    if (changed) this.tell({ talk });
    return changed;
  }

  private tell(news: Partial<ExchangeStatus>): void {
    this.status = { ...this.status, ...news };
    this.options.onChange(this.status);
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => undefined);
    return turn;
  }
}

/** Walk-ins first, then each device's scans without a gap, so that any beginning of it is worth having. */
function inOrder(records: SignedRecord[]): SignedRecord[] {
  const walkIns = records.filter((record) => 'walkIn' in record);
  const scans = records.filter((record) => 'scan' in record);
  scans.sort(
    (a, b) =>
      (a.scan.deviceId < b.scan.deviceId ? -1 : a.scan.deviceId > b.scan.deviceId ? 1 : 0) ||
      a.scan.deviceSeq - b.scan.deviceSeq,
  );
  return [...walkIns, ...scans];
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
