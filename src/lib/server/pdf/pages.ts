import { getTextDirection, m, type Locale } from '../../i18n/index.ts';
import { MARGIN, mm, PAGE, Sheet, type Column, type Content, type Fitted, type Style } from './sheet.ts';
import { giveWay } from './slowly.ts';

const WHOLE: Column = { start: MARGIN + mm(5), width: PAGE.width - 2 * (MARGIN + mm(5)) };
const TOP = MARGIN + mm(5);
const BOTTOM = PAGE.height - MARGIN - mm(8);
const SMALL: Style = { size: 9, weight: 'regular' };
const BODY: Style = { size: 10.5, weight: 'regular' };
const STRONG: Style = { ...BODY, weight: 'semibold' };
const HEAD: Style = { size: 9.5, weight: 'semibold' };
/** Rather small than broken within a word. */
const HEAD_SIZES = [9.5, 8.5, 8, 7.5, 7];
const PADDING = mm(1.2);

export interface TableColumn {
  title: string;
  /** As a part of the page's width. */
  share: number;
  /** Numbers stand under each other by their ends. */
  number?: boolean;
  /** Instead of text there is a box to tick. */
  box?: boolean;
}

type Cell = Content & Fitted;

interface Row {
  cells: Cell[];
  height: number;
}

/** Texts and tables that flow from page to page, each page with its number and what it is of. */
export class Pages {
  readonly doc: PDFKit.PDFDocument;
  private readonly locale: Locale;
  private readonly running: string;
  private sheet: Sheet;
  private y = TOP;
  private number = 0;

  /** @param running - stands at the foot of each page, before its number */
  constructor(doc: PDFKit.PDFDocument, locale: Locale, running: string) {
    this.doc = doc;
    this.locale = locale;
    this.running = running;
    this.sheet = this.begin();
  }

  /** Goes on at the top of a new page. */
  next(): void {
    this.end();
    this.sheet = this.begin();
  }

  /** Ends the last page. */
  end(): void {
    this.sheet.end();
  }

  private begin(): Sheet {
    this.number += 1;
    this.y = TOP;
    const sheet = new Sheet(this.doc, this.locale, getTextDirection(this.locale));
    const page = m.report_page({ page: this.number }, { locale: this.locale });
    sheet.text({ tag: 'P', content: `${this.running} · ${page}`, style: SMALL }, WHOLE, BOTTOM + mm(3));
    return sheet;
  }

  /** Begins a new page where so much, in points, does not fit on this one. @returns whether it did */
  need(height: number): boolean {
    if (this.y + height <= BOTTOM) return false;
    this.next();
    return true;
  }

  /** Leaves so much free, in points. */
  skip(height: number): void {
    this.y += height;
  }

  /** @param below - how much must fit on the same page after it, in points */
  text(tag: string, content: Content, style: Style = BODY, below = 0): void {
    const fitted = this.break(content, style, WHOLE.width);
    this.need(fitted.height + below);
    this.y = this.sheet.place({ tag, ...content, ...fitted }, fitted.lines, WHOLE, this.y) + mm(1);
  }

  /** A figure over the page's whole width, described in words. */
  figure(
    description: string,
    height: number,
    draw: (left: number, top: number, width: number, isRtl: boolean) => void,
  ): void {
    this.need(height);
    const [left, top] = [this.sheet.left(WHOLE), this.y];
    this.sheet.figure(description, [left, top, left + WHOLE.width, top + height], () =>
      draw(left, top, WHOLE.width, this.sheet.direction === 'rtl'),
    );
    this.y += height;
  }

  /**
   * A table whose first column, of those with text, names the row. Each page repeats the head, and gives way to others.
   *
   * @param least - of each row, in points
   */
  async table(columns: TableColumn[], rows: Content[][], least = 0): Promise<void> {
    const places = columnsOf(columns);
    const [first, last] = [places[0]!, places.at(-1)!];
    const whole = { start: first.start, width: last.start + last.width - first.start };
    const named = columns.findIndex(({ box }) => !box);
    const head = this.breakRow(
      columns.map(({ title }) => ({ content: title })),
      places,
      () => HEAD,
      0,
    );
    const broken = (row: Content[]) =>
      this.breakRow(row, places, (i) => (i === named ? STRONG : BODY), least);
    const left = rows.values();
    let next = left.next();
    let row = next.done ? null : broken(next.value);
    while (row) {
      this.need(head.height + row.height);
      this.sheet.group('Table', () => {
        this.row(head, whole, (i) =>
          this.sheet.group('TH', () => this.cell(head.cells[i]!, places[i]!, columns[i]!), 'Column'),
        );
        while (row && this.y + row.height <= BOTTOM) {
          const { cells, height } = row;
          this.row(row, whole, (i) => {
            const draw = () =>
              columns[i]!.box ? this.box(places[i]!, height) : this.cell(cells[i]!, places[i]!, columns[i]!);
            if (i === named) this.sheet.group('TH', draw, 'Row');
            else this.sheet.group('TD', draw);
          });
          next = left.next();
          row = next.done ? null : broken(next.value);
        }
      });
      await giveWay();
    }
    this.y += mm(3);
  }

  private breakRow(row: Content[], places: Column[], styleOf: (column: number) => Style, least: number): Row {
    const cells = row.map((content, i) => ({
      ...content,
      ...this.break(content, styleOf(i), places[i]!.width),
    }));
    return { cells, height: Math.max(least, ...cells.map(({ height }) => height)) + 2 * PADDING };
  }

  private row({ cells, height }: Row, place: Column, draw: (column: number) => void): void {
    this.sheet.group('TR', () => {
      cells.forEach((_, i) => draw(i));
    });
    this.y += height;
    const left = this.sheet.left(place);
    this.sheet.artifact(() =>
      this.doc
        .lineWidth(0.4)
        .moveTo(left, this.y)
        .lineTo(left + place.width, this.y)
        .stroke('#66727d'),
    );
  }

  private cell(cell: Cell, place: Column, { number = false }: TableColumn): void {
    const { lines, style } = cell;
    if (lines.length === 0) return;
    const widest = Math.max(...lines.map(({ width }) => width)) * style.size;
    const column = number ? { start: place.start + place.width - widest, width: widest } : place;
    this.sheet.place({ tag: 'P', ...cell }, lines, column, this.y + PADDING);
  }

  private box(place: Column, height: number): void {
    const side = mm(5);
    const left = this.sheet.left({ start: place.start, width: side });
    this.sheet.artifact(() =>
      this.doc
        .lineWidth(0.8)
        .rect(left, this.y + (height - side) / 2, side, side)
        .stroke('black'),
    );
  }

  private break(content: Content, style: Style, width: number): Fitted {
    const sizes = style === HEAD ? HEAD_SIZES : [style.size];
    const limits = { height: PAGE.height, steps: sizes.map((size) => [size, 60] as const) };
    return this.sheet.fit(content, style.weight, limits, { start: 0, width });
  }
}

/** The columns' places, with a gap between. */
function columnsOf(columns: TableColumn[]): Column[] {
  const gap = mm(2.5);
  const width = WHOLE.width - gap * (columns.length - 1);
  let { start } = WHOLE;
  return columns.map(({ share }) => {
    const column = { start, width: width * share };
    start += column.width + gap;
    return column;
  });
}
