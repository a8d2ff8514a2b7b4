import { v4, v7 } from 'uuid';
import { decideAdmission } from '../domain/admission.ts';
import type { EventState } from '../domain/event-state.ts';
import type { RegistrationId, ScanId, TicketId, WorkgroupId } from '../domain/ids.ts';
import { staffWord, type Scan, type StaffWord } from '../domain/scan.ts';
import type { Checkpoint } from '../domain/setting.ts';
import { issueTicketText, type TicketReading } from '../domain/ticket.ts';
import type { Verdict } from '../domain/verdict.ts';
import { vouchedFor } from '../domain/vouched-for.ts';
import { NAME_LENGTH, type WalkIn } from '../domain/wire.ts';
import type { Duty, Identity } from './database.ts';
import { lastStandingScan } from './last-scan.ts';
import type { NewScan } from './outbox.ts';
import { readScanned } from './reading.ts';
import { NotStored } from './steadfast-write.ts';
import type { DoorStore } from './store.ts';

/** What the screen shows for a scan. */
export type ScanOutcome =
  /** The scan is on disk, and this is the verdict. */
  | { kind: 'shown'; scan: Scan; verdict: Verdict }
  /** The disk refused: nobody may be admitted on this tablet now. */
  | { kind: 'not_stored' }
  /** The tablet is not paired, or has no setting yet, or stands at no checkpoint. */
  | { kind: 'not_ready' };

export type UndoOutcome = { kind: 'undone'; scan: Scan } | Exclude<ScanOutcome, { kind: 'shown' }>;

interface Post {
  identity: Identity;
  state: EventState;
  duty: Duty;
  checkpoint: Checkpoint;
}

/**
 * A tablet at a door: reads, decides, stores, and only then shows. One thing at a time, so that two scans can't decide
 * on the same knowledge.
 */
export class Door {
  private readonly store: DoorStore;
  private queue: Promise<unknown> = Promise.resolve();
  private underWay = 0;

  constructor(store: DoorStore) {
    this.store = store;
  }

  /** Something is being decided or written. */
  get busy(): boolean {
    return this.underWay > 0;
  }

  /**
   * A scanned text becomes a verdict that is on disk.
   *
   * @param texts - several where it isn't sure what a keyboard has made of it, the likeliest first
   */
  scan(...texts: string[]): Promise<ScanOutcome> {
    return this.inTurn(async () => {
      const post = this.post();
      if (!post) return { kind: 'not_ready' };
      const reading = await readScanned(texts, post.state);
      const verdict = this.decide(post, reading);
      const subject =
        reading.kind === 'ticket'
          ? { ticketId: reading.ticket.ticketId, payloadHash: null }
          : { ticketId: null, payloadHash: reading.payloadHash };
      return this.record(this.newScan(post, { ...subject, verdictShown: verdict.word }), verdict);
    });
  }

  /**
   * Somebody of the roster without a ticket at hand becomes a verdict, as if the current ticket had been scanned.
   *
   * @returns `not_ready` also when the roster doesn't hold the registration any more
   */
  checkInByHand(registrationId: RegistrationId, byHand: StaffWord): Promise<ScanOutcome> {
    return this.inTurn(async () => {
      const post = this.post();
      const registration = post?.state.registrations.get(registrationId);
      if (!post || !registration) return { kind: 'not_ready' };
      const { ticketId } = registration;
      const verdict = this.decide(post, vouchedFor(ticketId, post.state));
      const about = { ticketId, payloadHash: null, verdictShown: verdict.word, byHand: staffWord(byHand) };
      return this.record(this.newScan(post, about), verdict);
    });
  }

  /** The staff let the holder through against the verdict just shown: a scan of its own, with who and why. */
  override(shown: { scan: Scan; verdict: Verdict }, by: string, why: string): Promise<ScanOutcome> {
    return this.inTurn(async () => {
      const post = this.post();
      if (!post) return { kind: 'not_ready' };
      const { ticketId, payloadHash, verdictShown, byHand } = shown.scan;
      const override = staffWord({ by, why });
      const scan = this.newScan(post, { ticketId, payloadHash, verdictShown, override, byHand });
      return this.record(scan, shown.verdict);
    });
  }

  /** This tablet's latest scan that opened a door and stands: what may be taken back without its ticket. */
  lastScan(): Promise<Scan | null> {
    return lastStandingScan(this.store.db);
  }

  /** Takes a scan of this tablet back: a scan of its own, because the log only grows. */
  undo(target: Scan): Promise<UndoOutcome> {
    return this.inTurn(async () => {
      const post = this.post();
      if (!post) return { kind: 'not_ready' };
      const { ticketId, payloadHash, checkpointId, direction, verdictShown } = target;
      const duty = { checkpointId, direction };
      const scan = this.newScan(
        { ...post, duty },
        { ticketId, payloadHash, verdictShown, undoes: target.id },
      );
      const stored = await this.keep(scan);
      return stored ? { kind: 'undone', scan: stored } : { kind: 'not_stored' };
    });
  }

  /**
   * Registers somebody at the door, without network: the ticket is signed by this tablet and good at every other.
   *
   * @returns the walk-in, or null when the tablet is not ready or the name is empty
   * @throws when the disk refuses
   */
  walkIn(givenName: string, workgroupId: WorkgroupId): Promise<WalkIn | null> {
    return this.inTurn(async () => {
      const { identity, state, progress } = this.store;
      const workgroup = state?.venue.workgroups.get(workgroupId);
      const name = givenName.trim().slice(0, NAME_LENGTH);
      if (!identity || !state || !workgroup || !name) return null;
      const { eventId, admissionFrom, admissionUntil } = state.venue.setting;
      const ticketId = v4() as TicketId;
      const ticketText = await issueTicketText(
        {
          keyId: identity.keyId,
          eventId,
          ticketId,
          workgroupNumber: workgroup.number,
          validFrom: admissionFrom,
          validUntil: admissionUntil,
        },
        identity.privateKey,
      );
      const walkIn: WalkIn = {
        registrationId: v7() as RegistrationId,
        ticketId,
        name,
        workgroupId,
        ticketText,
        deviceTime: this.store.deviceTime(),
        clockOffset: progress.clockOffset,
      };
      await this.store.appendWalkIn(walkIn);
      return walkIn;
    });
  }

  private post(): Post | null {
    const { identity, state, duty } = this.store;
    const checkpoint = duty && state?.venue.checkpoints.get(duty.checkpointId);
    return identity && state && duty && checkpoint ? { identity, state, duty, checkpoint } : null;
  }

  private decide({ state, duty, checkpoint }: Post, reading: TicketReading): Verdict {
    const { direction } = duty;
    return decideAdmission({ reading, checkpoint, direction, now: this.store.now() }, state);
  }

  private newScan(
    { identity, duty }: Pick<Post, 'identity' | 'duty'>,
    about: Pick<Scan, 'ticketId' | 'payloadHash' | 'verdictShown'> &
      Partial<Pick<Scan, 'override' | 'byHand' | 'undoes'>>,
  ): NewScan {
    return {
      id: v7() as ScanId,
      deviceId: identity.deviceId,
      checkpointId: duty.checkpointId,
      direction: duty.direction,
      deviceTime: this.store.deviceTime(),
      clockOffset: this.store.progress.clockOffset,
      rosterCursor: this.store.progress.cursor,
      override: null,
      byHand: null,
      undoes: null,
      ...about,
    };
  }

  private async record(scan: NewScan, verdict: Verdict): Promise<ScanOutcome> {
    const stored = await this.keep(scan);
    return stored ? { kind: 'shown', scan: stored, verdict } : { kind: 'not_stored' };
  }

  /** @returns the scan as it is on disk, or null when the disk refused */
  private async keep(scan: NewScan): Promise<Scan | null> {
    try {
      return await this.store.appendScan(scan);
    } catch (error) {
      if (error instanceof NotStored) void this.accountFor(error as NotStored<Scan>);
      return null;
    }
  }

  /**
   * What got to the disk after the screen had refused it is in the log: it must say that a scan did not count, and what
   * takes one back does so.
   */
  private async accountFor({ late }: NotStored<Scan>): Promise<void> {
    const scan = await late;
    if (scan?.undoes === null) await this.undo(scan);
    else if (scan) await this.inTurn(() => this.store.believeLate(scan));
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.queue.then(work);
    this.underWay += 1;
    this.queue = turn.catch(() => undefined).then(() => void (this.underWay -= 1));
    return turn;
  }
}
