/** What the overview of an event's set-up has just done. */
export const DONE = ['published', 'withdrawn', 'opened', 'closed', 'address'] as const;
