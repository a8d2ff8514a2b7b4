import { playSample } from '$lib/door/feedback';
import { CHECKS, summaryOf, type Check, type Finding } from '$lib/door/readiness/finding';
import * as judge from '$lib/door/readiness/judge';
import { countMissingFiles } from '$lib/door/readiness/offline-files';
import { probeCamera, probeDecoder, probeOfflineStart, probeStorage } from '$lib/door/readiness/probes';
import { openCamera } from '$lib/door/scanner/camera';
import { Decoder } from '$lib/door/scanner/decoder';
import { screenStaysOn } from '$lib/ui/wake-lock';
import { readBattery, type Battery } from './battery';
import type { DoorSession } from './door-session.svelte';
import { offlineStart } from './offline-start.svelte';

/** Outlives the panel: a sound that was heard need not be heard again. */
let heard: boolean | null = null;

/** The readiness check while its panel is open. */
export class Readiness {
  findings = $state.raw<Partial<Record<Check, Finding>>>({});
  running = $state(false);
  /** The sound has just been played. */
  asking = $state(false);
  readonly summary = $derived(summaryOf(this.findings));
  battery = $state.raw<Battery | null>(null);
  private readonly session: DoorSession;
  /** Where a camera that is opened for the check shows its picture. */
  private readonly picture: HTMLElement;

  constructor(session: DoorSession, picture: HTMLElement) {
    this.session = session;
    this.picture = picture;
  }

  /** Looks at everything anew. */
  async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    const { session } = this;
    session.syncNow();
    this.findings = {};
    await this.look();
    await Promise.all([
      this.find(
        'storage',
        probeStorage(
          () => session.proveWriting(),
          () => performance.now(),
        ),
      ),
      this.find('offline', probeOfflineStart(countMissingFiles)),
      this.find(
        'decoder',
        probeDecoder(() => new Decoder()),
      ),
      this.find('camera', probeCamera({ openVideo, open: () => openInto(this.picture), nextPicture })),
    ]);
    this.running = false;
  }

  /** Looks at what needs no trying out; cheap enough to be done all the time. */
  async look(): Promise<void> {
    const { session } = this;
    const { storage } = navigator;
    this.battery = await readBattery();
    const persisted = (await storage?.persisted?.()) ?? null;
    const estimate = (await storage?.estimate?.()) ?? null;
    const since = (moment: number | null) => (moment === null ? null : session.now() - moment);
    const age = since(session.lastSyncAt);
    this.findings = {
      ...this.findings,
      door: judge.judgeDoor(session.checkpoint !== null),
      roster: judge.judgeRoster(age),
      network: judge.judgeNetwork(session.syncState === 'resting'),
      waiting: judge.judgeWaiting(session.waiting + session.waitingOfOthers),
      others: judge.judgeOthers(since(session.learnt?.lastAt ?? null), age),
      clock: judge.judgeClock(session.clockOffset),
      battery: judge.judgeBattery(this.battery),
      persisted: judge.judgePersisted(persisted),
      space: judge.judgeSpace(estimate),
      awake: judge.judgeAwake(screenStaysOn()),
      update: judge.judgeUpdate(offlineStart.updateWaiting),
      sound: judge.judgeSound(heard),
    };
  }

  async playSound(): Promise<void> {
    this.asking = await playSample();
    if (!this.asking) this.answer(false);
  }

  answer(wasHeard: boolean): void {
    heard = wasHeard;
    this.asking = false;
    void this.look();
  }

  async askToPersist(): Promise<void> {
    await navigator.storage.persist();
    await this.look();
  }

  private async find(check: Check, finding: Promise<Finding>): Promise<void> {
    const found = await finding;
    this.findings = { ...this.findings, [check]: found };
  }
}

export { CHECKS };

function openVideo(): HTMLVideoElement | null {
  return document.querySelector<HTMLVideoElement>('[data-running="true"] video');
}

async function openInto(picture: HTMLElement) {
  const outcome = await openCamera(picture);
  if (outcome.kind === 'trouble') return outcome;
  const { camera } = outcome;
  return { kind: 'open' as const, video: camera.video, close: () => camera.close() };
}

function nextPicture(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve());
    else (video as HTMLVideoElement).addEventListener('timeupdate', () => resolve(), { once: true });
  });
}
