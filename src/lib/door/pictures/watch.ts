import type { Bytes } from '../../domain/bytes.ts';
import type { Camera } from '../scanner/camera.ts';
import type { Decoder } from '../scanner/decoder.ts';
import { grabFrame, nextFrame } from '../scanner/scanner.ts';

/**
 * Reads the moving pictures before the camera as fast as they come and the tablet can.
 *
 * @param onCode - told of every code that is read, also of the same one again
 * @param signal - ends it
 */
export async function watchPictures(
  camera: Pick<Camera, 'video'>,
  decoder: Pick<Decoder, 'readPicture' | 'takesVideoFrames'>,
  onCode: (bytes: Bytes) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await nextFrame(camera.video);
    const frame = await grabFrame(camera.video, decoder.takesVideoFrames);
    if (signal.aborted) frame?.close();
    const bytes = frame && !signal.aborted ? await decoder.readPicture(frame) : null;
    if (bytes && !signal.aborted) onCode(bytes);
    // Without this a video that has no picture yet would be asked again and again in one breath.
    if (!frame) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
