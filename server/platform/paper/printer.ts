import { barsOf } from './code128.ts';
import type { Block, Columns, Head, Note, Sums, Table, TableColumn } from './paper.ts';
import { type Style, Typesetter } from './typesetter.ts';

/** A4 in points, and a margin of 15 mm that every office printer can keep. */
export const PAGE = { width: 595.28, height: 841.89, margin: 42.5 } as const;
export const INNER = PAGE.width - 2 * PAGE.margin;
/** The foot stands below this. */
export const BOTTOM = PAGE.height - PAGE.margin - 22;

const INK = '#16181d';
const GREY = '#5b616d';
const RULE = '#cdd1d8';
const TITLE: Style = { weight: 600, size: 17, colour: INK };
export const TEXT: Style = { weight: 400, size: 9.5, colour: INK };
const STRONG: Style = { weight: 600, size: 9.5, colour: INK };
const LABEL: Style = { weight: 600, size: 8, colour: GREY };
const SMALL: Style = { weight: 400, size: 8, colour: GREY };
const LEADING = 1.45;
const GAP = 18;
const CELL_GAP = 10;
export const ROW_GAP = 5;
const SUMS_WIDTH = 230;
const BARCODE = { module: 0.95, height: 34, quiet: 10 } as const;

export const lineHeight = (style: Style): number => style.size * LEADING;

/** Goes down the page and starts another where something does not fit. */
export class Printer {
  y: number = PAGE.margin;
  readonly type: Typesetter;
  private readonly sheet: PDFKit.PDFDocument;
  private readonly onPage: () => void;

  /** `onPage` is told of every page that is started, before anything stands on it. */
  constructor(sheet: PDFKit.PDFDocument, onPage: () => void = () => {}) {
    this.sheet = sheet;
    this.type = new Typesetter(sheet);
    this.onPage = onPage;
  }

  set(block: Block): void {
    switch (block.kind) {
      case 'head':
        this.head(block);
        break;
      case 'columns':
        this.columns(block);
        break;
      case 'table':
        this.table(block);
        break;
      case 'sums':
        this.sums(block);
        break;
      case 'note':
        this.note(block);
        break;
    }
    this.y += GAP;
  }

  /** Foot and "2 / 3" on every page, once it is known how many there are. */
  number(foot: string): void {
    const { start, count } = this.sheet.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      this.sheet.switchToPage(page);
      this.foot(foot, page - start + 1, count);
    }
  }

  foot(foot: string, page: number, pages: number): void {
    const y = PAGE.height - PAGE.margin;
    this.rule(y - 8);
    const place = { x: PAGE.margin, y, width: INNER };
    this.type.draw(this.type.clipped(foot, SMALL, INNER - 60), SMALL, place);
    this.type.draw(`${page} / ${pages}`, SMALL, { ...place, right: true });
  }

  private head({ title, lines, barcode }: Head): void {
    const top = this.y;
    const code = barcode === undefined ? undefined : { text: barcode, ...barsOf(barcode) };
    const codeWidth = code ? (code.modules + 2 * BARCODE.quiet) * BARCODE.module : 0;
    if (code) this.barcode(code, PAGE.width - PAGE.margin - codeWidth + BARCODE.quiet * BARCODE.module, top);
    this.paragraph(title, TITLE, INNER - codeWidth);
    this.y += 4;
    for (const line of lines) this.paragraph(line, { ...TEXT, colour: GREY }, INNER - codeWidth);
    if (code) this.y = Math.max(this.y, top + BARCODE.height + 16);
  }

  private barcode(code: { text: string } & ReturnType<typeof barsOf>, x: number, y: number): void {
    for (const bar of code.bars)
      this.sheet.rect(x + bar.at * BARCODE.module, y, bar.width * BARCODE.module, BARCODE.height).fill('#000000');
    const width = code.modules * BARCODE.module;
    const under = (width - this.type.width(code.text, TEXT)) / 2;
    this.type.draw(code.text, TEXT, { x: x + under, y: y + BARCODE.height + 3 });
  }

  private columns({ columns }: Columns): void {
    const width = (INNER - CELL_GAP * 2 * (columns.length - 1)) / columns.length;
    const set = columns.map((column) => column.lines.flatMap((line) => this.type.lines(line, TEXT, width)));
    this.reserve(lineHeight(LABEL) + 3 + Math.max(...set.map((lines) => lines.length)) * lineHeight(TEXT));
    const top = this.y;
    let lowest = top;
    for (const [index, column] of columns.entries()) {
      const x = PAGE.margin + index * (width + CELL_GAP * 2);
      this.type.draw(column.label, LABEL, { x, y: top });
      let y = top + lineHeight(LABEL) + 3;
      for (const line of set[index] ?? []) {
        this.type.draw(line, TEXT, { x, y });
        y += lineHeight(TEXT);
      }
      lowest = Math.max(lowest, y);
    }
    this.y = lowest;
  }

  private table({ columns, rows }: Table): void {
    const places = placesOf(columns);
    const header = () => this.header(columns, places);
    this.reserve(3 * lineHeight(TEXT));
    header();
    for (const row of rows) {
      const cells = columns.map((column, index) =>
        this.type.lines(row[index] ?? '', column.strong ? STRONG : TEXT, places[index]?.width ?? 0),
      );
      if (this.reserve(Math.max(...cells.map((lines) => lines.length)) * lineHeight(TEXT) + ROW_GAP)) header();
      this.row(columns, places, cells);
      this.y += ROW_GAP;
    }
    this.rule(this.y);
  }

  header(columns: readonly TableColumn[], places: readonly Place[]): void {
    const cells = columns.map((column, index) => this.type.lines(column.header, LABEL, places[index]?.width ?? 0));
    this.row(columns, places, cells, LABEL);
    this.rule(this.y);
    this.y += ROW_GAP;
  }

  row(columns: readonly TableColumn[], places: readonly Place[], cells: readonly string[][], style?: Style): void {
    const height = Math.max(...cells.map((lines) => lines.length));
    for (const [index, column] of columns.entries()) {
      const own = { ...(style ?? (column.strong ? STRONG : TEXT)), ...(column.tabular ? { tabular: true } : {}) };
      for (const [line, text] of (cells[index] ?? []).entries()) {
        const { x, width } = places[index] as Place;
        this.type.draw(text, own, { x, width, y: this.y + line * lineHeight(own), ...(column.right ? { right: true } : {}) });
      }
    }
    this.y += height * lineHeight(style ?? TEXT) + 2;
  }

  private sums({ rows }: Sums): void {
    this.reserve(rows.length * (lineHeight(TEXT) + 4));
    const x = PAGE.width - PAGE.margin - SUMS_WIDTH;
    for (const { label, value, strong } of rows) {
      if (strong) {
        this.rule(this.y, x);
        this.y += 4;
      }
      const style = strong ? STRONG : TEXT;
      this.type.draw(label, style, { x, y: this.y });
      this.type.draw(value, style, { x, y: this.y, width: SUMS_WIDTH, right: true });
      this.y += lineHeight(style) + 4;
    }
  }

  private note({ text }: Note): void {
    this.paragraph(text, { ...TEXT, colour: GREY }, INNER);
  }

  private paragraph(text: string, style: Style, width: number): void {
    for (const line of this.type.lines(text, style, width)) {
      this.reserve(lineHeight(style));
      this.type.draw(line, style, { x: PAGE.margin, y: this.y });
      this.y += lineHeight(style);
    }
  }

  /** Starts a page where `height` does not fit any more; says whether it did. */
  reserve(height: number): boolean {
    if (this.y + height <= BOTTOM || this.y === PAGE.margin) return false;
    this.page();
    return true;
  }

  page(): void {
    this.sheet.addPage();
    this.y = PAGE.margin;
    this.onPage();
  }

  rule(y: number, x: number = PAGE.margin): void {
    this.sheet
      .moveTo(x, y)
      .lineTo(PAGE.width - PAGE.margin, y)
      .lineWidth(0.6)
      .stroke(RULE);
  }
}

export interface Place {
  readonly x: number;
  readonly width: number;
}

export function placesOf(columns: readonly TableColumn[]): Place[] {
  const all = columns.reduce((sum, column) => sum + column.share, 0);
  const free = INNER - CELL_GAP * (columns.length - 1);
  let x: number = PAGE.margin;
  return columns.map(({ share }) => {
    const place = { x, width: (free * share) / all };
    x += place.width + CELL_GAP;
    return place;
  });
}
