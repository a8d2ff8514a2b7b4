import { readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import { isPicture } from '../../../domain/pictures/picture.ts';
import { planAttempt, type Attempt } from './attempt-plan.ts';
import { halve, type GreyImage } from './grey-image.ts';
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
  async read(image: GreyImage): Promise<string | null> {
    const text = await this.attempt(image, planAttempt(this.unread));
    this.unread = text === null ? this.unread + 1 : 0;
    return text;
  }

  private async attempt(image: GreyImage, { general, search }: Attempt): Promise<string | null> {
    const found = general && (await readAnyCode(general === 'whole' ? image : halve(image)));
    if (found !== null) return found;
    return search || this.tickets.follows ? this.tickets.read(image, search) : null;
  }
}

/** Reads a photograph by all means. @returns the text of the code in it, or null */
export async function readStill(image: GreyImage): Promise<string | null> {
  for (let grey = image; Math.min(grey.width, grey.height) > 100; grey = halve(grey)) {
    const fits = Math.max(grey.width, grey.height) <= STILL_SIDE;
    const text = (await readAnyCode(grey)) ?? (fits ? new TicketReader().read(grey, true) : null);
    if (text !== null) return text;
  }
  return null;
}

async function readAnyCode(image: GreyImage): Promise<string | null> {
  const [found] = await readBarcodes(pictureOf(image), OPTIONS);
  // A tablet beside this one shows another its news: nobody wants in with that.
  return found?.isValid && !isPicture(found.bytes) ? found.text : null;
}

/** As the general reader takes it. */
export function pictureOf({ width, height, data }: GreyImage): ImageData {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < data.length; i += 1) pixels[i] = 0xff000000 | (data[i]! * 0x010101);
  return image;
}

/** Whether both ways of reading get the sample's text out of the sample. */
export async function readsSample(): Promise<boolean> {
  const sample = drawSample();
  const byTicketReader = new TicketReader().read(sample, true);
  return byTicketReader === SAMPLE_TEXT && (await readAnyCode(sample)) === SAMPLE_TEXT;
}
