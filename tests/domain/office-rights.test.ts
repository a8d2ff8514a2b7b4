import { describe, expect, test } from 'vitest';
import { may, RIGHTS, ROLES, type Right, type Role } from '../../src/lib/domain/office-rights.ts';

/** Written out a second time on purpose: whoever changes a right changes it here too, and sees what it means. */
const TABLE: Record<Right, string> = {
  see_headcount: 'viewer reception organiser owner',
  see_people: 'reception organiser owner',
  check_in: 'reception organiser owner',
  change_registrations: 'organiser owner',
  settle_conflicts: 'organiser owner',
  run_devices: 'organiser owner',
  set_up_event: 'organiser owner',
  write_to_people: 'organiser owner',
  move_data: 'organiser owner',
  read_acts: 'organiser owner',
  manage_members: 'owner',
  erase: 'owner',
  create_events: '',
  reset_accounts: '',
  manage_accounts: '',
};

describe.each(RIGHTS)('%s', (right) => {
  const allowed = TABLE[right].split(' ');

  test.each(ROLES)('%s', (role: Role) => {
    expect(may({ role, administrator: false }, right)).toBe(allowed.includes(role));
  });

  test('who has no role at the event has no right to it; who administers the installation has every one', () => {
    expect(may({ role: null, administrator: false }, right)).toBe(false);
    expect(may({ role: null, administrator: true }, right)).toBe(true);
  });
});
