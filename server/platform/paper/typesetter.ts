import { TABULAR_TEXT, teachFigures } from './figures.ts';
import { type Font, fontFor, type Weight } from './fonts.ts';

/** The part of a pdfkit document that text needs. */
type Sheet = PDFKit.PDFDocument;

export interface Style {
  readonly weight: Weight;
  readonly size: number;
  readonly colour: string;
  /** Digits of one width. */
  readonly tabular?: boolean;
}

interface Run {
  readonly font: Font;
  readonly text: string;
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Sets text in as many fonts as its scripts need: measures it, breaks it into lines and draws them. pdfkit's own layout knows one font
 * at a time.
 */
export class Typesetter {
  private readonly sheet: Sheet;
  private readonly registered = new Set<string>();
  /** Of words, at one point. */
  private readonly widths = new Map<string, number>();

  constructor(sheet: Sheet) {
    this.sheet = sheet;
  }

  /** Lines of at most `width` points: broken at spaces, and inside what is longer than a line. */
  lines(text: string, style: Style, width: number): string[] {
    return text.split('\n').flatMap((paragraph) => this.breakLine(paragraph, style, width));
  }

  width(text: string, style: Style): number {
    return text
      .split(' ')
      .reduce((sum, word, index) => sum + (index > 0 ? this.word(' ', style) : 0) + this.word(word, style), 0);
  }

  /** The text on one line of at most `width` points; what does not fit gives way to an ellipsis. */
  clipped(text: string, style: Style, width: number): string {
    const line = text.replaceAll('\n', ' ');
    if (this.width(line, style) <= width) return line;
    const parts = [...graphemes.segment(line)].map(({ segment }) => segment);
    let [fits, over] = [0, parts.length];
    while (over - fits > 1) {
      const middle = (fits + over) >> 1;
      if (this.width(`${parts.slice(0, middle).join('')}…`, style) <= width) fits = middle;
      else over = middle;
    }
    return `${parts.slice(0, fits).join('').trimEnd()}…`;
  }

  /** Draws one line with its upper edge at `y`; `right` sets it flush with x + width. */
  draw(text: string, style: Style, at: { x: number; y: number; width?: number; right?: boolean }): void {
    let x = at.right && at.width !== undefined ? at.x + at.width - this.width(text, style) : at.x;
    for (const run of runsOf(text, style.weight)) {
      this.use(run.font, style.size);
      // One baseline for all fonts: each has an ascender of its own.
      this.sheet
        .fillColor(style.colour)
        .text(run.text, x, at.y + style.size * BASELINE, { lineBreak: false, baseline: 'alphabetic', ...figures(style) });
      x += this.width(run.text, style);
    }
  }

  /** Words repeat, and shaping one costs more than everything else here. */
  private word(text: string, style: Style): number {
    const key = `${style.weight}${style.tabular ? '#' : ''}${text}`;
    const known = this.widths.get(key);
    if (known !== undefined) return known * style.size;
    const width = runsOf(text, style.weight).reduce((sum, run) => {
      this.use(run.font, 1);
      return sum + this.sheet.widthOfString(run.text, figures(style));
    }, 0);
    // A long statement has as many amounts as entries, and remembering each would outgrow what it saves.
    if (this.widths.size >= MAX_WIDTHS) this.widths.clear();
    this.widths.set(key, width);
    return width * style.size;
  }

  private use(font: Font, size: number): void {
    if (!this.registered.has(font.name)) {
      this.sheet.registerFont(font.name, font.bytes);
      this.registered.add(font.name);
    }
    this.sheet.font(font.name).fontSize(size);
    teachFigures(this.sheet);
  }

  private breakLine(paragraph: string, style: Style, width: number): string[] {
    const found: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (this.width(longer, style) <= width) {
        line = longer;
        continue;
      }
      if (line !== '') found.push(line);
      const pieces = this.breakWord(word, style, width);
      found.push(...pieces.slice(0, -1));
      line = pieces.at(-1) ?? '';
    }
    return [...found, line];
  }

  private breakWord(word: string, style: Style, width: number): string[] {
    if (this.width(word, style) <= width) return [word];
    const pieces: string[] = [];
    let piece = '';
    for (const { segment } of graphemes.segment(word)) {
      if (piece !== '' && this.width(piece + segment, style) > width) {
        pieces.push(piece);
        piece = '';
      }
      piece += segment;
    }
    return [...pieces, piece];
  }
}

/** Where the baseline lies below the upper edge of a line, in font sizes. */
const BASELINE = 0.97;

const MAX_WIDTHS = 20_000;
const figures = (style: Style) => (style.tabular ? TABULAR_TEXT : {});

/** Joined as one text per font; spaces stay with what they follow, so that a font is not changed for them. */
function runsOf(text: string, weight: Weight): Run[] {
  const runs: { font: Font; text: string }[] = [];
  for (const char of printable(text)) {
    const last = runs.at(-1);
    const font = char === ' ' && last ? last.font : fontFor(char.codePointAt(0) as number, weight);
    if (last?.font === font) last.text += char;
    else runs.push({ font, text: char });
  }
  return runs;
}

/** Composed, so that é is one glyph; every kind of space is a plain one, and what controls a terminal is nothing here. */
function printable(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/[\u00a0\u2007\u202f\t]/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '');
}
