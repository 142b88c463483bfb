import type { Tx } from '../../server/platform/db.ts';
import { insertRows } from '../../server/platform/rows.ts';

/** What the demo's public shop lists, in its order, with a sentence or two about each: one of every kind, in colours that go together. */
const LISTED: readonly (readonly [code: string, description: string])[] = [
  [
    'NL-0001',
    'Carries a weekend without complaint. Ventilated back, rain cover in the base, and pockets where hands expect them.',
  ],
  ['NL-0028', 'Warm at −10 °C and the size of a loaf of bread when packed. Responsibly sourced down, recycled shell.'],
  ['HL-0031', 'Thrown by hand in Devon and glazed in soft sage. Holds 350 ml, and feels right in two hands on a slow morning.'],
  ['NL-0045', 'Grip for wet roots, cushioning for long days. A wide toe box lets feet spread the way they want to.'],
  ['KM-0009', 'Cream paper, a faint dot every 5 mm, and a thread binding that lies flat. 160 pages for lists and better ideas.'],
  ['HL-0014', 'Enamelled steel for four good cups. Goes from hob to table and shrugs off knocks.'],
  ['NL-0016', 'Three layers, taped seams, and a hood that turns with your head. Keeps rain out and lets steam off.'],
  ['KM-0002', 'A steel nib that glides and an aluminium barrel that warms to the hand. Comes with a converter for bottled ink.'],
  ['NL-0048', 'Hot for twelve hours, cold for twenty-four. The lid is a cup, and nothing rattles.'],
  ['HL-0043', 'Fig, cedar and a little smoke. Poured from rapeseed wax, burns for about 45 hours.'],
  ['NL-0059', 'Comfortable down to −3 °C. The hood cinches close, and the foot box leaves room to turn over.'],
  ['KM-0031', 'A deep, slightly warm grey that shades beautifully. Dries in seconds and does not bleed through.'],
  ['HL-0036', 'Lambswool, woven in Yorkshire in a quiet herringbone. For the sofa, the garden, or the train.'],
  ['NL-0036', '350 lumens, a red light for the tent, and a charge that lasts a week of evenings.'],
  ['KM-0019', 'Five rolls of printed rice paper. Sticks to walls, letters and windows, and comes off again without a trace.'],
  ['HL-0007', 'Hand-blown, with a mouth wide enough for lemon slices and a lip that pours without dripping.'],
  ['NL-0063', 'Roll it three times and it floats. Welded seams keep sleeping bag and camera dry.'],
  ['HL-0025', 'One piece of European oak, oiled twice. For bread, cheese, and everything that is shared.'],
  ['NL-0299', 'Merino where it matters, reinforced at heel and toe. They do not itch, and they do not smell.'],
  ['KM-0016', 'Waxed canvas with a brass zip. Room for twelve pens, a ruler, and an eraser you will lose anyway.'],
];

/** Puts goods of the demo on the shelf of its shop. */
export async function listGoods(
  tx: Tx,
  skus: readonly { readonly id: string; readonly merchant_id: string; readonly code: string }[],
  at: Date,
): Promise<void> {
  const byCode = new Map(skus.map((sku) => [sku.code, sku]));
  const listed = LISTED.flatMap(([code, description]) => {
    const sku = byCode.get(code);
    return sku ? [{ ...sku, description }] : [];
  });
  await insertRows(
    tx,
    {
      table: 'shop_listings',
      columns: { sku_id: 'uuid', merchant_id: 'uuid', handle: 'text', position: 'int4', listed_at: 'timestamptz' },
    },
    listed.map(({ id, merchant_id, code }, position) => ({ sku_id: id, merchant_id, handle: code, position, listed_at: at })),
  );
  await tx.query(
    'UPDATE skus SET description = d.description FROM unnest($1::uuid[], $2::text[]) AS d(id, description) WHERE skus.id = d.id',
    [listed.map(({ id }) => id), listed.map(({ description }) => description)],
  );
}
