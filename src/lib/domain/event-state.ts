import type { Knowledge } from './admission.ts';
import type { Decision } from './decision.ts';
import { NEVER_SEEN, personsOf, type Presence, type Whereabouts } from './history.ts';
import type { HolderId, PayloadHash, RegistrationId, RoomId, TicketId } from './ids.ts';
import { ticketIdsOf, type Registration } from './registration.ts';
import { subjectOf, type Scan } from './scan.ts';
import { judge, type OpenConflict, type SettledConflict } from './settling.ts';
import { venueOf, type EventSetting, type Venue } from './setting.ts';
import { numberMatcher, type TicketNumber } from './ticket-number.ts';
import type { Millis } from './time.ts';
import type { Change } from './wire.ts';

type Subject = TicketId | PayloadHash;

/**
 * An event as far as it is known: setting, roster, scans and the office's decisions, with presence and headcount folded
 * from them. Tablet and server run this same code, and the order in which they learn things makes no difference.
 */
export class EventState implements Knowledge {
  venue: Venue;
  readonly registrations = new Map<RegistrationId, Registration>();
  private readonly registrationByTicket = new Map<TicketId, RegistrationId>();
  private readonly scansBySubject = new Map<Subject, Map<Scan['id'], Scan>>();
  private readonly decisionsBySubject = new Map<Subject, Map<Decision['id'], Decision>>();
  private readonly presences = new Map<HolderId, Presence>();
  private readonly headcounts = new Map<RoomId, number>();
  private readonly conflictsByHolder = new Map<HolderId, OpenConflict[]>();
  private readonly settledByHolder = new Map<HolderId, SettledConflict[]>();

  constructor(setting: EventSetting) {
    this.venue = venueOf(setting);
  }

  apply(change: Change): void {
    switch (change.kind) {
      case 'setting':
        this.setSetting(change.setting);
        break;
      case 'registration':
        this.setRegistration(change.registration);
        break;
      case 'registration_removed':
        this.removeRegistration(change.registrationId);
        break;
      case 'scan':
        this.addScan(change.scan);
        break;
      case 'decision':
        this.addDecision(change.decision);
        break;
      // Is for what passes between tablets, and decides nothing.
      case 'exchange_key':
        break;
    }
  }

  /** A changed setting may put every scan in another light, so everything is folded anew. */
  setSetting(setting: EventSetting): void {
    this.venue = venueOf(setting);
    for (const subject of this.scansBySubject.keys()) this.refold(this.holderOfSubject(subject));
  }

  /** News may be older than what is known: a ticket that only the other version names stands for itself again. */
  setRegistration(registration: Registration): void {
    this.removeRegistration(registration.id);
    this.registrations.set(registration.id, registration);
    for (const ticketId of ticketIdsOf(registration)) {
      this.registrationByTicket.set(ticketId, registration.id);
      this.forget(ticketId);
    }
    this.refold(registration.id);
  }

  removeRegistration(id: RegistrationId): void {
    const registration = this.registrations.get(id);
    if (!registration) return;
    this.registrations.delete(id);
    this.forget(id);
    for (const ticketId of ticketIdsOf(registration)) {
      this.registrationByTicket.delete(ticketId);
      this.refold(ticketId);
    }
  }

  addScan(scan: Scan): void {
    const subject = subjectOf(scan);
    if (subject === null) return;
    const scans = this.scansBySubject.get(subject) ?? new Map<Scan['id'], Scan>();
    this.scansBySubject.set(subject, scans);
    if (scans.has(scan.id)) return;
    scans.set(scan.id, scan);
    this.refold(this.holderOfSubject(subject));
  }

  /** It may come before the scans that it is about. */
  addDecision(decision: Decision): void {
    for (const subject of decision.subjects) {
      const decisions = this.decisionsBySubject.get(subject) ?? new Map<Decision['id'], Decision>();
      this.decisionsBySubject.set(subject, decisions);
      if (decisions.has(decision.id)) continue;
      decisions.set(decision.id, decision);
      this.refold(this.holderOfSubject(subject));
    }
  }

  registrationOf(ticketId: TicketId): Registration | null {
    const id = this.registrationByTicket.get(ticketId);
    return (id && this.registrations.get(id)) ?? null;
  }

  /** The roster's tickets that have this number, replaced ones too. */
  ticketsWithNumber(number: TicketNumber): TicketId[] {
    return [...this.registrationByTicket.keys()].filter(numberMatcher(number));
  }

  holderOf(ticketId: TicketId): HolderId {
    return this.registrationByTicket.get(ticketId) ?? ticketId;
  }

  presenceOf(holder: HolderId): Presence {
    return this.presences.get(holder) ?? NEVER_SEEN;
  }

  headcount(roomId: RoomId): number {
    return this.headcounts.get(roomId) ?? 0;
  }

  /** Everybody inside, each once. */
  venueTotal(): number {
    let total = 0;
    for (const count of this.headcounts.values()) total += count;
    return total;
  }

  /** Everybody inside, and where; a holder more than once where several persons are inside on the ticket. */
  *present(): Generator<[HolderId, Whereabouts]> {
    for (const [holder, presence] of this.presences)
      for (const person of personsOf(presence)) if (person.place !== null) yield [holder, person];
  }

  /** Everybody who was ever let through a door, and where that has left them. */
  seen(): IterableIterator<[HolderId, Presence]> {
    return this.presences.entries();
  }

  /** When each of those who ever came did so for the first time, in no order. */
  *arrivals(): Generator<Millis> {
    for (const presence of this.presences.values())
      for (const { arrivedAt } of personsOf(presence)) if (arrivedAt !== null) yield arrivedAt;
  }

  /** What the office has to settle. */
  conflicts(): OpenConflict[] {
    return [...this.conflictsByHolder.values()].flat();
  }

  /** What the office has settled. */
  settled(): SettledConflict[] {
    return [...this.settledByHolder.values()].flat();
  }

  /** Every scan of a holder, over all the tickets the holder has had. */
  scansOf(holder: HolderId): Scan[] {
    return this.subjectsOf(holder).flatMap((subject) => this.scansOfSubject(subject));
  }

  /** Every scan of one ticket, or of one thing that was no ticket. */
  scansOfSubject(subject: TicketId | PayloadHash): Scan[] {
    return [...(this.scansBySubject.get(subject)?.values() ?? [])];
  }

  private subjectsOf(holder: HolderId): Subject[] {
    const registration = this.registrations.get(holder as RegistrationId);
    return registration ? ticketIdsOf(registration) : [holder as Subject];
  }

  private decisionsOf(holder: HolderId): Decision[] {
    if (this.decisionsBySubject.size === 0) return [];
    const byId = new Map<Decision['id'], Decision>();
    for (const subject of this.subjectsOf(holder))
      for (const [id, decision] of this.decisionsBySubject.get(subject) ?? []) byId.set(id, decision);
    return [...byId.values()];
  }

  private holderOfSubject(subject: Subject): HolderId {
    return this.registrationByTicket.get(subject as TicketId) ?? subject;
  }

  private refold(holder: HolderId): void {
    this.forget(holder);
    const scans = this.scansOf(holder);
    if (scans.length === 0) return;
    const registration = this.registrations.get(holder as RegistrationId) ?? null;
    const { history, open, settled } = judge(
      holder,
      scans,
      registration,
      this.venue,
      this.decisionsOf(holder),
    );
    this.presences.set(holder, history.presence);
    this.count(history.presence, 1);
    if (open.length > 0) this.conflictsByHolder.set(holder, open);
    if (settled.length > 0) this.settledByHolder.set(holder, settled);
  }

  private forget(holder: HolderId): void {
    const presence = this.presences.get(holder);
    if (presence) this.count(presence, -1);
    this.presences.delete(holder);
    this.conflictsByHolder.delete(holder);
    this.settledByHolder.delete(holder);
  }

  private count(presence: Presence, sign: 1 | -1): void {
    for (const { place } of personsOf(presence))
      if (place !== null) this.headcounts.set(place, this.headcount(place) + sign);
  }
}
