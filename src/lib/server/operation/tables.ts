import { createHash } from 'node:crypto';

/**
 * Every table of the installation, in an order in which each comes after those that its rows point to.
 */
export const TABLES = [
  'installation',
  'turns',
  'events',
  'surveys',
  'rooms',
  'workgroups',
  'checkpoints',
  'event_keys',
  'event_exchange_keys',
  'registrations',
  'tickets',
  'devices',
  'pairing_codes',
  'scans',
  'decisions',
  'anomalies',
  'setup_links',
  'users',
  'sessions',
  'user_accounts',
  'verifications',
  'attempts',
  'second_factors',
  'account_resets',
  'administrators',
  'members',
  'invitations',
  'acts',
  'assignments',
  'assignment_moves',
  'announcements',
  'mails',
  'feedback',
  'api_tokens',
  'api_requests',
  'webhooks',
  'webhook_deliveries',
  'watched_events',
  'watched_registrations',
  'imports',
] as const;

/** Within its table a row may point to another one: these columns are empty in the rows that must come first. */
export const FIRST_WHERE_NULL: Record<string, string> = { registrations: 'host_id' };

/** A value as it travels between stores: flags are 0 or 1, moments that are not numbers are ISO 8601. */
export type Cell = string | number | null;
export type Cells = Cell[];

const MODULUS = 1n << 256n;

/**
 * What a table holds, as one number: the sum of its rows' SHA-256. Stores sort differently, and the order of the rows
 * means nothing, so it makes no difference here.
 */
export class TableSum {
  rows = 0;
  private sum = 0n;

  /** @param columns - sorted or not: each value is summed together with its column's name */
  add(columns: readonly string[], cells: Cells): void {
    const named = columns.map((column, i) => [column, rounded(cells[i] ?? null)] as const);
    named.sort(([a], [b]) => (a < b ? -1 : 1));
    const hash = createHash('sha256').update(JSON.stringify(named)).digest('hex');
    this.sum = (this.sum + BigInt(`0x${hash}`)) % MODULUS;
    this.rows += 1;
  }

  /** 64 hexadecimal digits. */
  get hex(): string {
    return this.sum.toString(16).padStart(64, '0');
  }
}

/** PostgreSQL keeps a `real` in four bytes, SQLite in eight. */
function rounded(cell: Cell): Cell {
  if (typeof cell !== 'number' || Number.isInteger(cell)) return cell;
  return Number(cell.toPrecision(6));
}
