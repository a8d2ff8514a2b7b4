/** What somebody is to one event, with the least first. */
export const ROLES = ['viewer', 'reception', 'organiser', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** What can be done in the office, each by one role and every role after it. */
const LEAST_ROLE = {
  see_headcount: 'viewer',
  /** Names: registrations, conflicts. */
  see_people: 'reception',
  /** Let somebody in by hand, and take somebody up who was not registered. */
  check_in: 'reception',
  change_registrations: 'organiser',
  settle_conflicts: 'organiser',
  run_devices: 'organiser',
  set_up_event: 'organiser',
  write_to_people: 'organiser',
  /** Take all data out at once, or in. */
  move_data: 'organiser',
  read_acts: 'organiser',
  manage_members: 'owner',
  erase: 'owner',
} as const satisfies Record<string, Role>;

/**
 * Only who administers the installation may: there is no role where there is no event, and an account is good for more
 * events than the one whose owner would reset it.
 */
const ADMINISTRATORS_ONLY = ['create_events', 'reset_accounts', 'manage_accounts'] as const;

export type Right = keyof typeof LEAST_ROLE | (typeof ADMINISTRATORS_ONLY)[number];
export const RIGHTS: readonly Right[] = [...(Object.keys(LEAST_ROLE) as Right[]), ...ADMINISTRATORS_ONLY];

/** What somebody is: here, at one event, and to the installation. */
export interface Standing {
  role: Role | null;
  /** Administers the installation, and is an owner of every event. */
  administrator: boolean;
}

/** Whether somebody may do something. Every page and every action of the office asks this, and nothing else. */
export function may({ role, administrator }: Standing, right: Right): boolean {
  if (administrator) return true;
  const least: Role | undefined = (LEAST_ROLE as Partial<Record<Right, Role>>)[right];
  return role !== null && least !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least);
}
