import type { EventId } from '../../../src/lib/domain/ids.ts';
import { isFinished } from '../../../src/lib/domain/pictures/talk.ts';
import type { SignedRecord } from '../../../src/lib/domain/signed-record.ts';
import { millis } from '../../../src/lib/domain/time.ts';
import { PictureExchange } from '../../../src/lib/door/pictures/exchange.ts';
import type { ExchangeStatus } from '../../../src/lib/door/pictures/exchange-status.ts';
import { drawPicture, PICTURE_ROOM } from '../../../src/lib/door/pictures/picture-qr.ts';
import { watchPictures } from '../../../src/lib/door/pictures/watch.ts';
import { openCamera } from '../../../src/lib/door/scanner/camera.ts';
import { Decoder } from '../../../src/lib/door/scanner/decoder.ts';
import { MemoryBook } from '../../door/pictures/memory-book.ts';
import { lensOf, shine, type Air } from './air.ts';

export interface PictureTablet {
  as: 'giver' | 'taker';
  records: SignedRecord[];
  /** 32 bytes, the same at both. */
  key: number[];
  /** Pictures a second. */
  rate: number;
  /** Through this the camera sees the other page's screen; without it, the browser's own camera is used. */
  air?: Air;
}

/** How an exchange went, seen from one tablet. Times are in milliseconds since it was begun. */
export interface PictureResult {
  storedAt: number | null;
  finishedAt: number | null;
  status: ExchangeStatus;
  records: SignedRecord[];
  /** How long each reading of a frame took. */
  readings: number[];
  /** How many pictures were read. */
  seen: number;
}

export interface PictureBench {
  start(tablet: PictureTablet): Promise<void>;
  result(): PictureResult;
}

/** How large the code stands on the screen, in pixels. */
const SIDE = 680;
/** Of a picture that stays, only so manyth showing counts as another chance to see it. */
const STILL = 5;

const result: PictureResult = {
  storedAt: null,
  finishedAt: null,
  status: null as unknown as ExchangeStatus,
  records: [],
  readings: [],
  seen: 0,
};

async function start({ as, records, key, rate, air }: PictureTablet): Promise<void> {
  const raw = Uint8Array.from(key);
  const exchangeKey = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const book = new MemoryBook(exchangeKey, records);
  const out = new BroadcastChannel(as);
  if (air) {
    const lens = lensOf(new BroadcastChannel(as === 'giver' ? 'taker' : 'giver'), air);
    navigator.mediaDevices.getUserMedia = () => Promise.resolve(lens);
  }
  const decoder = new Decoder();
  const outcome = await openCamera(document.querySelector<HTMLElement>('#picture')!, 'user');
  if (outcome.kind !== 'open' || !(await decoder.works)) throw new Error('the camera does not open');
  const begun = performance.now();
  const exchange = new PictureExchange(as, {
    book,
    seal: { key: exchangeKey, eventId: '00112233445566ff' as EventId },
    clock: () => millis(Date.now()),
    room: PICTURE_ROOM.fine,
    onChange: (status) => {
      result.status = status;
      if (status.taken) result.storedAt ??= performance.now() - begun;
      if (isFinished(status.talk)) result.finishedAt ??= performance.now() - begun;
      result.records = [...book.records.values()];
      document.body.dataset.phase = status.talk.phase;
    },
  });
  const reader = {
    takesVideoFrames: decoder.takesVideoFrames,
    async readPicture(frame: Parameters<Decoder['readPicture']>[0]) {
      const started = performance.now();
      const bytes = await decoder.readPicture(frame);
      result.readings.push(performance.now() - started);
      return bytes;
    },
  };
  void watchPictures(
    outcome.camera,
    reader,
    (bytes) => {
      result.seen += 1;
      void exchange.see(bytes);
    },
    new AbortController().signal,
  );
  const canvas = document.querySelector<HTMLCanvasElement>('#code')!;
  let last: Uint8Array | null = null;
  let tick = 0;
  setInterval(() => {
    void exchange.nextPicture().then((picture) => {
      if (!picture) return;
      // The same picture again is the same light; but the camera may have missed it.
      if (picture === last && ++tick % STILL !== 0) return;
      last = picture;
      drawPicture(canvas, picture, SIDE);
      if (air) shine(out, canvas);
    });
  }, 1_000 / rate);
}

const pictures: PictureBench = { start, result: () => result };
Object.assign(window, { pictures });
