import type { Knowledge } from './admission.ts';
import { findConflicts, type Conflict } from './conflict.ts';
import { foldHistory, NEVER_SEEN, type Presence } from './history.ts';
import type { HolderId, PayloadHash, RegistrationId, RoomId, TicketId } from './ids.ts';
import { ticketIdsOf, type Registration } from './registration.ts';
import { subjectOf, type Scan } from './scan.ts';
import { venueOf, type EventSetting, type Venue } from './setting.ts';
import { numberMatcher, type TicketNumber } from './ticket-number.ts';
import type { Millis } from './time.ts';
import type { Change } from './wire.ts';

type Subject = TicketId | PayloadHash;

/**
 * An event as far as it is known: setting, roster and scans, with presence and headcount folded from them. Tablet
 * and server run this same code, and the order in which they learn things makes no difference.
 */
export class EventState implements Knowledge {
  venue: Venue;
  readonly registrations = new Map<RegistrationId, Registration>();
  private readonly registrationByTicket = new Map<TicketId, RegistrationId>();
  private readonly scansBySubject = new Map<Subject, Map<Scan['id'], Scan>>();
  private readonly presences = new Map<HolderId, Presence>();
  private readonly headcounts = new Map<RoomId, number>();
  private readonly conflictsByHolder = new Map<HolderId, Conflict[]>();

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

  /** Everybody inside, and where. */
  *present(): Generator<[HolderId, Presence]> {
    for (const [holder, presence] of this.presences) {
      if (presence.place !== null) yield [holder, presence];
    }
  }

  /** Everybody who was ever let through a door, and where that has left them. */
  seen(): IterableIterator<[HolderId, Presence]> {
    return this.presences.entries();
  }

  /** When each of those who ever came did so for the first time, in no order. */
  *arrivals(): Generator<Millis> {
    for (const { arrivedAt } of this.presences.values()) {
      if (arrivedAt !== null) yield arrivedAt;
    }
  }

  conflicts(): Conflict[] {
    return [...this.conflictsByHolder.values()].flat();
  }

  /** Every scan of a holder, over all the tickets the holder has had. */
  scansOf(holder: HolderId): Scan[] {
    const registration = this.registrations.get(holder as RegistrationId);
    const subjects: Subject[] = registration ? ticketIdsOf(registration) : [holder as Subject];
    return subjects.flatMap((subject) => this.scansOfSubject(subject));
  }

  /** Every scan of one ticket, or of one thing that was no ticket. */
  scansOfSubject(subject: TicketId | PayloadHash): Scan[] {
    return [...(this.scansBySubject.get(subject)?.values() ?? [])];
  }

  private holderOfSubject(subject: Subject): HolderId {
    return this.registrationByTicket.get(subject as TicketId) ?? subject;
  }

  private refold(holder: HolderId): void {
    this.forget(holder);
    const scans = this.scansOf(holder);
    if (scans.length === 0) return;
    const history = foldHistory(scans, this.venue);
    this.presences.set(holder, history.presence);
    const { place } = history.presence;
    if (place !== null) this.headcounts.set(place, this.headcount(place) + 1);
    const conflicts = findConflicts(
      holder,
      history,
      this.registrations.get(holder as RegistrationId) ?? null,
    );
    if (conflicts.length > 0) this.conflictsByHolder.set(holder, conflicts);
  }

  private forget(holder: HolderId): void {
    const place = this.presences.get(holder)?.place ?? null;
    if (place !== null) this.headcounts.set(place, this.headcount(place) - 1);
    this.presences.delete(holder);
    this.conflictsByHolder.delete(holder);
  }
}
