/** What became of one kind of promise. */
export interface Count {
  what: 'scans' | 'registrations' | 'changes' | 'cancellations' | 'decisions' | 'mails';
  acknowledged: number;
  found: number;
  missing: number;
  double: number;
  /** There, although nobody was told so: allowed. */
  unacknowledged: number;
}

export const count = (what: Count['what']): Count => ({
  what,
  acknowledged: 0,
  found: 0,
  missing: 0,
  double: 0,
  unacknowledged: 0,
});
