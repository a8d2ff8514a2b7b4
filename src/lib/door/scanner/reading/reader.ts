import { readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import { planAttempt, type Attempt } from './attempt-plan.ts';
import { greyOf, halve, type GreyImage } from './grey-image.ts';
import { drawSample, SAMPLE_TEXT } from './sample-ticket.ts';
import { TicketReader } from './ticket-reader.ts';

const OPTIONS: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  maxNumberOfSymbols: 1,
  // As it was written: the default shows control characters as words.
  textMode: 'Plain',
};

/** A still picture is made no larger than this, in pixels along its longer side, where tickets are looked for. */
const STILL_SIDE = 1_600;

/** Reads the codes in successive frames of a camera. */
export class Reader {
  private readonly tickets = new TicketReader();
  private unread = 0;

  /** @returns the text of the code in the frame, or null */
  async read(image: ImageData): Promise<string | null> {
    const text = await this.attempt(image, planAttempt(this.unread));
    this.unread = text === null ? this.unread + 1 : 0;
    return text;
  }

  private async attempt(image: ImageData, { general, search }: Attempt): Promise<string | null> {
    const grey = greyOf(image);
    const found =
      general === 'whole'
        ? await readAnyCode(image)
        : general === 'half'
          ? await readAnyCode(picture(halve(grey)))
          : null;
    if (found !== null) return found;
    return search || this.tickets.follows ? this.tickets.read(grey, search) : null;
  }
}

/** Reads a photograph by all means. @returns the text of the code in it, or null */
export async function readStill(image: ImageData): Promise<string | null> {
  let text = await readAnyCode(image);
  for (
    let grey = greyOf(image);
    text === null && Math.min(grey.width, grey.height) > 100;
    grey = halve(grey)
  ) {
    if (Math.max(grey.width, grey.height) <= STILL_SIDE) text = new TicketReader().read(grey, true);
    text ??= await readAnyCode(picture(halve(grey)));
  }
  return text;
}

async function readAnyCode(image: ImageData): Promise<string | null> {
  const [found] = await readBarcodes(image, OPTIONS);
  return found?.isValid ? found.text : null;
}

function picture({ width, height, data }: GreyImage): ImageData {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < data.length; i += 1) pixels[i] = 0xff000000 | (data[i]! * 0x010101);
  return image;
}

/** Whether both ways of reading get the sample's text out of the sample. */
export async function readsSample(): Promise<boolean> {
  const sample = drawSample();
  const byTicketReader = new TicketReader().read(greyOf(sample), true);
  return byTicketReader === SAMPLE_TEXT && (await readAnyCode(sample)) === SAMPLE_TEXT;
}
