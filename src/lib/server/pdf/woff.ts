import { inflateSync } from 'node:zlib';

const HEADER = 44;
const ENTRY = 20;
const SFNT_HEADER = 12;
const SFNT_ENTRY = 16;

/**
 * Unpacks a font from WOFF 1.0 (W3C Recommendation) to the OpenType file that it was made of. fontkit reads both, but
 * unpacks all outlines anew for each letter that it embeds from a WOFF.
 */
export function unpackWoff(woff: Buffer): Buffer {
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, i) => {
    const at = HEADER + i * ENTRY;
    const [offset, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(at + field)) as [
      number,
      number,
      number,
    ];
    const stored = woff.subarray(offset, offset + packed);
    const data = packed < length ? inflateSync(stored) : stored;
    return { tag: woff.subarray(at, at + 4), checksum: woff.subarray(at + 16, at + 20), data };
  });

  const power = 2 ** Math.floor(Math.log2(count));
  const header = Buffer.alloc(SFNT_HEADER);
  woff.copy(header, 0, 4, 8);
  header.writeUInt16BE(count, 4);
  // For a binary search of the directory.
  header.writeUInt16BE(power * SFNT_ENTRY, 6);
  header.writeUInt16BE(Math.log2(power), 8);
  header.writeUInt16BE((count - power) * SFNT_ENTRY, 10);

  let offset = SFNT_HEADER + count * SFNT_ENTRY;
  const directory: Buffer[] = [];
  const bodies: Buffer[] = [];
  for (const { tag, checksum, data } of tables) {
    const place = Buffer.alloc(8);
    place.writeUInt32BE(offset, 0);
    place.writeUInt32BE(data.length, 4);
    directory.push(tag, checksum, place);
    // Every table begins at a multiple of four bytes.
    const padding = Buffer.alloc(-data.length & 3);
    bodies.push(data, padding);
    offset += data.length + padding.length;
  }
  return Buffer.concat([header, ...directory, ...bodies]);
}
