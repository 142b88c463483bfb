import PDFDocument from 'pdfkit';
import type { Block, Roll } from './paper.ts';
import { BOTTOM, lineHeight, PAGE, type Place, Printer, placesOf, ROW_GAP, TEXT } from './printer.ts';
import { factsOf } from './render-paper.ts';

/** What `Printer.row` and the gap below it take. */
const ROW = lineHeight(TEXT) + 2 + ROW_GAP / 2;
/** A header line, its rule and the gap below. */
const HEADER = 22;
/** Enough for the sums below a statement; a tail of more blocks begins a page of its own when it must. */
const TAIL_LINE = lineHeight(TEXT) + 4;

/**
 * Sets a roll page by page and forgets each page once it is full, so that a hundred thousand rows take no more memory than a hundred.
 * The number of pages is known from the first: every row is one line high.
 */
export class RollPrinter {
  private readonly roll: Roll;
  private readonly sheet: PDFKit.PDFDocument;
  private readonly printer: Printer;
  private readonly places: readonly Place[];
  private readonly pages: number;
  private chunks: Buffer[] = [];
  private page = 1;
  private set = 0;
  private ended: Promise<void>;

  constructor(roll: Roll) {
    this.roll = roll;
    this.sheet = new PDFDocument(factsOf(roll));
    this.ended = new Promise((resolve, reject) => {
      this.sheet.on('data', (chunk: Buffer) => this.chunks.push(chunk));
      this.sheet.on('end', resolve);
      this.sheet.on('error', reject);
    });
    this.places = placesOf(roll.columns);
    this.printer = new Printer(this.sheet, () => this.begin());
    for (const block of roll.head) this.printer.set(block);
    this.pages = this.count();
    this.printer.foot(roll.foot, 1, this.pages);
    this.printer.header(roll.columns, this.places);
  }

  /** Sets rows below those before them. */
  add(rows: readonly (readonly string[])[]): void {
    this.set += rows.length;
    if (this.set > this.roll.rows) throw new Error(`A roll of ${this.roll.rows} rows was given ${this.set}`);
    for (const row of rows) {
      if (this.printer.y + ROW > BOTTOM) {
        this.printer.page();
        this.printer.header(this.roll.columns, this.places);
      }
      const cells = this.roll.columns.map((column, index) => [
        this.printer.type.clipped(
          row[index] ?? '',
          { ...TEXT, ...(column.tabular ? { tabular: true } : {}) },
          this.places[index]?.width ?? 0,
        ),
      ]);
      const top = this.printer.y;
      this.printer.row(this.roll.columns, this.places, cells);
      this.printer.y = top + ROW;
    }
  }

  /** The bytes that are ready and were not taken before. */
  async take(): Promise<Buffer> {
    // The sheet hands its bytes over between two turns of the loop.
    await new Promise(setImmediate);
    const taken = Buffer.concat(this.chunks);
    this.chunks = [];
    return taken;
  }

  /** Sets what stands below the rows and returns the last bytes. */
  async end(): Promise<Buffer> {
    if (this.set !== this.roll.rows) throw new Error(`A roll of ${this.roll.rows} rows was given ${this.set}`);
    this.printer.rule(this.printer.y);
    this.printer.y += ROW_GAP * 2;
    if (this.printer.y + this.tailHeight() > BOTTOM) this.printer.page();
    for (const block of this.roll.tail) this.printer.set(block);
    this.sheet.end();
    await this.ended;
    return this.take();
  }

  private begin(): void {
    this.page += 1;
    this.printer.foot(this.roll.foot, this.page, this.pages);
  }

  /** Rows on the first page stand below the head, on others below the header alone; the tail takes what is left, or a page. */
  private count(): number {
    const fits = (from: number) => Math.max(0, Math.floor((BOTTOM - from - HEADER) / ROW));
    const [first, others] = [fits(this.printer.y), fits(PAGE.margin)];
    const more = Math.max(0, this.roll.rows - first);
    const last = more === 0 ? this.roll.rows : more % others || others;
    const top = more === 0 ? this.printer.y : PAGE.margin;
    const left = BOTTOM - (top + HEADER + last * ROW + ROW_GAP * 2);
    return 1 + Math.ceil(more / others) + (left < this.tailHeight() ? 1 : 0);
  }

  private tailHeight(): number {
    const lines = (block: Block) => (block.kind === 'sums' ? block.rows.length + 2 : 3);
    return this.roll.tail.reduce((sum, block) => sum + lines(block) * TAIL_LINE, 0);
  }
}
