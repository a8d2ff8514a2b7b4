import { bytesToBase64url } from '../../domain/bytes.ts';
import type { DeviceId, EventId, KeyId, RegistrationId, ScanId, TicketId } from '../../domain/ids.ts';
import type { Registration } from '../../domain/registration.ts';
import type { Checkpoint, EventSetting, EventSettingWire, Workgroup } from '../../domain/setting.ts';
import { keyIdOf, keyPairFromSeed, type PrivateKey } from '../../domain/signing.ts';
import { issueTicketText } from '../../domain/ticket.ts';
import { addMillis, DAY, HOUR, type Millis } from '../../domain/time.ts';
import type { ChangeWire } from '../../domain/wire.ts';

/** `practice` in ASCII: an event that no installation holds. */
export const PRACTICE_EVENT = '7072616374696365' as EventId;
export const PRACTICE_DEVICE = '70726163-7469-4365-8000-000000000001' as DeviceId;
/** The tablet that has let in somebody before the practice begins. */
const OTHER_DEVICE = '70726163-7469-4365-8000-000000000002' as DeviceId;

/**
 * The seed of the key that signs practice tickets. It is public, and worth nothing: only a tablet in practice trusts
 * the key, and what such a tablet decides goes nowhere.
 */
const PRACTICE_SEED = new TextEncoder().encode('Einlass practice key, not secret');

/** What a sample ticket shows, in the order of the sheet. */
export const SAMPLES = [
  'admitted',
  'access_needs',
  'unknown',
  'already_inside',
  'wrong_workgroup',
  'cancelled',
  'waitlisted',
  'revoked',
  'invalid',
  'room_full',
] as const;
export type SampleKind = (typeof SAMPLES)[number];

export interface Sample {
  kind: SampleKind;
  /** Of the sample guest; empty where the tablet doesn't know it. */
  name: string;
  /** What the QR code holds. */
  text: string;
}

export interface PracticeEvent {
  keyId: KeyId;
  privateKey: PrivateKey;
  /** What a server would have said: setting, roster, and a scan of another tablet. */
  changes: ChangeWire[];
  samples: Sample[];
}

const NAMES: Partial<Record<SampleKind, string>> = {
  admitted: 'Ayşe Yılmaz',
  access_needs: 'Jürgen Müller',
  already_inside: 'Олена Шевченко',
  wrong_workgroup: 'Maria Popescu',
  cancelled: 'Piotr Nowak',
  waitlisted: 'ليلى حداد',
  revoked: 'Ivan Petrov',
  room_full: 'Sophie Dubois',
};

/** In letters that a ticket's QR code can hold. */
const NO_TICKET = 'HTTPS://EXAMPLE.ORG/';

/** Those who are let in, before the room is full: two with a place in the roster, one without, one inside already. */
const CAPACITY = 4;

/**
 * A copy of an event for practice: the same rooms, doors and workgroups, under an event id and a key of its own, with a
 * guest for each verdict.
 *
 * @param real - the real event
 * @param checkpoint - where the practice takes place
 * @param needs - what the guest with access needs needs, in words
 */
export async function practiceEvent(
  real: EventSetting,
  checkpoint: Checkpoint,
  needs: string,
  now: Millis,
): Promise<PracticeEvent> {
  const { publicKey, privateKey } = await keyPairFromSeed(PRACTICE_SEED);
  const keyId = await keyIdOf(publicKey);
  const own = real.workgroups.find(({ roomId }) => roomId === checkpoint.roomId) ?? real.workgroups[0];
  const other = real.workgroups.find(({ roomId }) => roomId !== checkpoint.roomId);
  if (!own) throw new Error('an event without workgroups has no guests');
  const kinds = SAMPLES.filter(
    (kind) => kind !== 'wrong_workgroup' || (checkpoint.admits === 'own_workgroup' && other),
  );

  const setting = settingOf(real, checkpoint, { keyId, publicKey: bytesToBase64url(publicKey) }, now);
  const day = addMillis(now, -(now % DAY));
  const samples: Sample[] = [];
  const roster: Registration[] = [];
  for (const kind of kinds) {
    const workgroup = kind === 'wrong_workgroup' && other ? other : own;
    const registration = registrationOf(kind, workgroup, kind === 'access_needs' ? needs : '', now);
    if (registration) roster.push(registration);
    const ticket = {
      keyId,
      eventId: PRACTICE_EVENT,
      ticketId: ticketIdOf(kind),
      workgroupNumber: workgroup.number,
      // A printed sheet is good for a month, and the same all day long.
      validFrom: addMillis(day, -DAY),
      validUntil: addMillis(day, 30 * DAY),
    };
    const text = kind === 'invalid' ? NO_TICKET : await issueTicketText(ticket, privateKey);
    samples.push({ kind, name: NAMES[kind] ?? '', text });
  }
  const changes: ChangeWire[] = [
    { kind: 'setting', setting },
    ...roster.map((registration) => ({ kind: 'registration' as const, registration })),
    { kind: 'scan', scan: earlierEntry(checkpoint, now) },
  ];
  return { keyId, privateKey, changes, samples };
}

function settingOf(
  real: EventSetting,
  checkpoint: Checkpoint,
  key: { keyId: KeyId; publicKey: string },
  now: Millis,
): EventSettingWire {
  const { eventId, title, startsAt } = real;
  return {
    ...real,
    eventId: PRACTICE_EVENT,
    admissionFrom: addMillis(now, -HOUR),
    admissionUntil: addMillis(now, DAY),
    rooms: real.rooms.map((room) => (room.id === checkpoint.roomId ? { ...room, capacity: CAPACITY } : room)),
    devices: [
      { id: PRACTICE_DEVICE, name: 'Tablet 1' },
      { id: OTHER_DEVICE, name: 'Tablet 2' },
    ],
    // The real keys too, so that a real ticket is recognised and named as what it is: another event's.
    keys: [
      { ...key, eventId: PRACTICE_EVENT, revoked: false },
      ...real.keys.map((known) => ({ ...known, publicKey: bytesToBase64url(known.publicKey) })),
    ],
    otherEvents: [...real.otherEvents, { eventId, title, startsAt }],
  };
}

function registrationOf(
  kind: SampleKind,
  { id: workgroupId }: Workgroup,
  accessNeeds: string,
  now: Millis,
): Registration | null {
  const name = NAMES[kind];
  if (name === undefined) return null;
  const ticketId = ticketIdOf(kind);
  const revoked = kind === 'revoked';
  return {
    id: idOf(kind, 1) as RegistrationId,
    name,
    workgroupId,
    state: kind === 'cancelled' || kind === 'waitlisted' ? kind : 'confirmed',
    stateSince: addMillis(now, -DAY),
    ticketId: revoked ? (idOf(kind, 2) as TicketId) : ticketId,
    formerTickets: revoked ? [{ ticketId, revokedAt: addMillis(now, -HOUR) }] : [],
    accessNeeds,
  };
}

function earlierEntry(checkpoint: Checkpoint, now: Millis) {
  return {
    id: idOf('already_inside', 3) as ScanId,
    deviceId: OTHER_DEVICE,
    deviceSeq: 1,
    ticketId: ticketIdOf('already_inside'),
    payloadHash: null,
    checkpointId: checkpoint.id,
    direction: 'entry' as const,
    deviceTime: addMillis(now, -HOUR / 2),
    clockOffset: 0,
    rosterCursor: null,
    verdictShown: 'admitted' as const,
    override: null,
    undoes: null,
  };
}

function ticketIdOf(kind: SampleKind): TicketId {
  return idOf(kind, 0) as TicketId;
}

/** The same on every tablet, so that one tablet's sheet can be scanned by another; told apart by its first digits. */
function idOf(kind: SampleKind, what: number): string {
  const number = (SAMPLES.indexOf(kind) + 1).toString(16);
  return `${number}${what}707261-6374-4963-8650-000000000000`;
}
