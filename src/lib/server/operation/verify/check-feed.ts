import { readFeed } from '../../feed.ts';
import { problem, some, type Checking, type Finding } from './finding.ts';

/**
 * The numbers by which tablets read on: none given twice, none beyond the event's own count, and reading from the
 * beginning brings every registration, scan and decision exactly once. Numbers that are missing are in order: what
 * changes gets a new one, and its former number is nobody's.
 */
export async function checkFeed({ tx, event }: Checking): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { change, setting_change } = await tx
    .selectFrom('events')
    .select(['change', 'setting_change'])
    .where('id', '=', event.id)
    .executeTakeFirstOrThrow();
  const numbers = new Map<number, string>();
  const ids = new Set<string>();
  const twice: number[] = [];
  const beyond: string[] = [];
  for (const table of ['registrations', 'scans', 'decisions'] as const) {
    const rows = await tx
      .selectFrom(table)
      .select(['id', 'change'])
      .where('event_id', '=', event.id)
      .execute();
    for (const row of rows) {
      if (numbers.has(row.change)) twice.push(row.change);
      if (row.change > change || row.change < 1) beyond.push(row.id);
      numbers.set(row.change, row.id);
      ids.add(row.id);
    }
  }
  if (twice.length > 0)
    findings.push(problem(event.slug, `changes have the same number: ${some(twice)}; a tablet may miss one`));
  if (beyond.length > 0)
    findings.push(
      problem(event.slug, `changes no tablet is told of, beyond number ${change}: ${some(beyond)}`),
    );
  if (setting_change > change)
    findings.push(problem(event.slug, `its setting has number ${setting_change}, beyond ${change}`));

  const read = new Map<string, number>();
  for (let after = 0, more = true; more;) {
    const page = await readFeed(tx, event.id, after);
    for (const news of page.changes) {
      if (news.kind === 'registration') count(read, news.registration.id);
      if (news.kind === 'scan') count(read, news.scan.id);
      if (news.kind === 'decision') count(read, news.decision.id);
    }
    ({ position: after, more } = page);
  }
  const missing = [...ids].filter((id) => !read.has(id));
  const repeated = [...read].filter(([, times]) => times > 1).map(([id]) => id);
  // A registration without any ticket is none that a door could know.
  const withoutTicket = new Set(await registrationsWithoutTicket({ tx, event }));
  const lost = missing.filter((id) => !withoutTicket.has(id));
  if (lost.length > 0) findings.push(problem(event.slug, `tablets are never told of ${some(lost)}`));
  if (repeated.length > 0)
    findings.push(problem(event.slug, `tablets are told more than once of ${some(repeated)}`));
  return findings;
}

function count(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
}

async function registrationsWithoutTicket({ tx, event }: Checking): Promise<string[]> {
  const rows = await tx
    .selectFrom('registrations')
    .leftJoin('tickets', 'tickets.registration_id', 'registrations.id')
    .select('registrations.id')
    .where('registrations.event_id', '=', event.id)
    .where('tickets.id', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}
