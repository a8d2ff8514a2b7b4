/** The part of fontkit that is used here; it brings no types of its own. */
declare module 'fontkit' {
  export interface Font {
    unitsPerEm: number;
    hasGlyphForCodePoint(codePoint: number): boolean;
    /** Shapes a text that is all of one script; right-to-left ones come out in the order of print. */
    layout(text: string): { advanceWidth: number; glyphs: { id: number; codePoints: number[] }[] };
  }
  export function create(file: Uint8Array): Font;
}
