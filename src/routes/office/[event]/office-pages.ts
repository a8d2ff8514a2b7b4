import type { Right } from '$lib/domain/office-rights';
import { m } from '$lib/i18n';

/** When somebody needs a page: the groups of the menu, in its order. */
export const PAGE_GROUPS = ['evening', 'people', 'preparation', 'afterwards'] as const;
export type PageGroup = (typeof PAGE_GROUPS)[number];

export interface OfficePage {
  /** Below the event's own address; empty: that address itself. */
  path: string;
  /** What somebody must be allowed to do for the page to be of use: the menu leaves the others out. */
  right: Right;
  group: PageGroup;
  title: () => string;
}

/** Every page of an event's office that the menu leads to, in its order. */
export const OFFICE_PAGES: readonly OfficePage[] = [
  { path: '', right: 'see_headcount', group: 'evening', title: m.office_overview },
  { path: 'conflicts', right: 'see_people', group: 'evening', title: m.office_conflicts },
  { path: 'desk', right: 'check_in', group: 'evening', title: m.desk_title },
  { path: 'wall', right: 'see_headcount', group: 'evening', title: m.wall_title },
  { path: 'devices', right: 'run_devices', group: 'evening', title: m.office_tablets },
  { path: 'registrations', right: 'see_people', group: 'people', title: m.registrations_title },
  { path: 'import-registrations', right: 'move_data', group: 'people', title: m.data_import_title },
  {
    path: 'assignment',
    right: 'change_registrations',
    group: 'people',
    title: m.assignment_title,
  },
  { path: 'announcements', right: 'write_to_people', group: 'people', title: m.announcements_title },
  { path: 'mails', right: 'write_to_people', group: 'people', title: m.office_mails },
  { path: 'print', right: 'move_data', group: 'preparation', title: m.print_title },
  { path: 'setup', right: 'set_up_event', group: 'preparation', title: m.event_setup_page },
  { path: 'settings', right: 'set_up_event', group: 'preparation', title: m.settings_title },
  { path: 'members', right: 'manage_members', group: 'preparation', title: m.members_title },
  { path: 'report', right: 'set_up_event', group: 'afterwards', title: m.report_title },
  { path: 'erasure', right: 'erase', group: 'afterwards', title: m.erasure_title },
  { path: 'interfaces', right: 'move_data', group: 'preparation', title: m.interfaces_title },
  { path: 'acts', right: 'read_acts', group: 'afterwards', title: m.acts_title },
  { path: 'feedback', right: 'set_up_event', group: 'afterwards', title: m.legal_office_title },
  { path: 'import', right: 'move_data', group: 'afterwards', title: m.office_import_title },
];

export function groupTitle(group: PageGroup): string {
  switch (group) {
    case 'evening':
      return m.office_group_evening();
    case 'people':
      return m.office_group_people();
    case 'preparation':
      return m.office_group_preparation();
    case 'afterwards':
      return m.office_group_afterwards();
  }
}
