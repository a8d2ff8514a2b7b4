import type PDFDocument from 'pdfkit';
import { intlTag, type Locale } from '../../i18n/index.ts';
import type { Weight } from './fonts.ts';
import { breakLines, readParagraph, type Flow, type Line, type Paragraph } from './lines.ts';

/** Points of PDF, 72 to the inch. */
export const mm = (millimetres: number): number => (millimetres * 72) / 25.4;

/** Of every quarter, towards the edges of the sheet. */
export const MARGIN = mm(11);

export const PAGE = { width: mm(210), height: mm(297) };

/** A column on the page, in points. @property start - from the side at which the language begins to read */
export interface Column {
  start: number;
  width: number;
}

export interface Style {
  /** In points. */
  size: number;
  weight: Weight;
}

export interface Content {
  content: string;
  /** Its language, where that is not the page's. */
  language?: Locale;
  /** Other than the page's: `auto` for names and other people's texts. */
  flow?: Flow;
}

export interface Text extends Content {
  style: Style;
  /** What it is in the document's structure, by the names of PDF 1.7, such as `H1` or `P`. */
  tag: string;
  /** Where a click leads. */
  link?: string;
}

/** How much room a text has. */
export interface Limits {
  /** In points. */
  height: number;
  /** Sizes of its letters, in points, and on how many lines each is good, the best first. */
  steps: (readonly [size: number, lines: number])[];
}

export interface Fitted {
  lines: Line[];
  style: Style;
  /** In points. */
  height: number;
}

/** Between baselines, in ems: Arabic letters reach higher and lower. */
const LEADING = 1.22;
const ARABIC_LEADING = 1.5;
const leadingOf = (lines: Line[], size: number): number =>
  size * (lines.some(({ mixed }) => mixed) ? ARABIC_LEADING : LEADING);
const heightOf = (lines: Line[], size: number): number => lines.length * leadingOf(lines, size);
/** From a line's top to its baseline, as a part of its height. */
const BASELINE = 0.76;

/** One page in one language: places texts in columns, tagged for screen readers. */
export class Sheet {
  readonly doc: PDFKit.PDFDocument;
  readonly direction: 'ltr' | 'rtl';
  /** What the next texts belong to. */
  private parent: PDFKit.PDFStructureElement;

  constructor(doc: InstanceType<typeof PDFDocument>, locale: Locale, direction: 'ltr' | 'rtl') {
    this.doc = doc;
    this.direction = direction;
    doc.addPage({ size: [PAGE.width, PAGE.height], margin: 0 });
    this.parent = doc.struct('Sect', { lang: intlTag(locale) });
    doc.addStructure(this.parent);
  }

  /** Ends the page. */
  end(): void {
    this.parent.end();
  }

  /** Puts into one element of the structure whatever `draw` places. @param scope - what a table's header is for */
  group(tag: string, draw: () => void, scope?: 'Row' | 'Column'): void {
    const outer = this.parent;
    // The scope of a table's header is missing in the types.
    const element = this.doc.struct(tag, (scope ? { scope } : {}) as object);
    outer.add(element);
    this.parent = element;
    draw();
    element.end();
    this.parent = outer;
  }

  /** The left side of a column or of something within it. */
  left({ start, width }: Column): number {
    return this.direction === 'rtl' ? PAGE.width - start - width : start;
  }

  private read({ content, flow }: Content, weight: Weight): Paragraph {
    return readParagraph(content, weight, flow ?? this.direction);
  }

  /** Breaks a text in the best size in which it fits, in whole words if it can; what fits in none is shortened. */
  fit(text: Content, weight: Weight, limits: Limits, { width }: Column): Fitted {
    const paragraph = this.read(text, weight);
    let cut: Fitted | null = null;
    for (const [size, most] of limits.steps) {
      const lines = breakLines(paragraph, width / size);
      const height = heightOf(lines, size);
      if (lines.length > most || height > limits.height) continue;
      const fitted = { lines, style: { size, weight }, height };
      if (lines.every((line) => !line.cut)) return fitted;
      cut ??= fitted;
    }
    return cut ?? this.shorten(text, weight, limits, width);
  }

  private shorten(text: Content, weight: Weight, limits: Limits, width: number): Fitted {
    const [size, most] = limits.steps.at(-1)!;
    let lines: Line[];
    let { content } = text;
    do {
      content = content.slice(0, Math.floor(content.length * 0.95)).trimEnd();
      lines = breakLines(this.read({ ...text, content: `${content}…` }, weight), width / size);
    } while (lines.length > most || heightOf(lines, size) > limits.height);
    return { lines, style: { size, weight }, height: heightOf(lines, size) };
  }

  /** Places a text. @returns the height at which the next may begin */
  text(text: Text, column: Column, top: number): number {
    const { size, weight } = text.style;
    return this.place(text, breakLines(this.read(text, weight), column.width / size), column, top);
  }

  /** Places lines that have been broken already. @returns the height at which the next may begin */
  place(
    { tag, style, language, link }: Omit<Text, 'content'>,
    lines: Line[],
    column: Column,
    top: number,
  ): number {
    const { doc } = this;
    const leading = leadingOf(lines, style.size);
    const lefts = lines.map(
      ({ width }) => this.left(column) + (this.direction === 'rtl' ? column.width - width * style.size : 0),
    );
    const element = doc.struct(tag, {
      ...(language && { lang: intlTag(language) }),
      // Glyphs stand as they are printed; whoever has the text read aloud needs it as it is read.
      ...(lines.some(({ mixed }) => mixed) && { actual: lines.map(({ text }) => text).join(' ') }),
    });
    this.parent.add(element);
    const inner = link ? doc.struct('Link') : element;
    if (link) element.add(inner);
    inner.add(() => {
      lines.forEach((line, i) => this.print(line, style, lefts[i]!, top + (i + BASELINE) * leading));
    });
    if (link) {
      // The element that it belongs to is missing in the types.
      const annotation = { structParent: inner, Contents: new String(link) } as object;
      lines.forEach(({ width }, i) => {
        doc.link(lefts[i]!, top + i * leading, width * style.size, leading, link, annotation);
      });
      inner.end();
    }
    element.end();
    return top + lines.length * leading;
  }

  private print(line: Line, { size }: Style, left: number, baseline: number): void {
    const { doc } = this;
    let x = left;
    for (const { face, text, width } of line.runs) {
      doc.font(face.name).fontSize(size).text(text, x, baseline, PRINT);
      x += width * size;
    }
  }

  /** Draws what is no content, such as lines to fold along. */
  artifact(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.doc.endMarkedContent();
  }

  /** Draws a picture that is described in words. */
  figure(
    description: string,
    bounds: [left: number, top: number, right: number, bottom: number],
    draw: () => void,
  ): void {
    // The bounds are missing in the types.
    const options = { alt: description, bbox: bounds, placement: 'Block' } as object;
    this.parent.add(this.doc.struct('Figure', options, draw));
  }
}

/** Named features make pdfkit shape a run as a whole, where it would otherwise shape each word alone. */
const PRINT: PDFKit.Mixins.TextOptions = { lineBreak: false, baseline: 'alphabetic', features: [] };
