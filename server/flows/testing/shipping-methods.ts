import type pg from 'pg';
import { newId } from '../../kernel/ids.ts';

/** Three ways to send things: at a flat price anywhere, by weight within the EU's biggest two, free above a subtotal in Germany. */
export async function addShippingMethods(pool: pg.Pool, merchantId: string): Promise<void> {
  const methods = [
    {
      code: 'standard',
      name: 'Standard',
      countries: '{}',
      basis: 'flat',
      tiers: [{ up_to: null, price_minor: 490 }],
      days: [2, 4],
    },
    {
      code: 'parcel',
      name: 'Parcel',
      countries: '{DE,FR}',
      basis: 'weight',
      tiers: [
        { up_to: 2_000, price_minor: 390 },
        { up_to: 10_000, price_minor: 790 },
      ],
      days: [1, 2],
    },
    {
      code: 'free',
      name: 'Free above 50',
      countries: '{DE}',
      basis: 'subtotal',
      tiers: [
        { up_to: 4_999, price_minor: 250 },
        { up_to: null, price_minor: 0 },
      ],
      days: [3, 5],
    },
  ] as const;
  for (const [position, { code, name, countries, basis, tiers, days }] of methods.entries()) {
    await pool.query(
      `INSERT INTO shipping_methods (id, merchant_id, code, name, countries, basis, tiers, min_days, max_days, position, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now(), now())`,
      [newId(), merchantId, code, name, countries, basis, JSON.stringify(tiers), days[0], days[1], position],
    );
  }
}
