import type { CheckpointId, DeviceId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { correctedTime } from '../../src/lib/domain/scan.ts';
import type { Direction } from '../../src/lib/domain/setting.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { Door, type ScanOutcome } from '../../src/lib/door/door.ts';
import { pairTablet } from '../../src/lib/door/pairing.ts';
import type { Held } from '../../src/lib/domain/held.ts';
import type { SignedRecord } from '../../src/lib/domain/signed-record.ts';
import type { Taken, Way } from '../../src/lib/door/record-book.ts';
import { DoorStore } from '../../src/lib/door/store.ts';
import { StoreRecordBook } from '../../src/lib/door/store-record-book.ts';
import { syncFully, type SyncResult } from '../../src/lib/door/sync.ts';
import { SyncLoop } from '../../src/lib/door/sync-loop.ts';
import { lockState, TabletLock, type LockState } from '../../src/lib/door/tablet-lock.ts';
import { httpTransport, type Transport } from '../../src/lib/door/transport.ts';
import { Disk } from './disk.ts';
import type { Deed, Ledger } from './ledger.ts';
import { Link } from './network.ts';
import { Chance } from './random.ts';
import { Process } from './scheduler.ts';
import type { Server } from './server.ts';
import { TabletClock } from './tablet-clock.ts';
import type { World } from './world.ts';

/** What its staff open it with. */
export const PIN = '246813';
const WRONG_PIN = '135790';

/** One run of the app, from its start until it is killed. */
interface App {
  process: Process;
  store: DoorStore;
  door: Door;
  lock: TabletLock;
  book: StoreRecordBook;
  transport: Transport;
  loop: SyncLoop | null;
  channel: boolean;
}

/** How much later than its disk allows a verdict may be shown, in milliseconds: two tries, and what lies between. */
const LONGEST_WAIT = 1_100;

/** A tablet with the real store, door and sync loop, and the staff that stand at it. */
export class Tablet {
  readonly name: string;
  readonly disk: Disk;
  readonly link: Link;
  readonly clock: TabletClock;
  app: App | null = null;
  /** The run that is on, from its first step: a browser never opens the door twice. */
  private process: Process | null = null;
  deviceId: DeviceId | null = null;
  /** What its screen showed last. */
  last: Extract<ScanOutcome, { kind: 'shown' }> | null = null;
  /** How many of the staff's wishes it works on. */
  busy = 0;
  private readonly world: World;
  private readonly ledger: Ledger;
  private readonly chance: Chance;

  constructor(world: World, ledger: Ledger, server: Server, name: string, onAnswer: (body: string) => void) {
    this.world = world;
    this.ledger = ledger;
    this.name = name;
    this.chance = new Chance(world.seed, `tablet ${name}`);
    this.disk = new Disk(world.seed, name);
    this.link = new Link(world, server, name, onAnswer);
    this.clock = new TabletClock(world, this.chance);
  }

  get running(): boolean {
    return this.process?.alive ?? false;
  }

  get state(): LockState | 'off' {
    return this.app?.process.alive ? lockState(this.app.store) : 'off';
  }

  /** Starts the app from what is on its disk. */
  async boot(): Promise<void> {
    const process = new Process(this.name, () => this.clock.now());
    process.onKilled = () => this.afterKill();
    this.process = process;
    await this.on(process, async () => {
      const store = await DoorStore.open(this.disk.connect(process), () =>
        millis(Math.floor(this.clock.now())),
      );
      const lock = new TabletLock(store, 1);
      const transport = httpTransport(this.link.fetch(process));
      const parts = { process, store, door: new Door(store), lock, transport };
      const app: App = { ...parts, book: new StoreRecordBook(store), loop: null, channel: false };
      this.watch(app);
      this.app = app;
      await lock.expire(store.now());
      if (['locked', 'forgotten'].includes(lockState(store))) this.startLoop(app);
    });
  }

  /** Ends the app before so many more of its steps. */
  killIn(steps: number): void {
    if (this.process) this.process.tasksLeft = steps;
  }

  kill(): void {
    if (this.process) this.world.scheduler.kill(this.process);
  }

  /** Pairs with a code and chooses the PIN. */
  pair(code: string): Promise<string> {
    return this.deed('is paired', async (app) => {
      const result = await pairTablet(app.store, app.transport, code, this.name);
      if (result !== 'paired') return result;
      this.deviceId = app.store.identity!.deviceId;
      return `${result} as ${this.deviceId}`;
    });
  }

  choosePin(): Promise<string> {
    return this.deed('gets its PIN', async (app) => {
      await app.lock.choosePin(PIN);
      this.startLoop(app);
      return 'open';
    });
  }

  unlock(right: boolean): Promise<string> {
    return this.deed(right ? 'is unlocked' : 'hears a wrong PIN', async (app) => {
      const { kind } = await app.lock.unlock(right ? PIN : WRONG_PIN);
      if (kind === 'unlocked') this.startLoop(app);
      return kind;
    });
  }

  lockNow(): void {
    const { app } = this;
    if (!app || this.state !== 'open') return;
    this.world.tell(`${this.name}: is locked by its staff`);
    this.inApp(app, () => this.shut(app));
  }

  takeDuty(checkpointId: CheckpointId, direction: Direction): Promise<string> {
    return this.deed(`stands at ${checkpointId}, ${direction}`, async (app) => {
      await app.store.setDuty({ checkpointId, direction });
      return 'done';
    });
  }

  scan(text: string, whose: string): Promise<string> {
    return this.show(`scans ${whose}`, ({ door }) => door.scan(text));
  }

  checkInByHand(id: RegistrationId, whose: string): Promise<string> {
    return this.show(`finds ${whose} by name`, ({ door }) =>
      door.checkInByHand(id, { by: 'Kim', why: 'no phone' }),
    );
  }

  /** Lets the holder through whom the screen has just refused. */
  override(): Promise<string> {
    const { last } = this;
    return this.show('overrides', async ({ door }) =>
      last ? door.override(last, 'Kim', 'known') : { kind: 'not_ready' },
    );
  }

  undo(): Promise<string> {
    return this.deed('takes back its last scan', async ({ door }) => {
      const target = await door.lastScan();
      if (!target) return 'nothing to take back';
      const outcome = await door.undo(target);
      if (outcome.kind === 'undone') this.ledger.showScan(outcome.scan);
      return `${outcome.kind} ${target.id}`;
    });
  }

  /** @param onMade - gets the walk-in's ticket, as soon as the screen shows it */
  walkIn(
    name: string,
    workgroupId: WorkgroupId,
    onMade: (id: RegistrationId, text: string) => void,
  ): Promise<string> {
    return this.deed(`registers the walk-in ${name}`, async ({ door }) => {
      try {
        const walkIn = await door.walkIn(name, workgroupId);
        if (!walkIn) return 'not ready';
        this.ledger.shownWalkIns.set(walkIn.registrationId, { walkIn, deviceId: this.deviceId! });
        onMade(walkIn.registrationId, walkIn.ticketText);
        return `registered ${walkIn.registrationId}`;
      } catch {
        return 'not stored';
      }
    });
  }

  /** What it has of the tablets' records; null when it is not open. */
  held(): Promise<Held | null> {
    return this.exchange((book) => book.held());
  }

  beyond(held: Held): Promise<SignedRecord[] | null> {
    return this.exchange((book) => book.beyond(held));
  }

  take(records: SignedRecord[], way: Way): Promise<Taken | null> {
    return this.exchange(async (book, app) => {
      const taken = await book.take(records, way);
      if (taken.taken > 0) app.loop?.poke();
      return taken;
    });
  }

  /** Something between it and another tablet. @returns null when it is not open, or its disk fails */
  private exchange<Result>(
    work: (book: StoreRecordBook, app: App) => Promise<Result>,
  ): Promise<Result | null> {
    const { app } = this;
    if (!app || this.state !== 'open') return Promise.resolve(null);
    return this.on(app.process, () =>
      settledAlive(
        app,
        work(app.book, app).catch((error: unknown) => {
          this.failed('exchanges', error);
          return null;
        }),
      ),
    );
  }

  /** The server has news: its channel carries the word, when there is one. */
  hearNews(): void {
    const { app } = this;
    if (!app?.channel || this.link.quality === 'down' || this.chance.happens(0.2)) return;
    this.world.scheduler.post(app.process, () => app.loop?.poke(), this.link.delay);
  }

  /** The server is gone, and with it every channel. */
  loseChannel(): void {
    const { app } = this;
    if (!app?.channel) return;
    app.channel = false;
    this.world.scheduler.post(app.process, () => app.loop?.poke(), this.chance.between(1, 500));
  }

  retryNow(): void {
    const { app } = this;
    if (app) this.inApp(app, () => app.loop?.retryNow());
  }

  /** Looks at the disk as the app would. */
  inspect(work: () => Promise<void>): Promise<void> {
    return this.on(this.app!.process, work);
  }

  private show(what: string, work: (app: App) => Promise<ScanOutcome>): Promise<string> {
    return this.deed(what, async (app) => {
      const paired = app.store.identity?.deviceId;
      const outcome = await settledAlive(app, work(app));
      const sound = !this.disk.troubled && paired && app.store.identity?.deviceId === paired;
      if (outcome.kind === 'not_stored' && sound)
        this.world.violate('waits', `${this.name}: a sound disk did not take the scan`);
      if (outcome.kind !== 'shown') return outcome.kind;
      this.last = outcome;
      this.ledger.showScan(outcome.scan);
      app.loop?.poke();
      return `${outcome.verdict.word}${outcome.scan.override ? ', but let through' : ''} (${outcome.scan.id})`;
    });
  }

  /** Does what the staff ask; the promise never settles when the app is killed meanwhile. */
  private deed(what: string, work: (app: App) => Promise<string>): Promise<string> {
    const { app, ledger } = this;
    if (!app?.process.alive) return Promise.resolve('off');
    const deed = ledger.begin(this.name, app.process, what);
    const ahead = (this.busy += 1);
    return this.on(app.process, async () => {
      const steps = this.begin(app, deed);
      const shown = await settledAlive(
        app,
        work(app).catch((error: unknown) => this.failed(what, error)),
      );
      steps();
      this.busy -= 1;
      ledger.end(deed, shown);
      const longest = LONGEST_WAIT * ahead + this.disk.longestHang;
      const took = deed.endedAt! - deed.at;
      if (what.startsWith('scans') && took > longest)
        this.world.violate('waits', `${this.name}: ${what} took ${took} ms`);
      return shown;
    });
  }

  /** What is stored from now on is stored for this deed. */
  private begin(app: App, deed: Deed): () => void {
    const before = this.doing.get(app) ?? [];
    this.doing.set(app, [...before, deed]);
    return () =>
      this.doing.set(
        app,
        this.doing.get(app)!.filter((one) => one !== deed),
      );
  }

  private readonly doing = new WeakMap<App, Deed[]>();

  private failed(what: string, error: unknown): string {
    // A disk that refuses may fail whatever is written to it.
    if (this.disk.troubled) return 'failed';
    this.world.violate('broken', `${this.name}: ${what}: ${(error as Error)?.stack ?? String(error)}`);
    return 'broken';
  }

  /** Writes down what the app sets out to store, and whether it knows the time. */
  private watch({ store }: App): void {
    const append = store.appendScan.bind(store);
    store.appendScan = (scan) => {
      const app = this.app!;
      const deed = this.doing.get(app)?.[0] ?? null;
      this.ledger.attempts.set(scan.id, { deed, scan, at: this.world.now });
      const error = Math.abs(correctedTime(scan) - this.world.now);
      const allowed = this.clock.possibleError(store.progress.lastSyncAt);
      if (error > allowed)
        this.world.violate(
          'headcount',
          `${this.name}: a scan's time is ${error} ms off, at most ${allowed} could be`,
        );
      return append(scan);
    };
  }

  private startLoop(app: App): void {
    app.loop?.stop();
    const { scheduler } = this.world;
    app.loop = new SyncLoop({
      sync: () => this.sync(app),
      onState: () => undefined,
      schedule: (callback, delay) => scheduler.post(app.process, callback, delay),
      random: () => this.chance.next(),
    });
    app.loop.start();
  }

  private async sync(app: App): Promise<SyncResult> {
    const { store, transport, lock } = app;
    const result = await syncFully(store, transport, { version: 'simulation', battery: null });
    this.world.tell(`${this.name}: synced, ${result.kind}${'code' in result ? ` ${result.code}` : ''}`);
    await lock.expire(store.now());
    if (result.kind === 'lock') this.shut(app);
    if (result.kind === 'done' && store.identity?.token) app.channel = true;
    return result;
  }

  private shut(app: App): void {
    app.channel = false;
    app.store.lock();
  }

  private afterKill(): void {
    this.world.tell(`${this.name}: is killed`);
    this.disk.drop();
    // Dexie keeps a list of what is open.
    this.app?.store.db.close();
    this.last = null;
    this.busy = 0;
  }

  private inApp(app: App, work: () => void): void {
    this.world.scheduler.post(app.process, work);
  }

  private on<Result>(process: Process, work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve) => {
      this.world.scheduler.post(process, () => {
        work().then(resolve, (error: Error) => {
          this.world.violate('broken', `${this.name}: ${error.stack}`);
        });
      });
    });
  }
}

/** What a program's work comes to; nothing ever, when it was killed meanwhile and hears only of its lost connections. */
function settledAlive<Result>({ process }: App, work: Promise<Result>): Promise<Result> {
  return work.finally(() => (process.alive ? undefined : new Promise(() => undefined)));
}
