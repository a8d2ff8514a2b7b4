import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attendanceOf } from '../../src/lib/domain/attendance.ts';
import { EventState } from '../../src/lib/domain/event-state.ts';
import type { RegistrationId, RoomId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { Registration, RegistrationState } from '../../src/lib/domain/registration.ts';
import { correctedTime, effectiveScans, type Scan } from '../../src/lib/domain/scan.ts';
import { aRegistration, aScan, aSetting, at, registrationId, ticketId } from './support.ts';

const setting = aSetting();

function attendance(registrations: Registration[], scans: Scan[], walkIns: RegistrationId[] = []) {
  const state = new EventState(setting);
  for (const registration of registrations) state.setRegistration(registration);
  for (const scan of scans) state.addScan(scan);
  return attendanceOf(state, new Set(walkIns), at('22:00'));
}

describe('who came', () => {
  test('is told apart from who did not, who was taken up at a door, and who had no place', () => {
    const figures = attendance(
      [
        aRegistration('A'),
        aRegistration('B'),
        aRegistration('W'),
        aRegistration('L', { state: 'waitlisted' }),
        aRegistration('C', { state: 'cancelled' }),
      ],
      ['A', 'W', 'L', 'unknown'].map((ticket) => aScan({ ticket })),
      [registrationId('W')],
    );
    expect(figures).toMatchObject({
      registered: 2,
      came: 4,
      cameRegistered: 1,
      noShows: 1,
      walkIns: 1,
      others: 2,
      waiting: 1,
      cancelled: 1,
    });
    expect(figures.workgroups[0]).toMatchObject({
      registered: 2,
      came: 1,
      noShows: 1,
      walkIns: 1,
      waiting: 1,
    });
  });

  test('counts once, whoever goes out and comes back', () => {
    const figures = attendance(
      [aRegistration('A')],
      [
        aScan(),
        aScan({ time: '16:00', direction: 'exit' }),
        aScan({ time: '16:10' }),
        aScan({ time: '16:20', at: 'w1-door' }),
      ],
    );
    expect(figures).toMatchObject({ came: 1, noShows: 0, peak: { count: 1, at: at('15:40') } });
    expect(figures.workgroups[0]).toMatchObject({ inRoom: 1, peak: { count: 1, at: at('16:20') } });
  });

  test('does not change any more after the end of the event', () => {
    const state = new EventState(setting);
    state.addScan(aScan());
    const late = attendanceOf(state, new Set(), at('23:59'));
    expect(attendanceOf(state, new Set(), at('19:00'))).toEqual(late);
  });
});

/** The same, told as slowly and plainly as can be: where is everybody at every moment? */
function counted(registrations: Registration[], scans: Scan[], walkIns: ReadonlySet<RegistrationId>) {
  const holderOf = ({ ticketId: ticket }: Scan) =>
    registrations.find((registration) => registration.ticketId === ticket)?.id ?? ticket!;
  const holders = [...new Set(scans.map(holderOf))];
  const placeAt = (holder: string, moment: number): RoomId | null => {
    const last = effectiveScans(scans.filter((scan) => holderOf(scan) === holder))
      .filter((scan) => correctedTime(scan) <= moment)
      .at(-1);
    if (!last) return null;
    const room = setting.checkpoints.find(({ id }) => id === last.checkpointId)!.roomId;
    if (last.direction === 'entry') return room;
    return room === 'hall' ? null : ('hall' as RoomId);
  };
  const moments = [...new Set(scans.map(correctedTime))].sort((a, b) => a - b);
  /** Also whoever went again within the same minute: after some scan, was the holder anywhere? */
  const came = (holder: string) =>
    effectiveScans(scans.filter((scan) => holderOf(scan) === holder)).some(
      ({ checkpointId, direction }) => direction === 'entry' || checkpointId !== 'hall-door',
    );
  const most = (inside: (place: RoomId | null) => boolean) =>
    moments.reduce(
      (most, moment) => Math.max(most, holders.filter((holder) => inside(placeAt(holder, moment))).length),
      0,
    );
  const places = registrations.filter(({ id, state }) => state === 'confirmed' && !walkIns.has(id));
  return {
    registered: places.length,
    came: holders.filter(came).length,
    cameRegistered: places.filter(({ id }) => came(id)).length,
    noShows: places.filter(({ id }) => !came(id)).length,
    walkIns: registrations.filter(({ id }) => walkIns.has(id) && came(id)).length,
    waiting: registrations.filter(({ state }) => state === 'waitlisted').length,
    cancelled: registrations.filter(({ state }) => state === 'cancelled').length,
    peak: most((place) => place !== null),
    peaks: ['w1', 'w2', 'w3'].map((room) => most((place) => place === room)),
    byWorkgroup: ['w1', 'w2', 'w3'].map((id) => {
      const own = places.filter(({ workgroupId }) => workgroupId === id);
      return [own.length, own.filter((registration) => came(registration.id)).length];
    }),
  };
}

const NAMES = ['A', 'B', 'C', 'D', 'E'];
const registrations = fc.tuple(
  ...NAMES.map((name) =>
    fc.record({
      name: fc.constant(name),
      state: fc.constantFrom<RegistrationState>('confirmed', 'confirmed', 'waitlisted', 'cancelled'),
      workgroup: fc.constantFrom('w1', 'w2', 'w3'),
      walkIn: fc.boolean(),
    }),
  ),
);
const scans = fc.array(
  fc.record({
    ticket: fc.constantFrom(...NAMES, 'unknown'),
    door: fc.constantFrom('hall-door', 'w1-door', 'w2-door', 'w3-door'),
    direction: fc.constantFrom('entry' as const, 'exit' as const),
    minute: fc.integer({ min: 0, max: 20 }),
    admitted: fc.integer({ min: 0, max: 9 }).map((of10) => of10 > 0),
  }),
  { maxLength: 40 },
);

test('a count as plain as can be comes to the same', () => {
  fc.assert(
    fc.property(registrations, scans, (people, readings) => {
      const roster = people.map(({ name, state, workgroup }) =>
        aRegistration(name, { state, workgroupId: workgroup as WorkgroupId, ticketId: ticketId(name) }),
      );
      const log = readings.map(({ ticket, door, direction, minute, admitted }) =>
        aScan({
          ticket,
          at: door,
          direction,
          time: `16:${String(minute).padStart(2, '0')}`,
          ...(!admitted && { verdictShown: 'already_inside' as const }),
        }),
      );
      // Only who has a place can have been given it at a door.
      const walkIns = new Set(
        people
          .filter(({ walkIn, state }) => walkIn && state === 'confirmed')
          .map(({ name }) => registrationId(name)),
      );
      const { peak, workgroups, ...figures } = attendance(roster, log, [...walkIns]);
      const plain = counted(roster, log, walkIns);
      expect({
        ...plain,
        ...figures,
        peak: peak.count,
        peaks: workgroups.map((workgroup) => workgroup.peak.count),
        byWorkgroup: workgroups.map(({ registered, came }) => [registered, came]),
      }).toEqual({ ...figures, ...plain });
      expect(figures.others).toBe(plain.came - plain.cameRegistered - plain.walkIns);
      expect(figures.arrivals.counts.reduce((sum, count) => sum + count, 0)).toBe(plain.came);
    }),
  );
});
