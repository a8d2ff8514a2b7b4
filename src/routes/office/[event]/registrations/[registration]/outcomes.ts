/** What the page says has been done. */
export const OUTCOMES = [
  'corrected',
  'unchanged',
  'confirmed',
  'moved',
  'cancelled',
  'sent',
  'sent_before',
  'reissued',
] as const;
export type Outcome = (typeof OUTCOMES)[number];
