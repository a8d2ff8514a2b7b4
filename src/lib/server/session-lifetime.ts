import { DAY } from '../domain/time.ts';

/**
 * A session ends when nothing was done with it for so long. A week: the headcount on the wall runs through an event's
 * days, and who looks in every Monday needs no password; a laptop that was lost is out by itself.
 */
export const IDLE_LIFETIME = 7 * DAY;

/** However busy a session is, after so long the password is asked for again. */
export const SESSION_LIFETIME = 30 * DAY;

/** The same in days, as the account's page says it. */
export const SESSION_DAYS = { idle: IDLE_LIFETIME / DAY, days: SESSION_LIFETIME / DAY };
