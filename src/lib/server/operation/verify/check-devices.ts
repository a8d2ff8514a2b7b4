import { ownDevices } from '../../own-scans.ts';
import { note, problem, some, type Checking, type Finding } from './finding.ts';

/** Each tablet numbers its scans without a gap: a number that is missing is a scan that never came. */
export async function checkDevices({ tx, event }: Checking): Promise<Finding[]> {
  const findings: Finding[] = [];
  const rows = await tx
    .selectFrom('scans')
    .select(['device_id', 'device_seq'])
    .where('event_id', '=', event.id)
    .execute();
  const devices = await tx
    .selectFrom('devices')
    .select(['id', 'name', 'waiting'])
    .where('event_id', '=', event.id)
    .execute();
  const names = new Map<string, string>(
    [...devices, ...ownDevices(event.id)].map(({ id, name }) => [id, name]),
  );
  const numbers = new Map<string, Set<number>>();
  for (const { device_id, device_seq } of rows) {
    const seen = numbers.get(device_id) ?? new Set();
    numbers.set(device_id, seen.add(device_seq));
  }
  const aside = await numbersSetAside({ tx, event });
  for (const [id, seen] of numbers) {
    const name = names.get(id);
    if (name === undefined) {
      findings.push(problem(event.slug, `${seen.size} scans are of a tablet that the event has not: ${id}`));
      continue;
    }
    const missing: number[] = [];
    let explained = 0;
    for (let number = 1, last = largest(seen); number < last; number++) {
      if (seen.has(number)) continue;
      if (aside.get(id)?.has(number)) explained += 1;
      else missing.push(number);
    }
    if (explained > 0)
      findings.push(
        note(event.slug, `tablet "${name}": ${explained} of its scans were set aside as impossible`),
      );
    if (missing.length === 0) continue;
    const text = `tablet "${name}": of its scans number ${some(missing)} never came`;
    findings.push(
      event.erased
        ? note(event.slug, `${text}; what was set aside has been erased with the event`)
        : problem(event.slug, text),
    );
  }
  for (const { name, waiting } of devices)
    if (waiting > 0) findings.push(note(event.slug, `tablet "${name}" said that it still holds ${waiting}`));
  return findings;
}

function largest(numbers: ReadonlySet<number>): number {
  let most = 0;
  for (const number of numbers) most = Math.max(most, number);
  return most;
}

/** The numbers of scans that were kept aside, where they can be read. */
async function numbersSetAside({ tx, event }: Checking): Promise<Map<string, Set<number>>> {
  const rows = await tx
    .selectFrom('anomalies')
    .select(['device_id', 'record'])
    .where('event_id', '=', event.id)
    .execute();
  const numbers = new Map<string, Set<number>>();
  for (const { device_id, record } of rows) {
    const parsed: unknown = JSON.parse(record);
    const number = typeof parsed === 'object' && parsed && 'deviceSeq' in parsed ? parsed.deviceSeq : null;
    if (typeof number !== 'number') continue;
    numbers.set(device_id, (numbers.get(device_id) ?? new Set()).add(number));
  }
  return numbers;
}
