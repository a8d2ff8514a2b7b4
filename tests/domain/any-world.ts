import fc from 'fast-check';
import { isDecidable, type Decision, type ScanRole } from '../../src/lib/domain/decision.ts';
import { EventState } from '../../src/lib/domain/event-state.ts';
import type { HolderId, PayloadHash, TicketId } from '../../src/lib/domain/ids.ts';
import { compareScans, type Scan } from '../../src/lib/domain/scan.ts';
import type { EventSetting } from '../../src/lib/domain/setting.ts';
import { DAY, MINUTE } from '../../src/lib/domain/time.ts';
import type { Change } from '../../src/lib/domain/wire.ts';
import {
  aDecision,
  aRegistration,
  aSetting,
  at,
  BY_STAFF,
  checkpointId,
  decisionId,
  deviceId,
  payloadHash,
  registrationId,
  scanId,
  ticketId,
} from './support.ts';

/** Events as they may happen: any settings, news, logs of several tablets, and what the office decides on them. */

const TICKETS = ['A', 'A2', 'A3', 'B', 'B2', 'C', 'X'];
const NAPKIN = payloadHash('napkin');
export const ROOMS = ['hall', 'w1', 'w2'];
const DEVICES = ['tab1', 'tab2', 'tab3'];
/** One door is unknown to the first setting, and one to every setting. */
const DOORS = ['hall-door', 'w1-door', 'w2-door', 'w3-door', 'cellar-door'];
export const HOLDERS: HolderId[] = [
  ...['A', 'B', 'C'].map(registrationId),
  ...TICKETS.map((name) => ticketId(name)),
  NAPKIN,
];

const reentry = fc.constantFrom('after_exit' as const, 'never' as const, 'always' as const);
const anySetting = fc.record({ hall: reentry, w1: reentry, w2: reentry }).map(({ hall, w1, w2 }) =>
  aSetting({
    checkpoints: { 'hall-door': { reentry: hall }, 'w1-door': { reentry: w1 }, 'w2-door': { reentry: w2 } },
  }),
);

const withoutDoor = (setting: EventSetting): EventSetting => ({
  ...setting,
  checkpoints: setting.checkpoints.filter(({ id }) => id !== 'w3-door'),
});

const anySecond = fc.integer({ min: 0, max: 40 });
const timeOf = (second: number) => at(`15:40:${second}`);

const anyState = fc.record({
  state: fc.constantFrom(
    'confirmed' as const,
    'confirmed' as const,
    'waitlisted' as const,
    'cancelled' as const,
  ),
  stateSince: anySecond.map(timeOf),
});

/** The news of one registration in their order: of each ticket in turn, and perhaps of its end. */
function anyNewsOf(name: string, tickets: string[]): fc.Arbitrary<Change[]> {
  return fc
    .record({
      versions: fc.array(anyState, { minLength: 1, maxLength: tickets.length }),
      reissuedAt: fc.array(anySecond.map(timeOf), { minLength: 2, maxLength: 2 }),
      removed: fc.integer({ max: 9, min: 0 }).map((dice) => dice === 0),
    })
    .map(({ versions, reissuedAt, removed }): Change[] => [
      ...versions.map((state, i): Change => ({
        kind: 'registration',
        registration: aRegistration(name, {
          ...state,
          ticketId: ticketId(tickets[i]!),
          formerTickets: tickets
            .slice(0, i)
            .map((former, j) => ({ ticketId: ticketId(former), revokedAt: reissuedAt[j]! })),
        }),
      })),
      ...(removed ? [{ kind: 'registration_removed' as const, registrationId: registrationId(name) }] : []),
    ]);
}

const anyReading = fc.record({
  device: fc.constantFrom(...DEVICES),
  shown: fc.constantFrom<TicketId | PayloadHash>(
    ...TICKETS.map((name) => ticketId(name)),
    ...['A', 'A', 'A', 'A', 'A2', 'B'].map((name) => ticketId(name)),
    NAPKIN,
  ),
  door: fc.constantFrom(...DOORS, 'hall-door', 'hall-door', 'w1-door'),
  direction: fc.constantFrom('entry' as const, 'entry' as const, 'entry' as const, 'exit' as const),
  second: anySecond,
  clockOffset: fc.constantFrom(0, 0, 1_000, -3_000, 10 * MINUTE, 3 * DAY, -3 * DAY),
  verdict: fc.constantFrom(
    ...Array.from({ length: 6 }, () => 'favourable' as const),
    'already_inside' as const,
    'revoked' as const,
  ),
  override: fc.constantFrom(false, false, false, true),
  /** Takes back the scan so many before it, whoever made that one. */
  undoes: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 4 }),
  sameDevice: fc.boolean(),
});

/** A log of several devices, each with its own gapless count; clocks jump as they like. */
const anyLog = fc.array(anyReading, { minLength: 6, maxLength: 25, size: 'max' }).map((readings) => {
  const counts = new Map<string, number>();
  const log: Scan[] = [];
  for (const [i, reading] of readings.entries()) {
    const target = reading.undoes === null ? undefined : log.at(-reading.undoes);
    const device = target && reading.sameDevice ? target.deviceId : deviceId(reading.device);
    const subject = target && reading.sameDevice ? (target.ticketId ?? target.payloadHash!) : reading.shown;
    const seq = (counts.get(device) ?? 0) + 1;
    counts.set(device, seq);
    log.push({
      id: scanId(String(i)),
      deviceId: device,
      deviceSeq: seq,
      ticketId: subject === NAPKIN ? null : (subject as TicketId),
      payloadHash: subject === NAPKIN ? NAPKIN : null,
      checkpointId: checkpointId(reading.door),
      direction: reading.direction,
      deviceTime: timeOf(reading.second),
      clockOffset: reading.clockOffset,
      rosterCursor: null,
      byHand: null,
      verdictShown:
        reading.verdict === 'favourable'
          ? reading.direction === 'entry'
            ? 'admitted'
            : 'left'
          : reading.verdict,
      override: reading.override ? BY_STAFF : null,
      undoes: target?.id ?? null,
    });
  }
  return log;
});

/** The office looks at the conflicts that it knows of, and decides one. */
const anyLook = fc.record({
  /** It has not heard of one scan in so many; 0: it knows all. */
  missing: fc.constantFrom(0, 2, 3, 5),
  which: fc.nat({ max: 20 }),
  roles: fc.array(fc.constantFrom<ScanRole>('counts', 'counts', 'further_person', 'mistake'), {
    minLength: 6,
    maxLength: 6,
  }),
});
type Look = typeof anyLook extends fc.Arbitrary<infer Value> ? Value : never;

function decide(first: EventSetting, news: Change[], log: Scan[], looks: Look[]): Decision[] {
  const decisions: Decision[] = [];
  for (const [index, { missing, which, roles }] of looks.entries()) {
    const known = log.filter((_, i) => missing === 0 || (i + which) % missing !== 0);
    const state = fold(first, [...news, ...scansAsNews(known), ...decisionsAsNews(decisions)]);
    const open = state.conflicts().map(({ scans, reasons }) => ({ scans, reasons }));
    const settled = state.settled().map(({ scans, decision }) => ({ scans, reasons: decision.reasons }));
    const cases = [...open, ...settled].sort((a, b) => compareScans(a.scans[0]!, b.scans[0]!));
    const decided = cases[which % Math.max(1, cases.length)];
    if (!decided) continue;
    const scans = decided.scans.map((scan, i): [Scan, ScanRole] => [scan, roles[i % roles.length]!]);
    const order = index + 1;
    const decision = aDecision(scans, { id: decisionId(`w${order}`), order, reasons: decided.reasons });
    if (isDecidable(decision.scans)) decisions.push(decision);
  }
  return decisions;
}

export const scansAsNews = (scans: Scan[]) => scans.map((scan): Change => ({ kind: 'scan', scan }));
export const decisionsAsNews = (decisions: Decision[]) =>
  decisions.map((decision): Change => ({ kind: 'decision', decision }));

export function fold(first: EventSetting, changes: Change[]): EventState {
  const state = new EventState(first);
  for (const change of changes) state.apply(change);
  return state;
}

export interface World {
  first: EventSetting;
  setting: EventSetting;
  /** What isn't a scan, in the order of the feed. */
  news: Change[];
  log: Scan[];
  /** What the office decides, each time knowing only some of the scans. */
  decisions: Decision[];
}

export const anyWorld: fc.Arbitrary<World> = fc
  .record({
    first: anySetting.map(withoutDoor),
    setting: anySetting,
    ofA: anyNewsOf('A', ['A', 'A2', 'A3']),
    ofB: anyNewsOf('B', ['B', 'B2']),
    ofC: anyNewsOf('C', ['C']),
    log: anyLog,
    looks: fc.array(anyLook, { maxLength: 4, size: 'max' }),
  })
  .map(({ first, setting, ofA, ofB, ofC, log, looks }) => {
    const news: Change[] = [...ofB, { kind: 'setting', setting }, ...ofA, ...ofC];
    return { first, setting, log, news, decisions: decide(first, news, log, looks) };
  });
