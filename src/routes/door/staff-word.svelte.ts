import type { RegistrationId } from '$lib/domain/ids';
import type { Scan } from '$lib/domain/scan';
import type { Verdict } from '$lib/domain/verdict';
import type { Door } from '$lib/door/door';
import type { Shown } from './screens';

/** What the staff are asked before something happens on their word. */
export type StaffQuestion =
  /** Who lets this holder through against the verdict, and why. */
  | { kind: 'override'; shown: { scan: Scan; verdict: Verdict } }
  /** Only who; the answer is null when they turn away from it. */
  | { kind: 'name'; answer: (name: string | null) => void };

interface Surroundings {
  door: () => Door;
  show: (outcome: Shown | { kind: 'not_ready' }) => void;
}

/** What the staff do on their own word: let somebody through against the verdict, and take a scan back. */
export class StaffWord {
  /** Who stands at this tablet, once they have said it; forgotten when the tablet is locked. */
  name = $state('');
  question = $state.raw<StaffQuestion | null>(null);
  /** A ticket was shown while the staff were being asked, and was not looked at. */
  scanHeld = $state(false);
  /** What can be taken back without its ticket. */
  last = $state.raw<Scan | null>(null);

  private readonly door: Surroundings['door'];
  private readonly show: Surroundings['show'];

  constructor({ door, show }: Surroundings) {
    this.door = door;
    this.show = show;
  }

  askForOverride(shown: { scan: Scan; verdict: Verdict }): void {
    this.ask({ kind: 'override', shown });
  }

  /** Asks who it is, unless they have said it before. @returns null when they would not say */
  async nameOrAsk(): Promise<string | null> {
    if (this.name) return this.name;
    return new Promise((answer) => this.ask({ kind: 'name', answer }));
  }

  /** Checks in somebody who has no ticket at hand, once the staff have said who they are. */
  async checkInByHand(registrationId: RegistrationId, why: string): Promise<void> {
    const by = await this.nameOrAsk();
    if (by !== null) this.show(await this.door().checkInByHand(registrationId, { by, why }));
  }

  /** The name that was asked for, and for an override why. */
  async answer(name: string, why: string): Promise<void> {
    const { question } = this;
    this.name = name;
    this.question = null;
    if (question?.kind === 'name') question.answer(name);
    if (question?.kind === 'override') this.show(await this.door().override(question.shown, name, why));
  }

  /** Closes what is asked without an answer. */
  turnAway(): void {
    const { question } = this;
    this.question = null;
    if (question?.kind === 'name') question.answer(null);
  }

  /** Whether a ticket that is being shown must wait, because the staff are being asked something. */
  holdScan(): boolean {
    if (this.question) this.scanHeld = true;
    return this.question !== null;
  }

  async undo(target: Scan): Promise<void> {
    const outcome = await this.door().undo(target);
    this.show(outcome.kind === 'undone' ? { kind: 'undone', target } : outcome);
  }

  async noteLast(): Promise<void> {
    const door = this.door();
    const last = await door.lastScan();
    // Practice may have put another door in its place.
    if (door === this.door()) this.last = last;
  }

  forget(): void {
    this.turnAway();
    this.name = '';
    this.last = null;
  }

  private ask(question: StaffQuestion): void {
    this.turnAway();
    this.scanHeld = false;
    this.question = question;
  }
}
