import { writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

export interface FilmOptions {
  width?: number;
  height?: number;
  /** Pictures a second. */
  rate?: number;
  /** How long the picture is held before the camera, and how long nothing is, in seconds; over and over. */
  shown?: number;
  hidden?: number;
}

/**
 * Writes a film for the browser's fake camera (YUV4MPEG2, 4:2:0, grey): a picture held up, taken away, held up again.
 *
 * @param png - the picture, such as a screenshot of a ticket's QR code; it is centred and made to fit
 * @param page - any page; its browser unpacks the picture
 */
export async function writeFilm(
  file: string,
  png: Buffer,
  page: Page,
  options: FilmOptions = {},
): Promise<void> {
  const { width = 640, height = 480, rate = 5, shown = 2, hidden = 3 } = options;
  const url = `data:image/png;base64,${png.toString('base64')}`;
  const grey = await page.evaluate(
    async ({ url, width, height }) => {
      const picture = new Image();
      picture.src = url;
      await picture.decode();
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d')!;
      context.fillStyle = '#bbb';
      context.fillRect(0, 0, width, height);
      const scale = (0.85 * Math.min(width, height)) / Math.max(picture.width, picture.height);
      const [w, h] = [picture.width * scale, picture.height * scale];
      context.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h);
      const { data } = context.getImageData(0, 0, width, height);
      return Array.from({ length: width * height }, (_, i) => data[4 * i]!);
    },
    { url, width, height },
  );
  const colourless = Buffer.alloc((width * height) / 2, 128);
  const frame = (luma: Buffer) => Buffer.concat([Buffer.from('FRAME\n'), luma, colourless]);
  const held = frame(Buffer.from(grey));
  const empty = frame(Buffer.alloc(width * height, 187));
  const frames = [
    ...Array<Buffer>(Math.round(shown * rate)).fill(held),
    ...Array<Buffer>(Math.round(hidden * rate)).fill(empty),
  ];
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F${rate}:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(file, Buffer.concat([header, ...frames]));
}
