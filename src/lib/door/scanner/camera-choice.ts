/** One of the tablet's cameras, as the browser calls it. */
export interface CameraDevice {
  id: string;
  label: string;
}

const STORED_AS = 'einlass-camera';

/** The camera that was chosen on this tablet, or null. */
export function rememberedCamera(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}

export function rememberCamera(id: string): void {
  try {
    localStorage.setItem(STORED_AS, id);
  } catch {
    // Then it has to be chosen anew the next time.
  }
}

/** The tablet's cameras. Before one of them has been opened, a browser tells little about them. */
export async function listCameras(): Promise<CameraDevice[]> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices
      .filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  } catch {
    return [];
  }
}

/** iPhones and iPads call the camera so that goes over to its macro lens by itself. */
const SEES_NEAR = /\b(triple|dual[ -]?(wide|weit))/i;

/**
 * The camera to take where nobody has chosen one: on an iPhone Pro the plain one can't see sharp what is held near
 * (mebjas/html5-qrcode#679). @returns null where the browser's own choice is as good as any
 */
export async function preferredCamera(): Promise<string | null> {
  return cameraThatSeesNear(await listCameras());
}

export function cameraThatSeesNear(cameras: CameraDevice[]): string | null {
  return cameras.find(({ label }) => SEES_NEAR.test(label))?.id ?? null;
}

/** The one after the one that is open, round and round. */
export function nextCamera(cameras: CameraDevice[], open: string): CameraDevice | null {
  if (cameras.length < 2) return null;
  return cameras[(cameras.findIndex(({ id }) => id === open) + 1) % cameras.length]!;
}
