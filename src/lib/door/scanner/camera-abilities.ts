/** What a camera can do beside showing a picture, as far as its browser tells. */
export interface CameraAbilities {
  torch: boolean;
  /** How far it can be zoomed, or null. */
  zoom: { least: number; most: number } | null;
  continuousFocus: boolean;
}

/** What browsers say and take that TypeScript does not know of. */
interface MoreCapabilities {
  torch?: unknown;
  focusMode?: unknown;
  zoom?: unknown;
}
type MoreConstraints = MediaTrackConstraintSet & { torch?: boolean; focusMode?: string; zoom?: number };

export function abilitiesOf(track: MediaStreamTrack): CameraAbilities {
  const { torch, focusMode, zoom } = capabilitiesOf(track);
  return {
    // Some browsers say it as a list of what it can be.
    torch: torch === true || (Array.isArray(torch) && torch.includes(true)),
    zoom: isRange(zoom) && zoom.max > zoom.min ? { least: zoom.min, most: zoom.max } : null,
    continuousFocus: Array.isArray(focusMode) && focusMode.includes('continuous'),
  };
}

function capabilitiesOf(track: MediaStreamTrack): MoreCapabilities {
  try {
    // Firefox has no such method.
    return (track.getCapabilities?.() ?? {}) as MoreCapabilities;
  } catch {
    return {};
  }
}

function isRange(value: unknown): value is { min: number; max: number } {
  const { min, max } = (value ?? {}) as { min?: unknown; max?: unknown };
  return typeof min === 'number' && typeof max === 'number';
}

/** How much larger than life the staff can choose to see, for tickets that are held far away. */
const ZOOMS = [1, 1.5, 2, 3];

/** The steps of zoom that a camera offers; less than two are none. */
export function zoomSteps({ zoom }: CameraAbilities): number[] {
  if (!zoom) return [];
  const steps = ZOOMS.filter((step) => step >= zoom.least && step <= zoom.most);
  return steps.length > 1 ? steps : [];
}

/** Keeps what is held up sharp, where the camera can do so by itself. */
export function focusContinuously(track: MediaStreamTrack): Promise<boolean> {
  return apply(track, { focusMode: 'continuous' });
}

export function setTorch(track: MediaStreamTrack, on: boolean): Promise<boolean> {
  return apply(track, { torch: on });
}

export function setZoom(track: MediaStreamTrack, zoom: number): Promise<boolean> {
  return apply(track, { zoom });
}

/** @returns whether the camera did it */
async function apply(track: MediaStreamTrack, wish: MoreConstraints): Promise<boolean> {
  try {
    await track.applyConstraints({ advanced: [wish] });
    return true;
  } catch {
    return false;
  }
}
