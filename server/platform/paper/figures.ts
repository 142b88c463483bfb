/** What of pdfkit's font this needs; its types keep the font to themselves. */
interface LaidOut {
  readonly glyphs: readonly unknown[];
  readonly positions: readonly unknown[];
  readonly advanceWidth: number;
}
interface SheetFont {
  layout(text: string, features?: unknown, onlyWidth?: boolean): LaidOut;
  layoutRun(text: string, features: unknown): LaidOut;
}

/** Digits of one width; and nothing that looks at neighbours, so that a character is the same wherever it stands. */
const TABULAR = { tnum: true, calt: false, kern: false } as const;
/** What asks for it: pdfkit hands it to `layout` as it is. */
export const TABULAR_TEXT = { features: ['tnum'] as PDFKit.Mixins.OpenTypeFeatures[] };

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const PLAIN = /^[\x20-\x7e\u00a0-\u00ff\u2010-\u2030\u20ac\u2212]*$/;
const taught = new WeakSet<object>();

/**
 * Teaches the sheet's current font to set figures from glyphs that it has shaped once. No amount of a long statement is like another, and
 * shaping each with Inter's contextual alternates takes a hundred times longer than looking its digits up.
 */
export function teachFigures(sheet: PDFKit.PDFDocument): void {
  const font = (sheet as unknown as { readonly _font: SheetFont })._font;
  if (taught.has(font)) return;
  taught.add(font);
  const known = new Map<string, LaidOut>();
  const shaped = (unit: string): LaidOut => {
    const found = known.get(unit) ?? font.layoutRun(unit, TABULAR);
    known.set(unit, found);
    return found;
  };
  const plain = font.layout.bind(font);
  font.layout = (text, features, onlyWidth) => {
    if (features === undefined) return plain(text, features, onlyWidth);
    const units = PLAIN.test(text) ? [...text] : [...graphemes.segment(text)].map(({ segment }) => segment);
    const runs = units.map(shaped);
    return {
      glyphs: runs.flatMap((run) => run.glyphs),
      positions: runs.flatMap((run) => run.positions),
      advanceWidth: runs.reduce((sum, run) => sum + run.advanceWidth, 0),
    };
  };
}
