import type { Database } from './database/open.ts';
import type { Installation } from './installation.ts';

const SIGNED_IN = /einlass\.session_token=/;

/**
 * Where a public page is read from. For most of its readers it may be a moment old; whoever sends something, or may have
 * just changed it in the office, sees what is true now.
 */
export function publicReading(
  { db, reading }: Pick<Installation, 'db' | 'reading'>,
  { method, headers }: Request,
): Database {
  const mayLag = (method === 'GET' || method === 'HEAD') && !SIGNED_IN.test(headers.get('cookie') ?? '');
  return mayLag ? reading : db;
}
