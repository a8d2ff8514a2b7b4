import type { Decision, ScanRole } from '../../src/lib/domain/decision.ts';
import type {
  CheckpointId,
  DecisionId,
  DeviceId,
  EventId,
  PayloadHash,
  RegistrationId,
  RoomId,
  ScanId,
  TicketId,
  WorkgroupId,
} from '../../src/lib/domain/ids.ts';
import type { Registration } from '../../src/lib/domain/registration.ts';
import { subjectOf, type Scan } from '../../src/lib/domain/scan.ts';
import type { Checkpoint, EventSetting, Room } from '../../src/lib/domain/setting.ts';
import { HOUR, millis, MINUTE, SECOND, type Millis } from '../../src/lib/domain/time.ts';

/** A UUID that spells a name of up to 16 characters, so that tests can call things by name. */
function uuidOf(name: string): string {
  return Buffer.from(name.padStart(16, '\0'))
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const ticketId = (name: string) => uuidOf(`t ${name}`) as TicketId;
export const deviceId = (name: string) => uuidOf(`d ${name}`) as DeviceId;
export const registrationId = (name: string) => uuidOf(`r ${name}`) as RegistrationId;
export const scanId = (name: string) => uuidOf(`s ${name}`) as ScanId;
export const decisionId = (name: string) => uuidOf(`e ${name}`) as DecisionId;
export const payloadHash = (name: string) => Buffer.from(name).toString('hex').padEnd(64, '0') as PayloadHash;
export const roomId = (name: string) => name as RoomId;
export const checkpointId = (name: string) => name as CheckpointId;

export const EVENT = '0e0e0e0e0e0e0e0e' as EventId;
export const OTHER_EVENT = '0f0f0f0f0f0f0f0f' as EventId;

/** A time of the event's day, such as `15:40` or `15:40:10`. */
export function at(time: string): Millis {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return millis(Date.UTC(2022, 10, 18) + hours * HOUR + minutes * MINUTE + seconds * SECOND);
}

interface SettingChanges {
  rooms?: Record<string, Partial<Room>>;
  checkpoints?: Record<string, Partial<Checkpoint>>;
}

/** A hall and the rooms w1 to w3, each with a door and a workgroup; good from 15:00 to 19:00. */
export function aSetting(changes: SettingChanges = {}): EventSetting {
  const names = ['hall', 'w1', 'w2', 'w3'];
  return {
    eventId: EVENT,
    title: { de: 'Abend' },
    startsAt: at('16:00'),
    endsAt: at('19:00'),
    admissionFrom: at('15:00'),
    admissionUntil: at('19:00'),
    rooms: names.map((name) => ({
      id: roomId(name),
      name: { de: name },
      capacity: 300,
      main: name === 'hall',
      ...changes.rooms?.[name],
    })),
    workgroups: [1, 2, 3].map((number) => ({
      id: `w${number}` as WorkgroupId,
      number,
      title: { de: `Gruppe ${number}` },
      roomId: roomId(`w${number}`),
    })),
    checkpoints: names.map((name) => ({
      id: checkpointId(`${name}-door`),
      name: { de: name },
      roomId: roomId(name),
      directions: ['entry', 'exit'],
      admits: name === 'hall' ? 'anyone' : 'own_workgroup',
      reentry: 'after_exit',
      ...changes.checkpoints?.[`${name}-door`],
    })),
    devices: [],
    keys: [],
    otherEvents: [{ eventId: OTHER_EVENT, title: { de: 'Anderer Abend' }, startsAt: at('20:00') }],
  };
}

/** A confirmed registration of workgroup w1 that holds the ticket of its own name. */
export function aRegistration(name: string, values: Partial<Registration> = {}): Registration {
  return {
    id: registrationId(name),
    name: `Gast ${name}`,
    workgroupId: 'w1' as WorkgroupId,
    state: 'confirmed',
    stateSince: at('08:00'),
    ticketId: ticketId(name),
    formerTickets: [],
    accessNeeds: '',
    ...values,
  };
}

interface ScanValues extends Partial<Omit<Scan, 'ticketId' | 'checkpointId' | 'deviceId'>> {
  ticket?: string;
  at?: string;
  device?: string;
  time?: string;
}

let scansMade = 0;

/** Ticket A's entry at the hall's door, admitted by tab1 at 15:40, unless told otherwise. */
export function aScan(values: ScanValues = {}): Scan {
  const { ticket = 'A', at: door = 'hall-door', device = 'tab1', time = '15:40', ...rest } = values;
  scansMade += 1;
  const direction = rest.direction ?? 'entry';
  return {
    id: scanId(String(scansMade)),
    deviceId: deviceId(device),
    deviceSeq: scansMade,
    ticketId: rest.payloadHash ? null : ticketId(ticket),
    payloadHash: null,
    checkpointId: checkpointId(door),
    direction,
    deviceTime: at(time),
    clockOffset: 0,
    rosterCursor: null,
    verdictShown: direction === 'entry' ? 'admitted' : 'left',
    override: null,
    byHand: null,
    undoes: null,
    ...rest,
  };
}

/** The scan by which a tablet takes one of its own back. */
export function anUndo(target: Scan, values: Partial<Scan> = {}): Scan {
  scansMade += 1;
  return { ...target, id: scanId(String(scansMade)), deviceSeq: scansMade, undoes: target.id, ...values };
}

let decisionsMade = 0;

/** The office's decision on a double entry of these scans, later than every decision before. */
export function aDecision(scans: [Scan, ScanRole][], values: Partial<Decision> = {}): Decision {
  decisionsMade += 1;
  return {
    id: decisionId(String(decisionsMade)),
    order: decisionsMade,
    at: at('18:00'),
    reasons: ['double_entry'],
    subjects: [...new Set(scans.map(([scan]) => subjectOf(scan)!))],
    scans: scans.map(([{ id }, role]) => ({ id, role })),
    ...values,
  };
}

export const BY_STAFF = { by: 'Kim', why: 'bekannt' };

/** Every order of a few things. */
export function permutations<Item>(items: Item[]): Item[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
