import { version } from '$app/environment';
import type { EventState } from '$lib/domain/event-state';
import type { DeviceId, HolderId, RegistrationId, WorkgroupId } from '$lib/domain/ids';
import type { Scan } from '$lib/domain/scan';
import type { Direction } from '$lib/domain/setting';
import { millis, type Clock } from '$lib/domain/time';
import type { TabletNews, WalkIn } from '$lib/domain/wire';
import { ConflictNotices, type ConflictNotice } from '$lib/door/conflict-notices';
import { DoorDatabase, type Duty } from '$lib/door/database';
import { Door, type ScanOutcome } from '$lib/door/door';
import { giveSignal } from '$lib/door/feedback';
import { listenForNews } from '$lib/door/news-channel';
import type { Practice } from '$lib/door/practice/practice';
import { pairTablet, type PairingResult } from '$lib/door/pairing';
import type { ScanExport } from '$lib/door/scan-export';
import { takeDoor } from '$lib/door/single-tab';
import { AutoLock } from '$lib/door/auto-lock';
import { DoorStore } from '$lib/door/store';
import { syncFully, type DeviceReport, type SyncResult } from '$lib/door/sync';
import { lockState, TabletLock, type UnlockOutcome } from '$lib/door/tablet-lock';
import { SyncLoop, type SyncState } from '$lib/door/sync-loop';
import { httpTransport } from '$lib/door/transport';
import { checkpointLine, type CheckpointLine } from './checkpoint-line';
import { walkInChoices, type WalkInChoice } from './walk-in-choices';
import type { PanelName } from './panels';
import { screenWord, signalFor } from './screen-word';
import { StaffWord } from './staff-word.svelte';

/** Which of the door's screens is on. */
export type Screen =
  | 'opening'
  | 'elsewhere'
  | 'broken'
  | 'pairing'
  | 'choose_pin'
  | 'locked'
  /** Roster and key are gone; what waits is handed in before the tablet can be paired anew. */
  | 'forgotten'
  | 'fetching'
  | 'duty'
  | 'scanning'
  | 'wiped';

/** What is on the verdict screen. */
export type Shown =
  | Extract<ScanOutcome, { kind: 'shown' }>
  /** `target` was taken back. */
  | { kind: 'undone'; target: Scan }
  | { kind: 'not_stored' };

const systemClock: Clock = () => millis(Date.now());

/** The tablet's app while it runs: ties store, door and sync loop to the screen. */
export class DoorSession {
  screen = $state<Screen>('opening');
  /** How the last sync ended; one under way changes nothing on the screen until it has ended. */
  syncState = $state<SyncState>('resting');
  waiting = $state(0);
  lastSyncAt = $state<number | null>(null);
  shown = $state.raw<Shown | null>(null);
  checkpoint = $state.raw<CheckpointLine | null>(null);
  /** What can't all be right, as far as this tablet knows. */
  conflicts = $state.raw<ConflictNotice[]>([]);
  /** What is open over the scanning screen. */
  panel = $state<PanelName | null>(null);
  /** While it is on, store and door are the practice's own. */
  practice = $state.raw<Practice | null>(null);
  /** What the staff decide themselves. */
  readonly staff = new StaffWord({ door: () => this.door, show: (outcome) => this.show(outcome) });

  private readonly transport = httpTransport((input, init) => fetch(input, init));
  private readonly ended = new AbortController();
  /** What practice has put aside. */
  private real: { store: DoorStore; door: Door } | null = null;
  private store!: DoorStore;
  private door!: Door;
  private loop!: SyncLoop;
  private lock!: TabletLock;
  private notices!: ConflictNotices;
  private autoLock!: AutoLock;
  private letGo: () => void = () => undefined;
  private listening = false;

  /** Opens the store and goes to the screen that is due. */
  async open(): Promise<void> {
    this.letGo = await takeDoor(() => (this.screen = 'elsewhere'));
    try {
      this.store = await DoorStore.open(new DoorDatabase('einlass-door'), systemClock);
    } catch {
      this.screen = 'broken';
      return;
    }
    this.door = new Door(this.store);
    this.lock = new TabletLock(this.store);
    this.notices = new ConflictNotices(this.store);
    await this.notices.load();
    this.autoLock = new AutoLock(() => this.lockNow(), this.ended.signal);
    this.loop = this.newLoop();
    // A practice that a reload has cut off.
    indexedDB.deleteDatabase('einlass-practice');
    addEventListener('online', () => this.loop.retryNow(), { signal: this.ended.signal });
    await this.lock.expire(this.store.now());
    this.refresh();
    this.goOn();
    if (['open', 'locked', 'forgotten'].includes(lockState(this.store))) this.loop.start();
  }

  close(): void {
    this.ended.abort();
    this.loop?.stop();
    this.store?.close();
    this.real?.store.close();
    this.letGo();
  }

  async pair(code: string, name: string): Promise<PairingResult> {
    const result = await pairTablet(this.store, this.transport, code, name);
    if (result === 'paired') {
      askForPersistence();
      this.refresh();
      this.goOn();
    }
    return result;
  }

  async choosePin(pin: string): Promise<void> {
    await this.lock.choosePin(pin);
    this.begin();
  }

  async unlock(pin: string): Promise<UnlockOutcome> {
    const outcome = await this.lock.unlock(pin);
    if (outcome.kind === 'unlocked') this.begin();
    else if (outcome.kind === 'forgotten') this.goOn();
    return outcome;
  }

  changePin(pin: string, newPin: string): Promise<boolean> {
    return this.lock.changePin(pin, newPin);
  }

  /** How long until a PIN may be tried, in milliseconds. */
  pinWait(): Promise<number> {
    return this.lock.wait();
  }

  /** Lets go of the roster until somebody brings the PIN. */
  lockNow(): void {
    void this.leavePractice();
    if (lockState(this.store) !== 'open') return;
    this.store.lock();
    this.shown = null;
    this.panel = null;
    this.staff.forget();
    this.refresh();
    this.goOn();
  }

  /** From a tablet whose roster is gone to its next pairing, once nothing waits. */
  pairAnew(): void {
    this.screen = 'pairing';
  }

  async takeDuty(duty: Duty): Promise<void> {
    // Another door has other sample guests.
    if (this.practice) return this.startPractice(this.practice.needs, duty);
    await this.store.setDuty(duty);
    this.shown = null;
    this.refresh();
    this.screen = 'scanning';
  }

  /** The same door, the other way. */
  async turn(direction: Direction): Promise<void> {
    if (this.duty && this.duty.direction !== direction) await this.takeDuty({ ...this.duty, direction });
  }

  changeDuty(): void {
    this.screen = 'duty';
  }

  /** A scanned or typed text becomes a verdict on the screen; the scan is on disk before. */
  async scan(...texts: string[]): Promise<void> {
    this.autoLock.touch();
    if (this.staff.holdScan()) return;
    this.show(await this.door.scan(...texts));
  }

  /** Somebody of the roster without a ticket at hand becomes a verdict on the screen, as a scan does. */
  checkInByHand(registrationId: RegistrationId, why: string): Promise<void> {
    return this.staff.checkInByHand(registrationId, why);
  }

  /** What an event's rooms hold, for whoever comes without a registration. */
  get walkInChoices(): WalkInChoice[] {
    return this.store.state ? walkInChoices(this.store.state) : [];
  }

  /** Registers somebody at the door. @returns null when the disk refuses; then the ticket is good for nothing */
  async walkIn(name: string, workgroupId: WorkgroupId): Promise<WalkIn | null> {
    this.autoLock.touch();
    try {
      return await this.door.walkIn(name, workgroupId);
    } catch {
      return null;
    } finally {
      this.refresh();
      this.loop.poke();
    }
  }

  /** A hand scanner reads also while something lies over the scanning screen; the verdict must be seen. */
  async scanFromAnywhere(texts: string[]): Promise<void> {
    if (this.staff.holdScan()) return;
    this.closePanel();
    document.querySelector<HTMLElement>(':popover-open')?.hidePopover();
    await this.scan(...texts);
  }

  openPanel(name: PanelName): void {
    this.panel = name;
  }

  closePanel(): void {
    this.panel = null;
  }

  dismiss(): void {
    this.shown = null;
  }

  syncNow(): void {
    this.loop.retryNow();
  }

  /** What the store knows of the event; null before the first sync. */
  get venue() {
    return this.store.state?.venue ?? null;
  }

  /** Everything the tablet knows of the event; null before the first sync, and while it is locked. */
  get state(): EventState | null {
    return this.store.state;
  }

  get deviceId(): DeviceId | null {
    return this.store.identity?.deviceId ?? null;
  }

  /** How the server last heard the event's tablets, as far as this one was told. */
  async tabletNews(): Promise<TabletNews[]> {
    return (await this.store.db.fact('tablets')) ?? [];
  }

  /** Whom the staff have found at the assembly point. */
  async foundPeople(): Promise<HolderId[]> {
    return (await this.store.db.fact('found')) ?? [];
  }

  async rememberFound(holders: HolderId[]): Promise<void> {
    await this.store.db.setFact('found', holders);
  }

  async markConflictSeen(key: string): Promise<void> {
    await this.notices.markSeen(key);
    this.refresh();
  }

  /** Whose ticket was scanned, as far as the roster knows; otherwise empty. */
  nameOn(scan: Scan): string {
    return (scan.ticketId && this.store.state?.registrationOf(scan.ticketId)?.name) ?? '';
  }

  get duty(): Duty | null {
    return this.store.duty;
  }

  /** What this tablet has scanned, as a file; never what was scanned for practice. @throws when the disk can't be read */
  async exportScans(): Promise<ScanExport | null> {
    const { exportScans } = await import('$lib/door/scan-export');
    return exportScans(this.real?.store ?? this.store);
  }

  /** A verdict, a panel, a question or a practice is on, which nothing may interrupt by itself. */
  get occupied(): boolean {
    return [this.shown, this.panel, this.practice, this.staff.question].some((open) => open !== null);
  }

  get writing(): boolean {
    return this.door?.busy ?? false;
  }

  /** What must be added to the tablet's clock to get the server's, in milliseconds. */
  get clockOffset(): number {
    return this.store.progress.clockOffset;
  }

  /** @throws when the disk refuses */
  proveWriting(): Promise<void> {
    return this.store.proveWriting();
  }

  /** The server's time as well as it is known. */
  now(): number {
    return this.store.now();
  }

  /**
   * Puts a door for practice in the place of the real one, and stops everything that speaks to the server.
   *
   * @param needs - what the sample guest with access needs needs
   * @param at - the door that is practised at
   */
  async startPractice(needs: string, at = this.duty): Promise<void> {
    const real = this.real ?? { store: this.store, door: this.door };
    const { state } = real.store;
    if (!state || !at) return;
    const { openPractice } = await import('$lib/door/practice/practice');
    await this.practice?.end();
    this.loop.stop();
    const practice = await openPractice(state.venue.setting, at, needs, systemClock);
    this.real = real;
    this.adopt(practice, practice);
    this.screen = 'scanning';
  }

  async leavePractice(): Promise<void> {
    const { practice, real } = this;
    if (!practice || !real) return;
    this.adopt(real, null);
    this.real = null;
    await practice.end();
    this.loop = this.newLoop();
    this.goOn();
    this.loop.start();
  }

  private adopt({ store, door }: { store: DoorStore; door: Door }, practice: Practice | null): void {
    this.store = store;
    this.door = door;
    this.practice = practice;
    this.shown = null;
    this.panel = null;
    this.staff.turnAway();
    void this.staff.noteLast();
    this.refresh();
  }

  private newLoop(): SyncLoop {
    return new SyncLoop({
      sync: () => this.sync(),
      onState: (state) => {
        if (state !== 'syncing') this.syncState = state;
      },
      schedule: (callback, delay) => {
        const timer = setTimeout(callback, delay);
        return () => clearTimeout(timer);
      },
      random: Math.random,
    });
  }

  private show(outcome: Shown | { kind: 'not_ready' }): void {
    if (outcome.kind === 'not_ready') return;
    this.autoLock.touch();
    // Nothing may lie over a verdict.
    this.closePanel();
    this.shown = outcome;
    giveSignal(signalFor(screenWord(outcome)));
    void this.staff.noteLast();
    this.refresh();
    this.loop.poke();
  }

  private async sync(): Promise<SyncResult> {
    const report: DeviceReport = { version, battery: await batteryLevel() };
    const result = await syncFully(this.store, this.transport, report);
    const expired = await this.lock.expire(this.store.now());
    this.refresh();
    if (result.kind === 'wiped') this.screen = 'wiped';
    else if (expired || this.screen === 'fetching') this.goOn();
    if (result.kind === 'done') this.listen();
    return result;
  }

  /** Only one connection, and only while there is a server. */
  private listen(): void {
    const { identity } = this.store;
    if (this.listening || !identity?.token || this.practice) return;
    this.listening = true;
    const connection = listenForNews(identity.token, () => this.loop.poke(), this.ended.signal);
    void connection.finally(() => {
      this.listening = false;
      // It broke off: whether the server is gone, a sync will tell.
      this.loop.poke();
    });
  }

  /** Open, with everything at hand: the day can go on. */
  private begin(): void {
    askForPersistence();
    void this.staff.noteLast();
    this.refresh();
    this.goOn();
    this.loop.retryNow();
  }

  private goOn(): void {
    const state = lockState(this.store);
    if (state !== 'open') this.screen = SHUT_SCREENS[state];
    else if (!this.store.state) this.screen = 'fetching';
    else this.screen = this.checkpoint ? 'scanning' : 'duty';
  }

  private refresh(): void {
    const { store } = this;
    this.waiting = store.waiting;
    this.lastSyncAt = store.progress.lastSyncAt;
    this.conflicts = this.practice ? [] : this.notices.list();
    this.checkpoint = store.state && store.duty && checkpointLine(store.state, store.duty);
  }
}

/** Which screen a tablet without its roster shows. */
const SHUT_SCREENS = {
  not_paired: 'pairing',
  pin_due: 'choose_pin',
  locked: 'locked',
  forgotten: 'forgotten',
} as const;

/** So that the browser does not clear the tablet's disk when space is short. */
function askForPersistence(): void {
  void navigator.storage?.persist?.();
}

/** 0 to 1, or null where the browser doesn't tell. */
async function batteryLevel(): Promise<number | null> {
  const source = navigator as Navigator & { getBattery?: () => Promise<{ level: number }> };
  try {
    return (await source.getBattery?.())?.level ?? null;
  } catch {
    return null;
  }
}
