import type { EventState } from '$lib/domain/event-state';
import type { DeviceId, EventId, RegistrationId, WorkgroupId } from '$lib/domain/ids';
import { isSignalText } from '$lib/domain/nearby/signal';
import type { Scan } from '$lib/domain/scan';
import type { Direction } from '$lib/domain/setting';
import { millis, type Clock } from '$lib/domain/time';
import type { WalkIn } from '$lib/domain/wire';
import { AssemblyPoint } from '$lib/door/assembly-point';
import { AutoLock } from '$lib/door/auto-lock';
import { ConflictNotices, type ConflictNotice } from '$lib/door/conflict-notices';
import { DoorDatabase, type Duty } from '$lib/door/database';
import { Door } from '$lib/door/door';
import { giveSignal } from '$lib/door/feedback';
import { learntInSum, type Learnt } from '$lib/door/learnt';
import type { Practice } from '$lib/door/practice/practice';
import type { DeviceBook } from '$lib/door/device-book';
import type { RecordBook } from '$lib/door/record-book';
import type { ScanExport } from '$lib/door/scan-export';
import { takeDoor } from '$lib/door/single-tab';
import { DoorStore } from '$lib/door/store';
import type { SyncResult } from '$lib/door/sync';
import type { SyncState } from '$lib/door/sync-loop';
import { checkpointLine, type CheckpointLine } from './checkpoint-line';
import type { PanelName } from './panels';
import { recordBookOf } from './record-book-of';
import { NearbyTablets } from './nearby.svelte';
import { screenWord, signalFor } from './screen-word';
import { SHUT_SCREENS, type Screen, type Shown } from './screens';
import { ServerLink } from './server-link.svelte';
import { StaffWord } from './staff-word.svelte';
import { TabletAccess } from './tablet-access';

const systemClock: Clock = () => millis(Date.now());

/** The tablet's app while it runs: ties store, door and sync loop to the screen. */
export class DoorSession {
  screen = $state<Screen>('opening');
  waiting = $state(0);
  /** The same, of what other tablets have made and this one has taken along. */
  waitingOfOthers = $state(0);
  /** What came from other tablets; null when nothing ever did. */
  learnt = $state.raw<Learnt | null>(null);
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
  /** The links with other tablets in the same Wi-Fi. */
  readonly nearby = new NearbyTablets();

  /** The tablet's pairing and its PIN; there once its disk is open, before any screen that asks for them. */
  access!: TabletAccess;

  private readonly ended = new AbortController();
  /** What practice has put aside. */
  private real: { store: DoorStore; door: Door } | null = null;
  private store!: DoorStore;
  private door!: Door;
  private link = $state.raw<ServerLink | null>(null);
  private notices!: ConflictNotices;
  private autoLock!: AutoLock;
  private letGo: () => void = () => undefined;

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
    this.store.onRecords(() => this.noteRecords());
    this.notices = new ConflictNotices(this.store);
    await this.notices.load();
    this.autoLock = new AutoLock(() => this.lockNow(), this.ended.signal);
    this.link = new ServerLink(this.store, (result) => this.afterSync(result));
    this.access = new TabletAccess(this.store, this.link.transport, {
      onOpen: () => this.begin(),
      onShut: () => this.shut(),
    });
    // A practice that a reload has cut off.
    indexedDB.deleteDatabase('einlass-practice');
    addEventListener('online', () => this.link?.retryNow(), { signal: this.ended.signal });
    await this.access.expire();
    this.refresh();
    this.goOn();
    if (['locked', 'forgotten'].includes(this.access.state)) this.link.start();
  }

  close(): void {
    this.ended.abort();
    this.nearby.stop();
    this.link?.stop();
    this.store?.close();
    this.real?.store.close();
    this.letGo();
  }

  lockNow(): void {
    void this.leavePractice();
    this.access.lockNow();
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

  /** Registers somebody at the door. @returns null when the disk refuses; then the ticket is good for nothing */
  async walkIn(name: string, workgroupId: WorkgroupId): Promise<WalkIn | null> {
    this.autoLock.touch();
    try {
      return await this.door.walkIn(name, workgroupId);
    } catch {
      return null;
    } finally {
      this.refresh();
      this.link?.poke();
    }
  }

  /** A ticket in front of the camera takes nothing away from whoever is typing a name or reading a list. */
  async scanByCamera(text: string): Promise<void> {
    if (this.panel !== null) return;
    // Another tablet's code is no ticket: whoever scans it wants to be linked to it.
    if (isSignalText(text) && this.nearby.state === 'on') {
      this.openPanel('nearby');
      await this.nearby.read(text);
    } else await this.scan(text);
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
    this.link?.retryNow();
  }

  /** How the last sync ended. */
  get syncState(): SyncState {
    return this.link?.state ?? 'resting';
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

  get eventId(): EventId | null {
    return this.store.identity?.eventId ?? null;
  }

  /** For handing to another tablet what this one knows; never what was scanned for practice. */
  get recordBook(): RecordBook & DeviceBook {
    return recordBookOf(this.real?.store ?? this.store);
  }

  get assemblyPoint(): AssemblyPoint {
    return new AssemblyPoint(this.store);
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
    this.link?.stop();
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
    this.goOn();
    this.link?.start();
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

  private show(outcome: Shown | { kind: 'not_ready' }): void {
    if (outcome.kind === 'not_ready') return;
    this.autoLock.touch();
    // Nothing may lie over a verdict.
    this.closePanel();
    this.shown = outcome;
    giveSignal(signalFor(screenWord(outcome)));
    void this.staff.noteLast();
    this.refresh();
    this.link?.poke();
  }

  private async afterSync(result: SyncResult): Promise<void> {
    await this.access.expire();
    this.refresh();
    this.nearby.renew();
    if (result.kind === 'lock') this.lockNow();
    if (result.kind === 'wiped') this.screen = 'wiped';
    else if (this.screen === 'fetching') this.goOn();
  }

  /** The roster is out of memory: nothing of it may stay on the screen, nor the token with anybody. */
  private shut(): void {
    this.link?.hangUp();
    this.nearby.stop();
    this.shown = null;
    this.panel = null;
    this.staff.forget();
    this.refresh();
    this.goOn();
  }

  /** Open, with everything at hand: the day can go on. */
  private begin(): void {
    askForPersistence();
    void this.staff.noteLast();
    this.refresh();
    this.goOn();
    this.link?.start();
    if (this.link) this.nearby.start({ store: this.store, transport: this.link.transport });
  }

  private goOn(): void {
    const state = this.access.state;
    if (state !== 'open') this.screen = SHUT_SCREENS[state];
    else if (!this.store.state) this.screen = 'fetching';
    else this.screen = this.checkpoint ? 'scanning' : 'duty';
  }

  /** What other tablets have handed over goes on to the server, when there is one. */
  private noteRecords(): void {
    this.refresh();
    if (this.waitingOfOthers > 0) this.link?.poke();
  }

  private refresh(): void {
    const { store } = this;
    this.waiting = store.waiting;
    this.waitingOfOthers = store.waitingRelayed;
    this.learnt = learntInSum(store.learnt, store.progress.clockOffset);
    this.lastSyncAt = store.progress.lastSyncAt;
    this.conflicts = this.practice ? [] : this.notices.list();
    this.checkpoint = store.state && store.duty && checkpointLine(store.state, store.duty);
  }
}

/** So that the browser does not clear the tablet's disk when space is short. */
function askForPersistence(): void {
  void navigator.storage?.persist?.();
}
