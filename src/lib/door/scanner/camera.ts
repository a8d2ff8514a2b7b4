import type { RenderedCamera } from 'html5-qrcode/es2015/camera/core.js';
import { CameraFactory } from 'html5-qrcode/es2015/camera/factories.js';
import { preferredCamera, rememberedCamera } from './camera-choice.ts';

/** Why there is no picture, for the staff to act on. */
export type CameraTrouble = 'not_allowed' | 'none_found' | 'in_use' | 'not_supported' | 'failed';

export type CameraOutcome = { kind: 'open'; camera: Camera } | { kind: 'trouble'; trouble: CameraTrouble };

/** The picture as fine as the camera gives it, because a ticket on a phone is small. */
const FINE: MediaTrackConstraints = { width: { ideal: 1920 }, height: { ideal: 1080 } };
/** The camera at the back, or the one above the screen. */
export type Side = 'environment' | 'user';

/** A camera that has shown nothing for so long won't, in milliseconds. */
const PATIENCE = 5_000;

/** An open camera. html5-qrcode opens and owns it; its own decoding is not used. */
export class Camera {
  readonly video: HTMLVideoElement;
  readonly track: MediaStreamTrack;
  private readonly rendered: RenderedCamera;

  constructor(rendered: RenderedCamera) {
    this.rendered = rendered;
    this.video = rendered.getSurface();
    // The library throws from these handlers, where nobody can catch it (mebjas/html5-qrcode#973).
    this.video.onabort = null;
    this.video.onerror = null;
    const [track] = (this.video.srcObject as MediaStream).getVideoTracks();
    if (!track) throw new DOMException('a stream without a picture', 'NotFoundError');
    this.track = track;
  }

  /** The device that it is, as the browser calls it. */
  get deviceId(): string {
    return this.track.getSettings().deviceId ?? '';
  }

  /** Told once when the picture ends by itself: unplugged, or taken by another app. */
  onEnd(listener: () => void): void {
    this.track.addEventListener('ended', listener, { once: true });
  }

  /** Settles when there is a picture. @throws when there is none in time */
  async started(): Promise<void> {
    if (this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new DOMException('no picture', 'NotReadableError')), PATIENCE);
      const settle = () => {
        clearTimeout(timer);
        resolve();
      };
      this.video.addEventListener('loadeddata', settle, { once: true });
    });
  }

  close(): Promise<void> {
    return this.rendered.close();
  }
}

/**
 * Opens the camera and shows its picture in an element: the one that was chosen last, else the one at the back; or that
 * of a side, whichever was chosen. What refuses to start is asked for with fewer wishes (mebjas/html5-qrcode#890, #951).
 * Trouble is an outcome, not an exception.
 */
export async function openCamera(parent: HTMLElement, side?: Side): Promise<CameraOutcome> {
  const chosen = side ? null : rememberedCamera();
  const facing = { facingMode: side ?? 'environment' };
  const wishes: MediaTrackConstraints[] = [{ ...facing, ...FINE }, facing, {}];
  if (chosen) wishes.unshift({ deviceId: { exact: chosen }, ...FINE });
  let trouble: CameraTrouble = 'failed';
  for (const wish of wishes) {
    const outcome = await open(parent, wish);
    if (outcome.kind === 'open')
      return chosen || side === 'user' ? outcome : toPreferred(parent, outcome.camera);
    trouble = outcome.trouble;
    if (trouble === 'not_allowed' || trouble === 'not_supported') break;
  }
  return { kind: 'trouble', trouble };
}

/** Only an open camera's page is told what the cameras are. */
async function toPreferred(parent: HTMLElement, camera: Camera): Promise<CameraOutcome> {
  const better = await preferredCamera();
  if (!better || better === camera.deviceId) return { kind: 'open', camera };
  const constraints = { deviceId: { exact: better }, ...FINE };
  await camera.close();
  const outcome = await open(parent, constraints);
  return outcome.kind === 'open' ? outcome : open(parent, { facingMode: 'environment', ...FINE });
}

async function open(parent: HTMLElement, wish: MediaTrackConstraints): Promise<CameraOutcome> {
  let camera: Camera | null = null;
  try {
    const factory = await CameraFactory.failIfNotSupported();
    const source = await factory.create(wish);
    camera = new Camera(await source.render(parent, {}, { onRenderSurfaceReady: () => undefined }));
    // Closed before its picture has come, it would leave an error behind that nobody can catch (#830).
    await camera.started();
    return { kind: 'open', camera };
  } catch (error) {
    await camera?.close();
    return { kind: 'trouble', trouble: troubleOf(error) };
  }
}

function troubleOf(error: unknown): CameraTrouble {
  if (!(error instanceof DOMException)) return navigator.mediaDevices ? 'failed' : 'not_supported';
  switch (error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'not_allowed';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none_found';
    case 'NotReadableError':
    case 'AbortError':
      return 'in_use';
    default:
      return 'failed';
  }
}
