import type { Clock } from '../../domain/time.ts';
import type { Camera } from './camera.ts';
import type { Decoder, Frame } from './decoder.ts';
import type { HeldCodes } from './held-codes.ts';

/** The shortest time between two frames, in milliseconds: more would only warm the tablet. */
const FRAME_GAP = 60;
/** A camera that gives no new frame for so long is asked for the one it has, in milliseconds. */
const FRAME_WAIT = 250;

/**
 * Reads the camera's picture frame by frame, always the newest one, never two at once, and tells of each code once for
 * as long as it is held in view.
 *
 * @param held - outlives the camera, so that a ticket that is in view of two cameras is one scan
 * @param signal - ends it
 */
export async function readFrames(
  camera: Pick<Camera, 'video'>,
  decoder: Pick<Decoder, 'read' | 'takesVideoFrames'>,
  held: HeldCodes,
  clock: Clock,
  onCode: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const started = clock();
    await nextFrame(camera.video);
    const frame = await grabFrame(camera.video, decoder.takesVideoFrames);
    if (signal.aborted) frame?.close();
    const text = frame && !signal.aborted ? await decoder.read(frame) : null;
    if (text !== null && !signal.aborted && held.isNew(text, clock())) onCode(text);
    await pause(Math.max(0, FRAME_GAP - (clock() - started)));
  }
}

/** The same frame twice would tell nothing new. */
export function nextFrame(video: HTMLVideoElement): Promise<void> {
  // Not every browser tells of frames.
  if (!('requestVideoFrameCallback' in video)) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FRAME_WAIT);
    video.requestVideoFrameCallback(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** @returns the whole frame in the camera's own resolution, or null while there is none */
export async function grabFrame(video: HTMLVideoElement, asVideoFrame: boolean): Promise<Frame | null> {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return null;
  try {
    // A VideoFrame is the camera's own; a bitmap is a copy, made by the thread that the verdict waits for.
    return asVideoFrame ? new VideoFrame(video) : await createImageBitmap(video);
  } catch {
    return null;
  }
}

function pause(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}
