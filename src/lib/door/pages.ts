import type { ChangeWire } from '../domain/wire.ts';

/** More pages than this are rewritten as few. */
export const MAX_PAGES = 60;

/** How many changes one rewritten page holds. */
const PAGE_SIZE = 2_000;

/** Keeps the last news of each thing, in the order of that last news: folding the result gives the same state. */
export function compactPages(pages: ChangeWire[][]): ChangeWire[][] {
  const latest = new Map<string, ChangeWire>();
  for (const change of pages.flat()) {
    const key = keyOf(change);
    latest.delete(key);
    latest.set(key, change);
  }
  const changes = [...latest.values()];
  const setting = changes.findIndex((change) => change.kind === 'setting');
  if (setting > 0) changes.unshift(...changes.splice(setting, 1));
  const compacted: ChangeWire[][] = [];
  for (let i = 0; i < changes.length; i += PAGE_SIZE) compacted.push(changes.slice(i, i + PAGE_SIZE));
  return compacted;
}

function keyOf(change: ChangeWire): string {
  switch (change.kind) {
    case 'setting':
      return 'setting';
    case 'registration':
      return `registration ${change.registration.id}`;
    case 'registration_removed':
      return `registration ${change.registrationId}`;
    case 'scan':
      return `scan ${change.scan.id}`;
    case 'decision':
      return `decision ${change.decision.id}`;
    case 'exchange_key':
      return 'exchange_key';
    default:
      // Of a newer server: kept whole for the day of the update.
      return JSON.stringify(change);
  }
}
