import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { unpackWoff } from './woff.ts';

/**
 * Inter comes cut into files by script, and a file is only opened once a text needs it. What Inter cannot write (Japanese) is left to
 * Kosugi; scripts that neither knows print as empty boxes.
 */
const files = createRequire(import.meta.url);

export type Weight = 400 | 600;

export interface Font {
  readonly name: string;
  readonly bytes: Buffer;
}

type Range = readonly [from: number, to: number];

/** In the order in which they are asked: most text is Latin. */
const SCRIPTS = ['latin', 'latin-ext', 'cyrillic', 'greek', 'vietnamese', 'cyrillic-ext', 'greek-ext'] as const;

const RANGES: readonly { readonly script: string; readonly ranges: readonly Range[] }[] = (() => {
  const known = files('@fontsource/inter/unicode.json') as Readonly<Record<string, string>>;
  return SCRIPTS.map((script) => ({ script, ranges: (known[script] ?? '').split(',').flatMap(rangeOf) }));
})();

/** "U+0000-00FF" and "U+0131", as style sheets write them. */
function rangeOf(text: string): Range[] {
  const match = /^U\+([0-9A-F]+)(?:-([0-9A-F]+))?$/i.exec(text.trim());
  if (!match?.[1]) return [];
  const from = Number.parseInt(match[1], 16);
  return [[from, match[2] === undefined ? from : Number.parseInt(match[2], 16)]];
}

const fonts = new Map<string, Font>();

/** The font that writes a character. */
export function fontFor(codePoint: number, weight: Weight): Font {
  const script = RANGES.find(({ ranges }) => ranges.some(([from, to]) => codePoint >= from && codePoint <= to))?.script;
  const name = script === undefined ? 'kosugi' : `inter-${script}-${weight}`;
  const known = fonts.get(name);
  if (known) return known;
  const file =
    script === undefined
      ? '@fontsource/kosugi/files/kosugi-japanese-400-normal.woff'
      : `@fontsource/inter/files/inter-${script}-${weight}-normal.woff`;
  const font = { name, bytes: unpackWoff(readFileSync(files.resolve(file))) };
  fonts.set(name, font);
  return font;
}
