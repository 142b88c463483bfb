import type { ShippingBasis } from '../../server/domains/shipping/rules.ts';
import { newId } from '../../server/kernel/ids.ts';
import type { Tx } from '../../server/platform/db.ts';
import { insertRows } from '../../server/platform/rows.ts';

interface DemoMethod {
  readonly shop: string;
  readonly code: string;
  readonly name: string;
  readonly countries: readonly string[];
  readonly basis: ShippingBasis;
  /** Up to so many grams, or minor units of the subtotal; null: without an end. */
  readonly tiers: readonly (readonly [upTo: number | null, priceMinor: number])[];
  readonly days: readonly [min: number, max: number];
}

/** How the demo's shops send their goods: at home by weight, free above a subtotal, quickly, and to the rest of the world. */
const METHODS: readonly DemoMethod[] = [
  {
    shop: 'nordlicht',
    code: 'standard',
    name: 'Standard',
    countries: ['DE', 'AT'],
    basis: 'subtotal',
    tiers: [
      [9_999, 490],
      [null, 0],
    ],
    days: [2, 3],
  },
  {
    shop: 'nordlicht',
    code: 'express',
    name: 'Express',
    countries: ['DE'],
    basis: 'weight',
    tiers: [
      [2_000, 990],
      [10_000, 1_490],
    ],
    days: [1, 1],
  },
  {
    shop: 'nordlicht',
    code: 'europe',
    name: 'Europe',
    countries: ['FR', 'NL', 'BE', 'IT', 'ES', 'PT', 'DK', 'SE', 'FI', 'PL', 'CZ', 'IE', 'LU', 'CH'],
    basis: 'weight',
    tiers: [
      [2_000, 890],
      [10_000, 1_590],
      [30_000, 2_990],
    ],
    days: [3, 6],
  },
  {
    shop: 'harbour-lane',
    code: 'standard',
    name: 'Standard',
    countries: ['GB'],
    basis: 'flat',
    tiers: [[null, 395]],
    days: [2, 4],
  },
  {
    shop: 'harbour-lane',
    code: 'next-day',
    name: 'Next day',
    countries: ['GB'],
    basis: 'weight',
    tiers: [
      [5_000, 795],
      [20_000, 1_295],
    ],
    days: [1, 1],
  },
  {
    shop: 'kumo',
    code: 'standard',
    name: 'Standard',
    countries: ['JP'],
    basis: 'subtotal',
    tiers: [
      [4_999, 550],
      [null, 0],
    ],
    days: [1, 2],
  },
  {
    shop: 'kumo',
    code: 'abroad',
    name: 'Air mail',
    countries: [],
    basis: 'weight',
    tiers: [
      [500, 1_200],
      [2_000, 2_400],
    ],
    days: [5, 10],
  },
];

export async function buildShippingMethods(tx: Tx, idOf: (slug: string) => string, opened: Date): Promise<void> {
  await insertRows(
    tx,
    {
      table: 'shipping_methods',
      columns: {
        id: 'uuid',
        merchant_id: 'uuid',
        code: 'text',
        name: 'text',
        countries: 'text[]',
        basis: 'text',
        tiers: 'jsonb',
        min_days: 'int4',
        max_days: 'int4',
        position: 'int4',
        created_at: 'timestamptz',
        updated_at: 'timestamptz',
      },
    },
    METHODS.map(({ shop, days, tiers, ...method }, position) => ({
      ...method,
      id: newId(),
      merchant_id: idOf(shop),
      tiers: tiers.map(([up_to, price_minor]) => ({ up_to, price_minor })),
      min_days: days[0],
      max_days: days[1],
      position,
      created_at: opened,
      updated_at: opened,
    })),
  );
}
