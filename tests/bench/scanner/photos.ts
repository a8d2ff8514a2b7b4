import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** A photograph and the text that must come out of it. */
export interface Photo {
  file: string;
  text: string;
}

/** The photographs in a folder and the folders in it: NAME.png or NAME.jpg beside NAME.txt, or NAME.bin for bytes. */
export function findPhotos(folder: string): Photo[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name): Photo[] => {
      const file = path.join(folder, name);
      if (statSync(file).isDirectory()) return findPhotos(file);
      if (!/\.(png|jpe?g)$/i.test(name)) return [];
      const base = file.slice(0, -path.extname(name).length);
      if (existsSync(`${base}.txt`)) return [{ file, text: readFileSync(`${base}.txt`, 'utf8') }];
      // A reader shows bytes as the characters of the same numbers.
      if (existsSync(`${base}.bin`)) return [{ file, text: readFileSync(`${base}.bin`, 'latin1') }];
      return [];
    });
}
