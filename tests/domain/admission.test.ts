import { describe, expect, test } from 'vitest';
import { decideAdmission } from '../../src/lib/domain/admission.ts';
import { EventState } from '../../src/lib/domain/event-state.ts';
import type { KeyId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { Registration } from '../../src/lib/domain/registration.ts';
import type { Checkpoint, Direction } from '../../src/lib/domain/setting.ts';
import type { Ticket } from '../../src/lib/domain/ticket.ts';
import type { Millis } from '../../src/lib/domain/time.ts';
import { REFUSALS, type Refusal, type Verdict } from '../../src/lib/domain/verdict.ts';
import {
  aRegistration,
  aScan,
  aSetting,
  at,
  BY_STAFF,
  checkpointId,
  deviceId,
  EVENT,
  OTHER_EVENT,
  payloadHash,
  ticketId,
} from './support.ts';

const NO_TICKET = { kind: 'no_ticket', payloadHash: payloadHash('menu') } as const;

/** What stands on the paper: workgroup w1, good from 15:00 to 19:00. */
function printed(values: Partial<Ticket> = {}): Ticket {
  return {
    keyId: '0000000a' as KeyId,
    eventId: EVENT,
    ticketId: ticketId('A'),
    workgroupNumber: 1,
    validFrom: at('15:00'),
    validUntil: at('19:00'),
    ...values,
  };
}

/**
 * A holder at a door, everything well unless a reason is added: in the roster, workgroup w1, outside, at w1's door,
 * 16:00, in a room that is nearly empty.
 */
class Case {
  registration: Registration | null = aRegistration('A');
  ticket = printed();
  now: Millis = at('16:00');
  door = 'w1-door';
  keyRevoked = false;
  unreadable = false;
  reentry: Checkpoint['reentry'] = 'after_exit';
  /** As the setting has it, unless told otherwise. */
  admits: Checkpoint['admits'] | null = null;
  capacity = 300;
  direction: Direction = 'entry';
  scans = [] as ReturnType<typeof aScan>[];

  get room(): string {
    return this.door.replace('-door', '');
  }

  decide(): Verdict {
    const state = new EventState(
      aSetting({
        rooms: { [this.room]: { capacity: this.capacity } },
        checkpoints: { [this.door]: { reentry: this.reentry, ...(this.admits && { admits: this.admits }) } },
      }),
    );
    if (this.registration) state.setRegistration(this.registration);
    for (const scan of this.scans) state.addScan(scan);
    const reading = this.unreadable
      ? NO_TICKET
      : ({ kind: 'ticket', ticket: this.ticket, keyRevoked: this.keyRevoked } as const);
    const checkpoint = state.venue.checkpoints.get(checkpointId(this.door))!;
    return decideAdmission({ reading, checkpoint, direction: this.direction, now: this.now }, state);
  }

  /** Somebody else is in the room, and no more may be. */
  fill(): void {
    this.capacity = 1;
    this.scans.push(
      aScan({ ticket: 'Z', at: this.door, verdictShown: 'wrong_workgroup', override: BY_STAFF }),
    );
  }
}

function play(...changes: ((it: Case) => void)[]): Verdict {
  const it = new Case();
  for (const change of changes) change(it);
  return it.decide();
}

const toExit = (it: Case) => void (it.direction = 'exit');
const notInRoster = (it: Case) => void (it.registration = null);
const roster = (values: Partial<Registration>) => (it: Case) =>
  void (it.registration = { ...it.registration!, ...values });

/** What makes each reason hold, in a way that can go together with as many others as possible. */
const REASONS: Record<Refusal, (it: Case) => void> = {
  invalid: (it) => {
    it.registration = null;
    it.keyRevoked = true;
  },
  other_event: (it) => {
    it.registration = null;
    it.ticket.eventId = OTHER_EVENT;
  },
  revoked: (it) =>
    roster({
      ticketId: ticketId('A2'),
      formerTickets: [{ ticketId: ticketId('A'), revokedAt: at('15:30') }],
    })(it),
  cancelled: roster({ state: 'cancelled' }),
  waitlisted: roster({ state: 'waitlisted' }),
  too_early: (it) => void (it.now = at('14:59')),
  too_late: (it) => void (it.now = at('19:01')),
  wrong_workgroup: (it) => {
    it.ticket.workgroupNumber = 2;
    if (it.registration) it.registration = { ...it.registration, workgroupId: 'w2' as WorkgroupId };
  },
  // Was here, and is elsewhere now: so the room may be full as well.
  already_inside: (it) => {
    it.reentry = 'never';
    it.scans.push(
      aScan({ at: it.door, time: '15:30' }),
      aScan({ at: 'hall-door', time: '15:35', direction: 'exit' }),
    );
  },
  room_full: (it) => it.fill(),
};

/** No registration is in two states, no time before and after the event; what isn't in the roster has no state there. */
const NEVER_TOGETHER: Refusal[][] = [
  ['cancelled', 'waitlisted'],
  ['too_early', 'too_late'],
  // Keys of other events are never revoked ones.
  ['invalid', 'other_event'],
  ...(['invalid', 'other_event'] as const).flatMap((outside) =>
    (['revoked', 'cancelled', 'waitlisted'] as const).map((state) => [outside, state]),
  ),
];

const together = (one: Refusal, other: Refusal) =>
  !NEVER_TOGETHER.some((pair) => pair.includes(one) && pair.includes(other));
const PAIRS = REFUSALS.flatMap((one, i) =>
  REFUSALS.slice(i + 1)
    .filter((other) => together(one, other))
    .map((other): [Refusal, Refusal] => [one, other]),
);

describe('a holder is let in', () => {
  test.each<[string, (it: Case) => void]>([
    ['with a confirmed registration, at the door of the own workgroup', () => {}],
    ["at the hall's door", (it) => void (it.door = 'hall-door')],
    ['at a door that admits anyone', (it) => (REASONS.wrong_workgroup(it), void (it.admits = 'anyone'))],
    ['on the signature alone', notInRoster],
    ['by the roster, also when the key was revoked since', (it) => void (it.keyRevoked = true)],
    ['in the first moment', (it) => void (it.now = at('15:00'))],
    ['in the last moment', (it) => void (it.now = at('19:00'))],
    [
      'into the new workgroup after a move, whatever the paper says',
      (it) => (roster({ workgroupId: 'w2' as WorkgroupId })(it), void (it.door = 'w2-door')),
    ],
    [
      'at the times of the event, whatever the paper says',
      (it) => void Object.assign(it.ticket, { validFrom: at('17:00'), validUntil: at('18:00') }),
    ],
    [
      'at the times on the paper, where the roster does not hold the ticket',
      (it) => (notInRoster(it), (it.now = at('20:00')), void (it.ticket.validUntil = at('21:00'))),
    ],
    ['with the new ticket', (it) => (REASONS.revoked(it), void (it.ticket.ticketId = ticketId('A2')))],
    [
      'again after an exit',
      (it) =>
        void it.scans.push(
          aScan({ at: 'w1-door', time: '15:30' }),
          aScan({ at: 'w1-door', time: '15:40', direction: 'exit' }),
        ),
    ],
    [
      'again at a door that lets in at any time',
      (it) => ((it.reentry = 'always'), void it.scans.push(aScan({ at: 'w1-door', time: '15:30' }))),
    ],
    [
      'again where they are already, although the room is full',
      (it) => {
        it.reentry = 'always';
        it.capacity = 1;
        it.scans.push(aScan({ at: 'w1-door', time: '15:30' }));
      },
    ],
    [
      'on the last free place',
      (it) => ((it.capacity = 2), void it.scans.push(aScan({ ticket: 'Z', at: 'w1-door' }))),
    ],
    [
      'once somebody has left the full room',
      (it) => (
        it.fill(),
        void it.scans.push(aScan({ ticket: 'Z', at: 'w1-door', time: '15:50', direction: 'exit' }))
      ),
    ],
  ])('%s', (_, change) => {
    expect(play(change).word).toBe('admitted');
  });
});

describe('a holder is turned away', () => {
  test.each(REFUSALS)('%s', (reason) => {
    expect(play(REASONS[reason]).word).toBe(reason);
  });

  test.each<[Refusal, string, (it: Case) => void]>([
    ['invalid', 'with what is no ticket', (it) => void (it.unreadable = true)],
    [
      'wrong_workgroup',
      'by the workgroup on the paper, where the roster does not hold the ticket',
      (it) => (notInRoster(it), void (it.ticket.workgroupNumber = 2)),
    ],
    [
      'wrong_workgroup',
      'with a workgroup that nobody knows',
      (it) => (notInRoster(it), void (it.ticket.workgroupNumber = 99)),
    ],
    [
      'wrong_workgroup',
      "at the hall's door, where it admits workgroups only",
      (it) => ((it.door = 'hall-door'), void (it.admits = 'own_workgroup')),
    ],
    [
      'too_early',
      'by the paper, where the roster does not hold the ticket',
      (it) => (notInRoster(it), void (it.ticket.validFrom = at('17:00'))),
    ],
    ['already_inside', 'while inside', (it) => void it.scans.push(aScan({ at: 'w1-door', time: '15:30' }))],
    [
      'already_inside',
      'while inside by the word of the staff',
      (it) =>
        void it.scans.push(
          aScan({ at: 'w1-door', time: '15:30', verdictShown: 'too_early', override: BY_STAFF }),
        ),
    ],
    [
      'already_inside',
      'with the new ticket, after the old one was used',
      (it) => {
        REASONS.revoked(it);
        it.ticket.ticketId = ticketId('A2');
        it.scans.push(aScan({ ticket: 'A', at: 'w1-door', time: '15:20' }));
      },
    ],
    [
      'already_inside',
      "in the hall, after a room's exit led there, at a door that lets in once",
      (it) => {
        it.door = 'hall-door';
        it.reentry = 'never';
        it.scans.push(
          aScan({ at: 'w1-door', time: '15:30' }),
          aScan({ at: 'w1-door', time: '15:40', direction: 'exit' }),
        );
      },
    ],
    ['room_full', 'from a room without a single place', (it) => void (it.capacity = 0)],
    [
      'room_full',
      'out of the own room, when the hall is full',
      (it) => {
        it.door = 'hall-door';
        it.scans.push(aScan({ at: 'w1-door', time: '15:30' }));
        it.fill();
      },
    ],
  ])('%s: %s', (reason, _, change) => {
    expect(play(change).word).toBe(reason);
  });

  test.each(PAIRS)('with %s before %s', (earlier, later) => {
    expect(play(REASONS[earlier], REASONS[later]).word).toBe(earlier);
    // A later reason that changes the registration must find it.
    if (!(earlier in { invalid: 0, other_event: 0 })) {
      expect(play(REASONS[later], REASONS[earlier]).word).toBe(earlier);
    }
  });
});

describe('a holder who is leaving', () => {
  const NO_HINDRANCE: Refusal[] = ['cancelled', 'too_late', 'wrong_workgroup', 'already_inside', 'room_full'];

  test.each(NO_HINDRANCE)('leaves, whatever is said for %s', (reason) => {
    expect(play(REASONS[reason], toExit).word).toBe('left');
  });

  test('leaves, whatever is said for all of these together', () => {
    expect(play(...NO_HINDRANCE.map((reason) => REASONS[reason]), toExit).word).toBe('left');
  });

  test('leaves without ever having entered, and with a ticket that the roster does not hold', () => {
    expect(play(toExit).word).toBe('left');
    expect(play(notInRoster, toExit).word).toBe('left');
  });

  test.each(REFUSALS.filter((reason) => !NO_HINDRANCE.includes(reason)))('does not with %s', (reason) => {
    expect(play(REASONS[reason], toExit).word).toBe(reason);
  });

  test('is shown a reason that counts also when one that does not comes before it', () => {
    expect(play(REASONS.cancelled, REASONS.too_early, toExit).word).toBe('too_early');
  });
});

describe('beside the verdict the staff see', () => {
  const registration = aRegistration('A');

  test('who it is and where they belong', () => {
    expect(play()).toMatchObject({ word: 'admitted', registration, workgroup: { id: 'w1' } });
    expect(play(REASONS.wrong_workgroup)).toMatchObject({
      registration: { name: 'Gast A' },
      workgroup: { id: 'w2' },
    });
  });

  test('where a ticket belongs that the roster does not hold', () => {
    expect(play(notInRoster)).toMatchObject({ registration: null, workgroup: { id: 'w1' } });
  });

  test('nothing of what is no ticket', () => {
    expect(play((it) => void (it.unreadable = true))).toEqual({
      word: 'invalid',
      registration: null,
      workgroup: null,
    });
  });

  test('from when and until when', () => {
    expect(play(REASONS.too_early)).toMatchObject({ from: at('15:00') });
    expect(play(REASONS.too_late)).toMatchObject({ until: at('19:00') });
  });

  test("the other event's day, when it is known", () => {
    expect(play(REASONS.other_event)).toMatchObject({
      event: { title: { de: 'Anderer Abend' }, startsAt: at('20:00') },
    });
    const elsewhere = (it: Case) => void (it.ticket.eventId = '0000000000000000' as typeof EVENT);
    expect(play(elsewhere)).toMatchObject({ word: 'other_event', event: null });
  });

  test('when, where and by which tablet the holder came in', () => {
    const inside = (it: Case) => void it.scans.push(aScan({ at: 'w1-door', time: '15:30', device: 'tab2' }));
    const here = { since: at('15:30'), checkpointId: checkpointId('w1-door'), deviceId: deviceId('tab2') };
    expect(play(inside)).toMatchObject({ word: 'already_inside', ...here });
  });

  test('the earlier entry, at a door that lets in once', () => {
    expect(play(REASONS.already_inside)).toMatchObject({
      since: at('15:30'),
      checkpointId: checkpointId('w1-door'),
    });
  });

  test('which room is full, and how many are in it', () => {
    expect(play(REASONS.room_full)).toMatchObject({ room: { id: 'w1', capacity: 1 }, headcount: 1 });
  });
});

test('what is said of one ticket is said of no other', () => {
  const other = (it: Case) => void (it.ticket.ticketId = ticketId('B'));
  expect(play(REASONS.cancelled, other).word).toBe('admitted');
});
