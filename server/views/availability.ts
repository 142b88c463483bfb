import { type Availability, availabilityOf, type Inbound } from '../domains/inventory/promising.ts';
import type { ChannelSupply, Supply } from '../domains/inventory/rules.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** What may be promised of a SKU, to whom, and when there will be more. */
export interface AvailabilityView extends Availability {
  readonly skuId: string;
  readonly code: string;
  readonly stocked: boolean;
  readonly sellable: bigint;
  readonly promised: bigint;
  /** Of the promised units, those that open reservations hold. */
  readonly reserved: bigint;
  readonly reservations: number;
  readonly safety: bigint;
  readonly shortfall: bigint;
  /** The channels that have a rule; every other one may have whatever there is. */
  readonly channels: readonly ChannelAvailability[];
}

export interface ChannelAvailability extends Availability {
  readonly channel: string;
  readonly buffer: bigint;
  readonly cap: bigint | null;
  readonly promised: bigint;
  /** Promised beyond a cap that was lowered since. */
  readonly excess: bigint;
}

type Row = Omit<AvailabilityView, keyof Availability | 'channels'> & Supply;

const RESERVED = `LEFT JOIN LATERAL (
    SELECT sum(l.quantity)::int8 AS units, count(*)::int AS carts FROM reservation_lines l JOIN reservations r ON r.id = l.reservation_id
    WHERE l.sku_id = k.id AND r.status = 'open') c ON true`;
const SAFETY = `LEFT JOIN LATERAL (SELECT sum(n.safety)::int8 AS units FROM node_stock n WHERE n.sku_id = k.id AND n.region = $1) f ON true`;

/** By code, those that the reader may see; a code that is none of theirs is left out. In the order they were asked for. */
export async function readAvailability(
  db: Queryable,
  scope: Scope,
  asked: { readonly region: string; readonly codes: readonly string[]; readonly merchantId?: string | undefined },
): Promise<AvailabilityView[]> {
  const where = new Conditions();
  where.value(asked.region);
  where.add((p) => `k.code = ANY(${p}::text[])`, asked.codes).scope(scope, 'k', null);
  if (asked.merchantId) where.add((p) => `k.merchant_id = ${p}`, asked.merchantId);
  const text = `SELECT k.id AS "skuId", k.code, k.stocked, k.merchant_id AS "merchantId", $1 AS region, coalesce(v.sellable, 0) AS sellable,
      coalesce(v.promised, 0) AS promised, coalesce(v.limit_over, 0) AS "limitOver", coalesce(v.shortfall, 0) AS shortfall,
      coalesce(v.version, 0) AS version, coalesce(v.by_channel, false) AS "byChannel", coalesce(c.units, 0) AS reserved,
      coalesce(c.carts, 0) AS reservations, coalesce(f.units, 0) AS safety
    FROM skus k LEFT JOIN sku_supply v ON v.sku_id = k.id AND v.region = $1 ${RESERVED} ${SAFETY} WHERE ${where.where} ORDER BY k.merchant_id`;
  const { rows } = await db.query<Row>(prepared('availability', text, where.values));
  const skuIds = rows.map((row) => row.skuId);
  const ruled = rows.some((row) => row.byChannel)
    ? await readRules(db, asked.region, skuIds)
    : new Map<string, ChannelSupply[]>();
  const inbound = Map.groupBy(await readInbound(db, asked.region, skuIds), (each) => each.skuId);
  const order = new Map(asked.codes.map((code, at) => [code, at]));
  return rows
    .map((row) => viewOf(row, ruled.get(row.skuId) ?? [], inbound.get(row.skuId) ?? []))
    .sort((a, b) => (order.get(a.code) ?? 0) - (order.get(b.code) ?? 0));
}

function viewOf(row: Row, rules: readonly ChannelSupply[], inbound: readonly Inbound[]): AvailabilityView {
  const { skuId, code, stocked, sellable, promised, reserved, reservations, safety, shortfall } = row;
  const channels = rules.map(({ channel, buffer, cap, promised: own, excess }, at) => ({
    ...availabilityOf(row, rules[at], inbound),
    ...{ channel, buffer, cap, promised: own, excess },
  }));
  const facts = { skuId, code, stocked, sellable, promised, reserved, reservations, safety, shortfall, channels };
  return { ...availabilityOf(row, undefined, inbound), ...facts };
}

async function readRules(db: Queryable, region: string, skuIds: readonly string[]): Promise<Map<string, ChannelSupply[]>> {
  const { rows } = await db.query<ChannelSupply>({
    name: 'availability-channels',
    text: `SELECT sku_id AS "skuId", region, channel, buffer, cap, promised, excess, version FROM channel_supply
           WHERE region = $1 AND sku_id = ANY($2::uuid[]) ORDER BY channel`,
    values: [region, skuIds],
  });
  return Map.groupBy(rows, (row) => row.skuId);
}

/** What purchase orders announce for the region's nodes: what was ordered and has not come. */
async function readInbound(db: Queryable, region: string, skuIds: readonly string[]): Promise<Inbound[]> {
  const { rows } = await db.query<Inbound>({
    name: 'availability-inbound',
    text: `SELECT l.sku_id AS "skuId", coalesce(l.expected_on, o.expected_on)::text AS "expectedOn", l.open_units AS units
           FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id
           WHERE l.sku_id = ANY($2::uuid[]) AND o.home = $1 AND l.open_units > 0`,
    values: [region, skuIds],
  });
  return rows;
}
