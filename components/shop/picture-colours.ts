/** Colours of the made pictures: a product whose name ends in a colour has that colour, any other one gets a hue of its own. */
export interface Inks {
  readonly main: string;
  readonly dark: string;
  readonly deep: string;
  readonly light: string;
  readonly pale: string;
}

const NAMED: Readonly<Record<string, string>> = {
  forest: '#35795a',
  slate: '#62758a',
  ember: '#dd5d31',
  sand: '#cfa873',
  midnight: '#34457a',
  chalk: '#bdb6a6',
  'sea blue': '#3d86b0',
  mustard: '#dba733',
  sage: '#88a883',
  terracotta: '#c66d4d',
  indigo: '#4456ad',
  sakura: '#e493ac',
  matcha: '#8fb05c',
  charcoal: '#555963',
  persimmon: '#ea7a41',
};

/** A small hash of a text (FNV-1a, 32 bit), so that the same SKU always looks the same. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const WHITE = [255, 255, 255] as const;
const INK = [14, 18, 32] as const;

function mix(hex: string, other: readonly [number, number, number], share: number): string {
  const channel = (index: 0 | 1 | 2): string => {
    const own = Number.parseInt(hex.slice(1 + index * 2, 3 + index * 2), 16);
    return Math.round(own * (1 - share) + other[index] * share)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(1)}${channel(2)}`;
}

function hueToHex(hue: number): string {
  const channel = (shift: number): string => {
    const k = (shift + hue / 30) % 12;
    const value = 0.5 - 0.24 * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** The inks of a product's picture. */
export function inksOf(sku: string, name: string): Inks {
  const colour = /,\s*([^,]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const main = NAMED[colour] ?? hueToHex(hashOf(sku) % 360);
  return {
    main,
    dark: mix(main, INK, 0.22),
    deep: mix(main, INK, 0.5),
    light: mix(main, WHITE, 0.3),
    pale: mix(main, WHITE, 0.72),
  };
}
