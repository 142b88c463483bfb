/**
 * Code 128 (ISO/IEC 15417), as carriers and warehouses scan it. A symbol is eleven modules wide, bar and space in turn; each digit of a
 * pattern is the width of one of its six elements.
 */
const PATTERNS = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 ' +
  '223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 ' +
  '112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 ' +
  '311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 ' +
  '122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 ' +
  '214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'
).split(' ');

const CODE_C = 99;
const CODE_B = 100;
const START_B = 104;
const START_C = 105;
const STOP = 106;
const CHECK_MODULUS = 103;
/** Code B's first character. */
const SPACE = 32;
const TILDE = 126;
/** Fewer digits in a row than this do not pay for changing the set. */
const DIGITS_FOR_C = 4;

/** The symbols of a text, start, check and stop included. Digits in a row travel in pairs. Throws for what is not printable ASCII. */
export function symbolsOf(text: string): number[] {
  if (text === '' || ![...text].every((char) => char.charCodeAt(0) >= SPACE && char.charCodeAt(0) <= TILDE))
    throw new Error(`Code 128 prints ASCII here, not "${text}"`);
  const values: number[] = [];
  let set: 'B' | 'C' | undefined;
  for (let at = 0; at < text.length; ) {
    const digits = /^\d*/.exec(text.slice(at))?.[0].length ?? 0;
    const wanted = digits >= DIGITS_FOR_C || (set === 'C' && digits >= 2) ? 'C' : 'B';
    if (set === undefined) values.push(wanted === 'C' ? START_C : START_B);
    else if (set !== wanted) values.push(wanted === 'C' ? CODE_C : CODE_B);
    set = wanted;
    if (set === 'C') {
      values.push(Number(text.slice(at, at + 2)));
      at += 2;
    } else values.push(text.charCodeAt(at++) - SPACE);
  }
  const sum = values.reduce((total, value, index) => total + value * Math.max(1, index), 0);
  return [...values, sum % CHECK_MODULUS, STOP];
}

export interface Bar {
  /** In modules from the left edge of the first bar. */
  readonly at: number;
  readonly width: number;
}

/** The bars of a text and how many modules they span, without the quiet zones of ten modules that belong on both sides. */
export function barsOf(text: string): { readonly bars: readonly Bar[]; readonly modules: number } {
  const bars: Bar[] = [];
  let at = 0;
  for (const symbol of symbolsOf(text)) {
    [...(PATTERNS[symbol] as string)].forEach((width, element) => {
      if (element % 2 === 0) bars.push({ at, width: Number(width) });
      at += Number(width);
    });
  }
  return { bars, modules: at };
}
