import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { ShippingMethod, Tier } from './rules.ts';

/** Tiers as they are kept: in snake_case, like all JSON that operators may write by hand. */
type StoredTier = { readonly up_to: number | null; readonly price_minor: number };
type StoredMethod = Omit<ShippingMethod, 'tiers'> & { readonly tiers: readonly StoredTier[] };

const tierOf = (tier: StoredTier): Tier => ({ upTo: tier.up_to, priceMinor: tier.price_minor });
const methodOf = (row: StoredMethod): ShippingMethod => ({ ...row, tiers: row.tiers.map(tierOf) });

const COLUMNS = `s.id, s.merchant_id AS "merchantId", s.code, s.name, s.countries, s.postal_prefixes AS "postalPrefixes", s.basis, s.tiers,
  s.min_days AS "minDays", s.max_days AS "maxDays", s.cutoff_hour AS "cutoffHour", s.active, s.position, s.version`;

export async function readMethods(db: Queryable, merchantIds: readonly string[]): Promise<ShippingMethod[]> {
  const { rows } = await db.query<StoredMethod>({
    name: 'shipping-methods',
    text: `SELECT ${COLUMNS} FROM shipping_methods s WHERE s.merchant_id = ANY($1::uuid[]) AND s.active`,
    values: [merchantIds],
  });
  return rows.map(methodOf);
}

export async function lockMethods(
  tx: Tx,
  pairs: readonly { readonly merchantId: string; readonly code: string }[],
): Promise<ShippingMethod[]> {
  const { rows } = await tx.query<StoredMethod>({
    name: 'shipping-methods-lock',
    text: `SELECT ${COLUMNS} FROM shipping_methods s
           WHERE (s.merchant_id, s.code) IN (SELECT * FROM unnest($1::uuid[], $2::text[])) ORDER BY s.id FOR NO KEY UPDATE`,
    values: [pairs.map((pair) => pair.merchantId), pairs.map((pair) => pair.code)],
  });
  return rows.map(methodOf);
}

const METHODS: TableSpec = {
  table: 'shipping_methods',
  columns: {
    id: 'uuid',
    merchant_id: 'uuid',
    code: 'text',
    name: 'text',
    countries: 'text[]',
    postal_prefixes: 'text[]',
    basis: 'text',
    tiers: 'jsonb',
    min_days: 'int4',
    max_days: 'int4',
    cutoff_hour: 'int4',
    active: 'bool',
    position: 'int4',
    version: 'int8',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
};

const CHANGING = [
  'name',
  'countries',
  'postal_prefixes',
  'basis',
  'tiers',
  'min_days',
  'max_days',
  'cutoff_hour',
  'active',
  'position',
  'version',
  'updated_at',
] as const;

const columnsOf = (method: ShippingMethod, now: Date): Record<string, unknown> => ({
  id: method.id,
  merchant_id: method.merchantId,
  code: method.code,
  name: method.name,
  countries: method.countries,
  postal_prefixes: method.postalPrefixes,
  basis: method.basis,
  tiers: method.tiers.map((tier): StoredTier => ({ up_to: tier.upTo, price_minor: tier.priceMinor })),
  min_days: method.minDays,
  max_days: method.maxDays,
  cutoff_hour: method.cutoffHour,
  active: method.active,
  position: method.position,
  version: method.version,
  created_at: now,
  updated_at: now,
});

export async function writeMethods(
  tx: Tx,
  fresh: readonly ShippingMethod[],
  changed: readonly ShippingMethod[],
  now: Date,
): Promise<void> {
  await insertRows(
    tx,
    METHODS,
    fresh.map((method) => columnsOf(method, now)),
  );
  await updateRows(
    tx,
    METHODS,
    ['id'],
    CHANGING,
    changed.map((method) => columnsOf(method, now)),
  );
}
