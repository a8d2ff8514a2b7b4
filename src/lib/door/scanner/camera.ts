import type { RenderedCamera } from 'html5-qrcode/es2015/camera/core.js';
import { CameraFactory } from 'html5-qrcode/es2015/camera/factories.js';

/** Why there is no picture, for the staff to act on. */
export type CameraTrouble = 'not_allowed' | 'none_found' | 'in_use' | 'not_supported' | 'failed';

export type CameraOutcome = { kind: 'open'; camera: Camera } | { kind: 'trouble'; trouble: CameraTrouble };

/** The picture as fine as the camera gives it, because a ticket on a phone is small; the back camera where there is one. */
const WANTED: MediaTrackConstraints = {
  facingMode: 'environment',
  width: { ideal: 1920 },
  height: { ideal: 1080 },
};

/** An open camera. html5-qrcode opens and owns it; its own decoding is not used. */
export class Camera {
  readonly video: HTMLVideoElement;
  private readonly rendered: RenderedCamera;

  constructor(rendered: RenderedCamera) {
    this.rendered = rendered;
    this.video = rendered.getSurface();
    // The library throws from these handlers, where nobody can catch it (mebjas/html5-qrcode#973).
    this.video.onabort = null;
    this.video.onerror = null;
  }

  /** Told once when the picture ends by itself: unplugged, or taken by another app. */
  onEnd(listener: () => void): void {
    const [track] = (this.video.srcObject as MediaStream).getVideoTracks();
    track?.addEventListener('ended', listener, { once: true });
  }

  close(): Promise<void> {
    return this.rendered.close();
  }
}

/** Opens the camera and shows its picture in an element. Trouble is an outcome, not an exception. */
export async function openCamera(parent: HTMLElement): Promise<CameraOutcome> {
  try {
    const factory = await CameraFactory.failIfNotSupported();
    const camera = await factory.create(WANTED);
    const rendered = await camera.render(parent, {}, { onRenderSurfaceReady: () => undefined });
    return { kind: 'open', camera: new Camera(rendered) };
  } catch (error) {
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
