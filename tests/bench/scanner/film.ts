import { closeSync, openSync, writeSync } from 'node:fs';
import { drawScene, HEIGHT, WIDTH } from '../frames/scene.ts';
import { makeFrame } from './site.ts';

/** A film of tickets that are held up one after the other. */
export interface Film {
  file: string;
  texts: Set<string>;
  /** From its beginning to its end, in milliseconds. */
  duration: number;
}

/** Frames in a second. */
const RATE = 15;
const SHOWN = Math.floor(0.7 * RATE);
const BETWEEN = 4;
/** Far from the scenes that are read frame by frame. */
const FIRST_SCENE = 100_001;

/** Writes the film for the browser's fake camera (YUV4MPEG2, 4:2:0, grey). */
export function writeTicketFilm(file: string, tickets: number): Film {
  const handle = openSync(file, 'w');
  const colourless = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const nothing = Buffer.alloc(WIDTH * HEIGHT, 140);
  const append = (luma: Uint8Array) => {
    for (const part of [Buffer.from('FRAME\n'), luma, colourless]) writeSync(handle, part);
  };
  writeSync(handle, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  const texts = new Set<string>();
  for (let i = 0; i < tickets; i += 1) {
    texts.add(drawScene(FIRST_SCENE + i).text);
    for (let frame = 0; frame < SHOWN; frame += 1) append(makeFrame(FIRST_SCENE + i, frame));
    for (let frame = 0; frame < BETWEEN; frame += 1) append(nothing);
  }
  closeSync(handle);
  return { file, texts, duration: (tickets * (SHOWN + BETWEEN) * 1_000) / RATE };
}
