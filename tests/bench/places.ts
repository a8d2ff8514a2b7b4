import { DatabaseSync } from 'node:sqlite';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import pino from 'pino';
import { millis } from '../../src/lib/domain/time.ts';
import { listWorkgroups } from '../../src/lib/server/events.ts';
import { openInstallation, type Installation } from '../../src/lib/server/installation.ts';
import { applyAssignment, proposeAssignment } from '../../src/lib/server/place-assignment.ts';
import { undoAssignment } from '../../src/lib/server/undo-assignment.ts';
import { Random } from './frames/random.ts';
import { median, type Row } from './report.ts';
import type { SeededEvent, Site } from './seed.ts';

const RUNS = 5;
/** The aim for a proposal, in seconds. */
const AIM = 2;
/** For how long the server may not answer others, in milliseconds. */
const BLOCK_AIM = 200;
const RULES = { onlyGains: false, elsewhere: false };
/** How many parties are of several people. */
const PARTIES = 0.25;

/** How long it takes to give out places by choice, with some workgroups wished for far more than others. */
export async function benchPlaces(site: Site): Promise<Row[]> {
  const installation = await openInstallation({
    dataFolder: site.folder,
    clock: () => millis(Date.now()),
    log: pino({ level: 'silent' }),
    origin: 'http://localhost',
  });
  try {
    const rows: Row[] = [];
    for (const event of site.events) {
      const workgroups = await listWorkgroups(installation.db, event.id);
      wish(
        site.database,
        event,
        workgroups.map(({ id }) => id),
      );
      rows.push(...(await benchEvent(installation, event)));
    }
    return rows;
  } finally {
    await installation.close();
  }
}

async function benchEvent(installation: Installation, event: SeededEvent): Promise<Row[]> {
  const name = `${event.ticketIds.length.toLocaleString('en')} people`;
  const row = (what: string, figure: number, unit: Row['unit'], aim?: number): Row => ({
    part: 'places',
    name: `${name}: ${what}`,
    figure,
    unit,
    ...(aim !== undefined && { aim }),
  });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const times: number[] = [];
  let fingerprint = '';
  for (let i = 0; i < RUNS; i += 1)
    times.push(
      await seconds(async () => {
        ({ fingerprint } = await proposeAssignment(installation, event.id, RULES));
      }),
    );
  delay.disable();
  const request = { rules: RULES, fingerprint, tell: true };
  let id = '';
  const applying = await seconds(async () => {
    const outcome = await applyAssignment(installation, event.id, request);
    if (outcome.kind !== 'applied') throw new Error(outcome.kind);
    id = outcome.id;
  });
  const undoing = await seconds(() => undoAssignment(installation, event.id, id, { tell: false }));
  return [
    row('proposed, median', median(times), 's', AIM),
    row('the longest others wait meanwhile', delay.max / 1e6, 'ms', BLOCK_AIM),
    row('applied, with mails', applying, 's'),
    row('undone', undoing, 's'),
  ];
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

/** First come, first served, as the form does it: for fewer places than people, and wishes that differ. */
function wish(database: string, event: SeededEvent, workgroups: string[]): void {
  const random = new Random(7);
  const places = Math.floor((0.9 * event.ticketIds.length) / workgroups.length);
  const taken = new Map<string, number>();
  const takenOf = (workgroup: string) => taken.get(workgroup) ?? 0;
  const pick = () => workgroups[Math.floor(workgroups.length * random.next() ** 1.6)]!;
  const file = new DatabaseSync(database);
  file.exec('begin');
  file.prepare('update workgroups set places = ? where event_id = ?').run(places, event.id);
  const people = file.prepare('select id from registrations where event_id = ? order by id').all(event.id);
  const update = file.prepare(
    `update registrations set host_id = ?, workgroup_id = ?, state = ?, waiting_since = ?,
     first_choice_id = ?, second_choice_id = ? where id = ?`,
  );
  for (let i = 0; i < people.length;) {
    const size = random.next() < PARTIES ? 2 + Math.floor(4 * random.next()) : 1;
    const party = people.slice(i, i + size);
    const [first, second] = [pick(), pick()];
    const hasPlaces = (workgroup: string) => takenOf(workgroup) + party.length <= places;
    const given = !hasPlaces(first) && hasPlaces(second) && random.next() < 0.5 ? second : first;
    for (const [member, { id }] of party.entries()) {
      const hasPlace = takenOf(given) < places;
      if (hasPlace) taken.set(given, takenOf(given) + 1);
      const host = member === 0 ? null : party[0]!.id!;
      const state = hasPlace ? 'confirmed' : 'waitlisted';
      update.run(host, given, state, hasPlace ? null : i + member, first, second, id!);
    }
    i += size;
  }
  file.exec('commit');
  file.close();
}
