import { enterDisks } from './disk.ts';
import { checkLaws, lookAtDisk, type Stage } from './laws.ts';
import { Ledger } from './ledger.ts';
import type { Quality } from './network.ts';
import { Office, type Paper } from './office.ts';
import { enterDay } from './seams/globals.ts';
import { strangeNews } from './fields.ts';
import { bringForged, handOver } from './relay.ts';
import { Server } from './server.ts';
import { Tablet } from './tablet.ts';
import { happen } from './troubles.ts';
import { watchLog } from './watch-log.ts';
import { World, type Violation } from './world.ts';

export interface DayResult {
  seed: number;
  /** Of everything that happened, in its order. */
  hash: string;
  violations: Violation[];
  story: string[];
  tasks: number;
  scans: number;
}

/** How many tablets stand at the doors; many are slow to simulate, and two find most. */
const TABLETS = { 1: 2, 2: 8, 3: 5, 4: 2, 6: 0.4, 8: 0.2 };

/** Simulates one whole day, from the first pairing to the last check. */
export async function simulateDay(seed: number): Promise<DayResult> {
  const world = new World(seed);
  enterDay(seed, world.scheduler);
  enterDisks(world);
  const ledger = new Ledger(world);
  const server = new Server(world);
  const office = new Office(world, ledger, server);
  const stage: Stage = { world, ledger, server, office, tablets: [] };
  server.onNews = () => stage.tablets.forEach((tablet) => tablet.hearNews());
  server.onGone = () => {
    world.tell('the server is killed');
    stage.tablets.forEach((tablet) => tablet.loseChannel());
  };
  try {
    await during(world, open(stage));
    const watched = watchLog(stage);
    for (
      let actions = world.chance.between(15, 45);
      actions > 0 && world.violations.length === 0;
      actions--
    ) {
      act(stage);
      await pass(stage, world.chance.weighed({ 0: 4, 40: 4, 700: 4, 3_000: 3, 12_000: 1 }));
      watched();
    }
    await close(stage);
    watched();
    if (world.violations.length === 0) await during(world, checkLaws(stage));
  } catch (error) {
    world.violate('broken', (error as Error).stack ?? String(error));
  }
  for (const tablet of stage.tablets) tablet.kill();
  const { hash, tasksRun: tasks } = world.scheduler;
  const { violations, story } = world;
  return { seed, hash: hash.toString(16), violations, story, tasks, scans: ledger.shownScans.size };
}

/** Lets the day go on until a piece of work of the world is done. */
async function during<Result>(world: World, work: Promise<Result>): Promise<Result> {
  let ended = false;
  const end = () => void (ended = true);
  work.then(end, end);
  for (let i = 0; i < 3_000 && !ended; i++) await world.scheduler.runUntil(world.now + 200);
  if (!ended) throw new Error('what the world waits for does not end');
  return work;
}

function pass(stage: Stage, time: string): Promise<void> {
  return stage.world.scheduler.runUntil(stage.world.now + Number(time));
}

async function open(stage: Stage): Promise<void> {
  const { world, office } = stage;
  await office.open();
  const count = Number(world.chance.weighed(TABLETS));
  for (let i = 1; i <= count; i++) await addTablet(stage);
}

/** Unpacks a tablet, pairs it and puts it at a door. */
export async function addTablet(stage: Stage): Promise<void> {
  const { world, ledger, server, office, tablets } = stage;
  const name = `tab${tablets.length + 1}`;
  const tablet = new Tablet(world, ledger, server, name, (body) => lookAtNews(stage, name, body));
  tablets.push(tablet);
  await tablet.boot();
  await pairTablet(stage, tablet);
  await tablet.takeDuty(world.chance.pick(office.checkpoints), 'entry');
}

export async function pairTablet({ office }: Stage, tablet: Tablet): Promise<void> {
  const code = await office.pairingCode();
  if (!code) return;
  const paired = await tablet.pair(code);
  if (paired.startsWith('paired')) await tablet.choosePin();
}

/** 5: what a tablet is sent is already what it may know. */
function lookAtNews({ world }: Stage, name: string, body: string): void {
  let answer: { changes?: object[] };
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    return;
  }
  if (body.includes('@')) world.violate('knows', `${name} is sent an e-mail address`);
  if (!Array.isArray(answer?.changes)) return;
  for (const path of new Set(strangeNews(answer.changes))) world.violate('knows', `${name} is sent ${path}`);
}

/** One thing that happens: mostly somebody at a door. */
function act(stage: Stage): void {
  const { world, office, tablets } = stage;
  const { chance } = world;
  const what = chance.weighed({
    door: 62,
    relay: 14,
    change: 9,
    desk: 4,
    settle: 8,
    register: 4,
    rule: 1,
    trouble: 24,
  });
  if (what === 'trouble') return happen(stage);
  if (what === 'relay') return relay(stage);
  if (what === 'door') return atDoor(stage, chance.pick(tablets));
  void office[what]();
}

/** Tablets exchange what they know, past the server; or one is misused. */
function relay(stage: Stage): void {
  const { world, tablets } = stage;
  const from = world.chance.pick(tablets);
  const others = tablets.filter((tablet) => tablet !== from);
  if (others.length === 0 || world.chance.happens(0.08)) return void bringForged(stage, from);
  void handOver(stage, from, world.chance.pick(others));
}

function atDoor(stage: Stage, tablet: Tablet): void {
  const { world, office } = stage;
  const { chance } = world;
  if (!tablet.running) return void tablet.boot();
  if (tablet.state === 'off') return;
  switch (tablet.state) {
    case 'not_paired':
      return void pairTablet(stage, tablet);
    case 'pin_due':
      return void tablet.choosePin();
    case 'locked':
      return void tablet.unlock(chance.happens(0.85));
    case 'forgotten':
      return void pairTablet(stage, tablet);
    default:
  }
  const papers: Paper[] = [...office.papers(), ...(walkInPapers.get(stage) ?? [])];
  // Everybody whom the office knew was erased.
  if (papers.length === 0) return void office.register();
  // Mostly those come to a room's door who belong there.
  const fitting = papers.filter(
    ({ workgroup }) => tablet.app?.store.duty?.checkpointId === `${workgroup}-door`,
  );
  const before = lastPaper.get(stage);
  const again = before && chance.happens(0.3);
  const paper = again ? before : chance.pick(fitting.length > 0 && chance.happens(0.8) ? fitting : papers);
  lastPaper.set(stage, paper);
  switch (
    chance.weighed({ scan: 12, turn: 3, override: 2, byHand: 2, undo: 3, walkIn: 2, twice: 2, napkin: 0.5 })
  ) {
    case 'scan':
      return void tablet.scan(paper.text, paper.whose);
    case 'twice':
      void tablet.scan(paper.text, paper.whose);
      return void tablet.scan(paper.text, paper.whose);
    case 'napkin':
      return void tablet.scan('a napkin', 'a napkin').then(() => tablet.override());
    case 'turn':
      return void tablet.takeDuty(chance.pick(office.checkpoints), chance.happens(0.6) ? 'entry' : 'exit');
    case 'override':
      return void tablet.override();
    case 'byHand':
      return void tablet.checkInByHand(paper.registrationId, paper.whose);
    case 'undo':
      return void tablet.undo();
    case 'walkIn': {
      const name = office.newName();
      const workgroup = chance.pick(office.workgroups);
      return void tablet.walkIn(name, workgroup, (registrationId, text) => {
        const known = walkInPapers.get(stage) ?? [];
        walkInPapers.set(stage, [...known, { registrationId, text, whose: name, workgroup }]);
      });
    }
  }
}

/** Tickets that were made at a door, and that the office may not know yet. */
const walkInPapers = new WeakMap<Stage, Paper[]>();

/** What was shown last at any door: somebody may show it at the next. */
const lastPaper = new WeakMap<Stage, Paper>();

const ROUNDS = 8;

/** Everything is well again, everybody comes back, and all is handed in and fetched. */
async function close(stage: Stage): Promise<void> {
  const { world, server, tablets, office } = stage;
  world.tell('everything is well again');
  server.process.tasksLeft = null;
  server.full = false;
  if (!server.running) server.start();
  for (const tablet of tablets) {
    Object.assign(tablet.disk, { full: false, failingCommits: 0 });
    tablet.link.quality = 'good' satisfies Quality;
    if (tablet.app && tablet.running) tablet.app.process.tasksLeft = null;
  }
  // Whatever was under way comes to its end.
  await world.scheduler.runUntil(world.now + 25_000);
  for (const tablet of tablets) {
    if (!tablet.running) await during(world, tablet.boot());
    if (tablet.state === 'pin_due') await during(world, tablet.choosePin());
    for (let i = 0; i < 12 && tablet.state === 'locked'; i++) {
      await world.scheduler.runUntil(world.now + 2_000 * 2 ** i);
      await during(world, tablet.unlock(true));
    }
  }
  for (let i = 0; i < ROUNDS; i++) {
    for (const tablet of tablets) tablet.retryNow();
    await world.scheduler.runUntil(world.now + 1_500);
    if (i >= 1 && tablets.every((tablet) => isUpToDate(stage, tablet))) break;
  }
  for (const tablet of tablets) lookAtDisk(world, office, tablet);
}

function isUpToDate({ server }: Stage, { app, state }: Tablet): boolean {
  const [event] = server.rows<{ change: number }>('select change from events');
  if (!app || app.store.waiting > 0) return false;
  return state !== 'open' || app.store.progress.cursor?.endsWith(`.${event!.change}`) === true;
}
