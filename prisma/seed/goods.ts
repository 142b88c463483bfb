/** The made-up goods of the demo shops: names that could stand in a catalogue, and prices in minor units that fit them. */
export interface Good {
  readonly code: string;
  readonly name: string;
  readonly price: string;
  readonly weightGrams: number;
  readonly barcode: string;
}

interface Family {
  readonly prefix: string;
  readonly things: readonly (readonly [name: string, low: number, high: number, grams: number])[];
  readonly lines: readonly string[];
  readonly variants: readonly string[];
  /** Prices end like this: 9.95 and 12.95, or 980 yen. */
  readonly price: (value: number) => string;
}

const ninetyFive = (value: number): string => `${Math.max(2, Math.round(value))}.95`;

const FAMILIES: Readonly<Record<string, Family>> = {
  nordlicht: {
    prefix: 'NL',
    things: [
      ['Trekking Backpack 45 L', 119, 189, 1450],
      ['Down Jacket', 149, 279, 480],
      ['Rain Shell', 99, 199, 390],
      ['Merino Base Layer', 49, 89, 210],
      ['Hiking Trousers', 59, 119, 420],
      ['Trail Shoes', 89, 159, 820],
      ['Sleeping Bag', 109, 249, 1200],
      ['Camp Stove', 39, 99, 340],
      ['Insulated Bottle 0.75 L', 19, 35, 360],
      ['Headlamp', 24, 69, 95],
      ['Dry Bag 20 L', 14, 29, 150],
      ['Trekking Poles', 49, 129, 510],
      ['Wool Socks', 12, 24, 80],
    ],
    lines: ['Alster', 'Fjord', 'Harz', 'Polar', 'Tundra'],
    variants: ['Forest', 'Slate', 'Ember', 'Sand', 'Midnight'],
    price: ninetyFive,
  },
  'harbour-lane': {
    prefix: 'HL',
    things: [
      ['Stoneware Mug', 9, 16, 380],
      ['Linen Tablecloth', 34, 68, 640],
      ['Scented Candle', 14, 28, 310],
      ['Enamel Teapot', 24, 42, 720],
      ['Oak Serving Board', 22, 49, 900],
      ['Wool Throw', 48, 95, 1100],
      ['Glass Carafe', 18, 32, 650],
      ['Cotton Tea Towel', 7, 14, 110],
      ['Brass Picture Frame', 12, 36, 420],
      ['Bread Bin', 29, 54, 1800],
    ],
    lines: ['Whitby', 'Falmouth', 'Southwold', 'Tenby'],
    variants: ['Chalk', 'Sea Blue', 'Mustard', 'Sage', 'Terracotta'],
    price: ninetyFive,
  },
  kumo: {
    prefix: 'KM',
    things: [
      ['Dot-Grid Notebook A5', 780, 1600, 240],
      ['Fountain Pen', 2800, 9800, 30],
      ['Washi Tape Set', 480, 1200, 60],
      ['Brush Pen', 320, 880, 18],
      ['Letter Set', 580, 1400, 120],
      ['Desk Calendar', 980, 1800, 210],
      ['Ink Bottle 50 ml', 1200, 2600, 180],
      ['Pencil Case', 900, 2400, 90],
    ],
    lines: ['Aki', 'Haru', 'Yuki'],
    variants: ['Indigo', 'Sakura', 'Matcha', 'Charcoal', 'Persimmon'],
    price: (value) => String(Math.round(value / 10) * 10),
  },
};

/** `count` goods of a shop, always the same: every line of each thing in every colour, in that order. */
export function goodsOf(slug: string, count: number, random: () => number): Good[] {
  const family = FAMILIES[slug];
  if (!family) throw new Error(`No goods are made up for ${slug}`);
  const goods: Good[] = [];
  for (const line of family.lines) {
    for (const variant of family.variants) {
      for (const [thing, low, high, grams] of family.things) {
        if (goods.length === count) return goods;
        const number = goods.length + 1;
        goods.push({
          code: `${family.prefix}-${String(number).padStart(4, '0')}`,
          name: `${line} ${thing}, ${variant}`,
          price: family.price(low + random() * (high - low)),
          weightGrams: grams,
          barcode: withCheckDigit(
            `40${family.prefix === 'NL' ? 1 : family.prefix === 'HL' ? 2 : 3}${String(number).padStart(9, '0')}`,
          ),
        });
      }
    }
  }
  return goods;
}

/** EAN-13: twelve digits and their check digit (GS1 General Specifications 7.9). */
function withCheckDigit(twelve: string): string {
  const sum = [...twelve].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return twelve + String((10 - (sum % 10)) % 10);
}
