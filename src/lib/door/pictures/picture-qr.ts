import QRCode from 'qrcode';
import type { Bytes } from '../../domain/bytes.ts';

/**
 * How large pictures may be, in bytes. By measurement with the app's own reader, on frames of 1,280 × 720 with the code
 * over 90 % of their height: it reads as long as a module is 2.4 times as wide as the blur's standard deviation. A higher
 * error correction moves that limit by nothing and costs a fifth of the bytes, so that L is the best; lost pictures are
 * the fountain's business.
 *
 * | version | bytes | module | read up to a blur of |
 * | --- | --- | --- | --- |
 * | 13 | 425 | 8.4 px | 3.5 px |
 * | 22 | 1,003 | 5.7 px | 2.4 px |
 * | 27 | 1,465 | 4.9 px | 2.0 px |
 *
 * The larger is the quicker, because reading costs by the frame and hardly by the byte: 2,000 scans take 13 s in version
 * 27 where they take 16 to 18 s in version 22.
 */
export const PICTURE_ROOM = { coarse: 425, fine: 1_465 } as const;
export type PictureGrain = keyof typeof PICTURE_ROOM;

/** Light modules around the code, as the standard demands. */
const QUIET_ZONE = 4;

/**
 * Draws a picture as large as it fits, each module as a square of whole pixels.
 *
 * @param side - of the place that it has, in pixels
 * @throws {Error} for more bytes than a QR code holds
 */
export function drawPicture(canvas: HTMLCanvasElement, bytes: Bytes, side: number): void {
  const { modules } = QRCode.create([{ data: bytes, mode: 'byte' }], {
    errorCorrectionLevel: 'L',
    // What is sealed looks like noise: every mask is as good, and trying all eight takes ten times as long.
    maskPattern: 3,
  });
  const size = modules.size + 2 * QUIET_ZONE;
  const module = Math.max(1, Math.floor(side / size));
  if (canvas.width !== size * module) canvas.width = canvas.height = size * module;
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#000';
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (!modules.get(row, column)) continue;
      const start = column;
      while (column < modules.size && modules.get(row, column)) column += 1;
      context.fillRect(
        (start + QUIET_ZONE) * module,
        (row + QUIET_ZONE) * module,
        (column - start) * module,
        module,
      );
    }
  }
}
