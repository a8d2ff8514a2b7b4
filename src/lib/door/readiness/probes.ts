import { SECOND } from '../../domain/time.ts';
import type { CameraTrouble } from '../scanner/camera.ts';
import { bad, GOOD, warn, type Finding } from './finding.ts';

/** What can only be known by trying it. */

/** Who waits longer than this for an answer, in milliseconds, has one. */
const PATIENCE = 10 * SECOND;

/** A scan is stored before anybody goes in: what takes longer than this, in milliseconds, makes the queue wait. */
const SLOW_WRITE = SECOND;

export interface CameraParts {
  /** The picture of a camera that is open already: asking for it twice takes it away on some tablets. */
  openVideo(): HTMLVideoElement | null;
  open(): Promise<
    | { kind: 'open'; video: HTMLVideoElement; close(): Promise<void> }
    | { kind: 'trouble'; trouble: CameraTrouble }
  >;
  /** Resolves when the next picture is there. */
  nextPicture(video: HTMLVideoElement): Promise<void>;
}

export async function probeCamera(parts: CameraParts, patience = PATIENCE): Promise<Finding> {
  const seen = async (video: HTMLVideoElement) =>
    (await inTime(parts.nextPicture(video), patience)) ? GOOD : bad('camera_dark');
  const running = parts.openVideo();
  if (running) return seen(running);
  const outcome = await parts.open();
  if (outcome.kind === 'trouble') return bad(`camera_${outcome.trouble}`);
  try {
    return await seen(outcome.video);
  } finally {
    await outcome.close();
  }
}

/** @param start - starts a reader of its own, which says whether it can read */
export async function probeDecoder(
  start: () => { works: Promise<boolean>; close(): void },
  patience = PATIENCE,
): Promise<Finding> {
  const decoder = start();
  let works = false;
  const asked = decoder.works.then((answer) => void (works = answer));
  await inTime(asked, patience);
  decoder.close();
  return works ? GOOD : bad('decoder');
}

/**
 * @param write - stores something as durably as a scan
 * @param clock - in milliseconds, of no particular beginning
 */
export async function probeStorage(
  write: () => Promise<void>,
  clock: () => number,
  patience = PATIENCE,
): Promise<Finding> {
  const started = clock();
  if (!(await inTime(write(), patience))) return bad('storage_failed');
  return clock() - started > SLOW_WRITE ? warn('storage_slow') : GOOD;
}

/**
 * @param ask - asks the service worker that would start the door without network how many of the door's files it lacks;
 *   null when there is none, or it doesn't answer
 */
export async function probeOfflineStart(
  ask: () => Promise<number | null>,
  patience = PATIENCE,
): Promise<Finding> {
  let missing: number | null = null;
  await inTime(
    ask().then((answer) => void (missing = answer)),
    patience,
  );
  return missing === 0 ? GOOD : bad('not_offline');
}

/** @returns whether it went well, and in time */
function inTime(work: Promise<unknown>, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), patience);
    const settle = (well: boolean) => {
      clearTimeout(late);
      resolve(well);
    };
    work.then(
      () => settle(true),
      () => settle(false),
    );
  });
}
