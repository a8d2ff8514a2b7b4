import { decodeBase45, encodeBase45 } from '../../src/lib/domain/base45.ts';
import type { ScanRole } from '../../src/lib/domain/decision.ts';
import type { EventState } from '../../src/lib/domain/event-state.ts';
import type {
  CheckpointId,
  DeviceId,
  EventId,
  RegistrationId,
  WorkgroupId,
} from '../../src/lib/domain/ids.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { HOUR, MINUTE, millis, SECOND, type Millis } from '../../src/lib/domain/time.ts';
import type { Verdict } from '../../src/lib/domain/verdict.ts';
import type { ScanOutcome } from '../../src/lib/door/door.ts';
import { readScanned } from '../../src/lib/door/reading.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import { settleConflict } from '../../src/lib/server/conflicts.ts';
import { revokeDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { moveRegistration, setRegistrationState } from '../../src/lib/server/places.ts';
import { findTicketPage, registerByOffice } from '../../src/lib/server/registrations.ts';
import { reissueTicket } from '../../src/lib/server/reissue.ts';
import { dialogueEvening } from '../support/events.ts';
import { altered, handOver } from '../support/hand-over.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { Tablet } from '../support/tablet.ts';
import { parseStep, type Step, type Story, type StorySetting } from './format.ts';

const MIDNIGHT = berlinTime(2022, 11, 18);
const OTHER_EVENTS_TICKET = 'a ticket of another event';
const DEVICES = ['tab1', 'tab2', 'tab3'];

interface TicketInStory {
  registrationId: RegistrationId;
  text: string;
}

/** One story's world: a real server, real tablets, and a clock that the story sets. */
export class Stage {
  private now: Millis = millis(MIDNIGHT + 8 * HOUR);
  private world!: TestInstallation;
  private eventId!: EventId;
  private readonly tablets = new Map<string, Tablet>();
  /** Also of those that have been wiped since. */
  private readonly deviceIds = new Map<string, DeviceId>();
  private readonly tickets = new Map<string, TicketInStory>();
  /** What each tablet showed last for each text. */
  private readonly lastShown = new Map<string, { scan: Scan; verdict: Verdict }>();

  static async open(setting: StorySetting): Promise<Stage> {
    const stage = new Stage();
    stage.world = await testInstallation(() => stage.now);
    const { installation } = stage.world;
    stage.eventId = await createEvent(installation, eventFor(setting));
    const other = await createEvent(installation, dialogueEvening('another-event'));
    await stage.register(other, OTHER_EVENTS_TICKET, 'w5', 'confirmed');
    for (const name of DEVICES) {
      const tablet = new Tablet(name, installation);
      stage.tablets.set(name, tablet);
      await tablet.start();
      await tablet.pair(installation, stage.eventId);
      stage.deviceIds.set(name, tablet.store.identity!.deviceId);
    }
    for (const tablet of stage.tablets.values()) await tablet.sync();
    return stage;
  }

  async close(): Promise<void> {
    for (const tablet of this.tablets.values()) tablet.store.close();
    await this.world.dispose();
  }

  /** @returns what was seen instead of what the step expects, or null when all is well */
  async play(step: Step): Promise<string | null> {
    const { installation } = this.world;
    switch (step.kind) {
      case 'register':
        await this.register(this.eventId, step.values.register, step.values.workgroup, step.values.state);
        return null;
      case 'cancel':
        await setRegistrationState(
          installation,
          this.eventId,
          this.ticket(step.values.cancel).registrationId,
          'cancelled',
        );
        return null;
      case 'confirm':
        await setRegistrationState(
          installation,
          this.eventId,
          this.ticket(step.values.confirm).registrationId,
          'confirmed',
        );
        return null;
      case 'move': {
        const { registrationId } = this.ticket(step.values.move);
        await moveRegistration(
          installation,
          this.eventId,
          registrationId,
          step.values.workgroup as WorkgroupId,
        );
        return null;
      }
      case 'reissue': {
        const { registrationId } = this.ticket(step.values.reissue);
        await reissueTicket(installation, this.eventId, registrationId);
        await this.keepTicket(step.values.as, registrationId);
        return null;
      }
      case 'revokeDevice': {
        const { identity } = this.tablet(step.values.revokeDevice).store;
        if (identity) await revokeDevice(installation, this.eventId, identity.deviceId);
        return null;
      }
      case 'sync':
        await this.sync(this.tablet(step.values.sync));
        return null;
      case 'handOver': {
        const { handOver: from, to, way, altered: isAltered, expect } = step.values;
        const alter = isAltered ? altered : undefined;
        const { taken } = await handOver(this.tablet(from), this.tablet(to), way, alter);
        return differs(expect, taken);
      }
      case 'lostAnswer':
        this.tablet(step.values.lostAnswer).network = async (deliver) => {
          await deliver();
          throw new TypeError('the answer is lost');
        };
        return null;
      case 'clock':
        this.tablet(step.values.clock).clockOffset = durationOf(step.values.offset);
        return null;
      case 'crash':
        await this.tablet(step.values.crash).crash();
        return null;
      case 'scan': {
        this.setTime(step.values.time);
        const { scan, device, at, direction, expect } = step.values;
        const text = await this.textOf(scan);
        const outcome = await this.tablet(device).scan(text, at, direction);
        this.remember(device, text, outcome);
        return differs(expect, outcome.kind === 'shown' ? outcome.verdict.word : outcome.kind);
      }
      case 'override': {
        this.setTime(step.values.time);
        const { override, device, at, direction, by, why, expect } = step.values;
        const tablet = this.tablet(device);
        const text = await this.textOf(override);
        const shown = this.lastShown.get(device + text);
        if (!shown) return 'no verdict to override';
        await tablet.store.setDuty({ checkpointId: at as CheckpointId, direction });
        const outcome = await tablet.door.override(shown, by, why);
        return outcome.kind === 'shown' ? differs(expect, shown.verdict.word) : outcome.kind;
      }
      case 'undo': {
        this.now = millis(this.now + SECOND);
        const { undo, device } = step.values;
        const scan = await this.lastScan(this.tablet(device), this.ticket(undo).text);
        if (!scan) return 'no scan to take back';
        const outcome = await this.tablet(device).door.undo(scan);
        return differs('undone', outcome.kind);
      }
      case 'walkIn': {
        this.setTime(step.values.time);
        const { walkIn, name, workgroup, device } = step.values;
        const made = await this.tablet(device).door.walkIn(name, workgroup as WorkgroupId);
        if (!made) return 'the tablet is not ready';
        this.tickets.set(walkIn, { registrationId: made.registrationId, text: made.ticketText });
        return null;
      }
      case 'settle':
        return this.settle(step.values);
      case 'headcount': {
        const state = await this.seenBy(step.values.seenBy);
        const seen: Record<string, number> = {};
        for (const room of Object.keys(step.values.headcount)) seen[room] = state.headcount(room as never);
        return differs(JSON.stringify(step.values.headcount), JSON.stringify(seen));
      }
      case 'venue':
        return differs(step.values.venue, (await this.seenBy(step.values.seenBy)).venueTotal());
      case 'conflicts':
        return differs(step.values.conflicts, (await this.seenBy('office')).conflicts().length);
      case 'outbox': {
        const { scans, walkIns } = await this.tablet(step.values.device).store.outbox();
        return differs(step.values.outbox, scans.length + walkIns.length);
      }
      case 'scansStored': {
        const { count } = await installation.db
          .selectFrom('scans')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow();
        return differs(step.values.scansStored, count);
      }
      case 'broughtBy': {
        const rows = await installation.db
          .selectFrom('scans')
          .select('brought_by')
          .distinct()
          .where('device_id', '=', this.deviceId(step.values.madeBy))
          .execute();
        const { broughtBy } = step.values;
        const expected = broughtBy === null ? null : this.deviceId(broughtBy);
        if (rows.length === 0) return 'no such scan';
        return differs(String(expected), rows.map(({ brought_by }) => String(brought_by)).join());
      }
    }
  }

  private async register(
    eventId: EventId,
    name: string,
    workgroup: string,
    state: 'confirmed' | 'waitlisted',
  ) {
    const registrationId = await registerByOffice(this.world.installation, eventId, {
      submissionId: crypto.randomUUID(),
      name: `Gast ${name}`,
      email: null,
      workgroupId: workgroup as WorkgroupId,
      locale: 'de',
      origin: 'office',
      state,
      consented: true,
    });
    await this.keepTicket(name, registrationId);
  }

  private async keepTicket(name: string, registrationId: RegistrationId): Promise<void> {
    const page = await findTicketPage(this.world.installation.db, registrationId);
    this.tickets.set(name, { registrationId, text: page!.ticketText });
  }

  private async settle({ settle, as, scan }: Extract<Step, { kind: 'settle' }>['values']) {
    const { installation } = this.world;
    const state = await this.seenBy('office');
    const { registrationId } = this.ticket(settle);
    const cases = [...state.conflicts(), ...state.settled()];
    const found = cases.find(({ holder }) => holder === registrationId);
    if (!found) return 'no conflict to settle';
    const meant = found.scans.at(scan === undefined ? -1 : scan - 1);
    const roles: Record<typeof as, ScanRole> = {
      one_person: 'counts',
      two_persons: 'further_person',
      mistake: 'mistake',
    };
    const scans = found.scans.map(({ id }) => ({
      id,
      role: id === meant?.id ? roles[as] : ('counts' as const),
    }));
    return differs('settled', (await settleConflict(installation, this.eventId, scans)).kind);
  }

  /** The network is well again after a sync, whatever became of it. */
  private async sync(tablet: Tablet): Promise<void> {
    await tablet.sync();
    tablet.network = (deliver) => deliver();
  }

  private async textOf(scanned: Extract<Step, { kind: 'scan' }>['values']['scan']): Promise<string> {
    if (typeof scanned === 'string') return this.ticket(scanned).text;
    if ('text' in scanned) return scanned.text;
    if ('tampered' in scanned) return withOneBitFlipped(this.ticket(scanned.tampered).text);
    return this.ticket(OTHER_EVENTS_TICKET).text;
  }

  private remember(device: string, text: string, outcome: ScanOutcome): void {
    if (outcome.kind === 'shown') this.lastShown.set(device + text, outcome);
  }

  /** The tablet's last scan of a ticket that has not been taken back, read from the state that a crash rebuilds. */
  private async lastScan({ store }: Tablet, text: string): Promise<Scan | null> {
    if (!store.state || !store.identity) return null;
    const { deviceId } = store.identity;
    const reading = await readScanned([text], store.state);
    const subject = reading.kind === 'ticket' ? reading.ticket.ticketId : reading.payloadHash;
    const scans = store.state.scansOfSubject(subject).filter((scan) => scan.deviceId === deviceId);
    const undone = new Set(scans.map((scan) => scan.undoes));
    const standing = scans.filter((scan) => scan.undoes === null && !undone.has(scan.id));
    return standing.sort((a, b) => a.deviceSeq - b.deviceSeq).at(-1) ?? null;
  }

  private async seenBy(who: string): Promise<EventState> {
    if (who === 'office') return this.world.installation.states.read(this.eventId);
    const { state } = this.tablet(who).store;
    if (!state) throw new Error(`${who} knows nothing`);
    return state;
  }

  private ticket(name: string): TicketInStory {
    const ticket = this.tickets.get(name);
    if (!ticket) throw new Error(`no ticket ${name}`);
    return ticket;
  }

  private tablet(name: string): Tablet {
    const tablet = this.tablets.get(name);
    if (!tablet) throw new Error(`no device ${name}`);
    return tablet;
  }

  private deviceId(name: string): DeviceId {
    const id = this.deviceIds.get(name);
    if (!id) throw new Error(`no device ${name}`);
    return id;
  }

  private setTime(time: string): void {
    this.now = millis(MIDNIGHT + durationOf(time));
  }
}

/** Plays a story from its beginning. @returns the first step that failed and what was seen instead, or null */
export async function playStory(story: Story): Promise<string | null> {
  const steps = story.steps.map(parseStep);
  const stage = await Stage.open(story.setting);
  try {
    for (const [index, step] of steps.entries()) {
      const seen = await stage.play(step);
      if (seen !== null) return `step ${index + 1} ${JSON.stringify(story.steps[index])}: ${seen}`;
    }
    return null;
  } finally {
    await stage.close();
  }
}

function eventFor(setting: StorySetting) {
  const event = dialogueEvening();
  for (const room of event.rooms) Object.assign(room, setting.rooms[room.id]);
  for (const checkpoint of event.checkpoints) Object.assign(checkpoint, setting.checkpoints[checkpoint.id]);
  return event;
}

function differs<Value extends string | number>(expected: Value | undefined, seen: Value): string | null {
  return expected === undefined || expected === seen
    ? null
    : `expected ${String(expected)}, saw ${String(seen)}`;
}

/** `15:40`, `15:40:10` or `+00:10:00`, in milliseconds. */
function durationOf(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  return (text.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * MINUTE + seconds * SECOND);
}

/** Flips a bit of the ticket's id. */
function withOneBitFlipped(text: string): string {
  const bytes = decodeBase45(text.slice(3))!;
  bytes[20]! ^= 1;
  return text.slice(0, 3) + encodeBase45(bytes);
}
