import { newId } from '../../kernel/ids.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { ChannelSupply, NodeStock, ShortageWork, Supply } from './rules.ts';

const SUPPLY: TableSpec = {
  table: 'sku_supply',
  columns: {
    sku_id: 'uuid',
    region: 'text',
    sellable: 'int8',
    promised: 'int8',
    limit_over: 'int8',
    shortfall: 'int8',
    version: 'int8',
  },
};
const STOCK: TableSpec = {
  table: 'node_stock',
  columns: {
    sku_id: 'uuid',
    node_id: 'uuid',
    on_hand: 'int8',
    allocated: 'int8',
    safety: 'int8',
    short: 'int8',
    version: 'int8',
  },
};
const BINS: TableSpec = { table: 'node_stock', columns: { sku_id: 'uuid', node_id: 'uuid', bin: 'text' } };
const MOVEMENTS: TableSpec = {
  table: 'stock_movements',
  columns: {
    id: 'uuid',
    sku_id: 'uuid',
    merchant_id: 'uuid',
    region: 'text',
    node_id: 'uuid',
    kind: 'text',
    on_hand_delta: 'int8',
    allocated_delta: 'int8',
    safety_delta: 'int8',
    short_delta: 'int8',
    sellable_delta: 'int8',
    promised_delta: 'int8',
    limit_delta: 'int8',
    shortfall_delta: 'int8',
    supply_version: 'int8',
    node_version: 'int8',
    order_id: 'uuid',
    shipment_id: 'uuid',
    reason: 'text',
    reference: 'text',
    actor: 'text',
    trace_id: 'text',
    at: 'timestamptz',
  },
};
/** Only movements of SKUs with rules of channels have anything to say here: the others are written without. */
const MOVEMENTS_OF_CHANNELS: TableSpec = {
  table: 'stock_movements',
  columns: { ...MOVEMENTS.columns, channel: 'text', channel_delta: 'int8', channel_version: 'int8' },
};
const CHANNELS: TableSpec = {
  table: 'channel_supply',
  columns: { sku_id: 'uuid', region: 'text', channel: 'text', promised: 'int8', excess: 'int8', version: 'int8' },
};

const MARKS: TableSpec = { table: 'supply_marks', columns: { id: 'uuid', sku_id: 'uuid', region: 'text', at: 'timestamptz' } };

export interface MovementRow {
  readonly id: string;
  readonly sku_id: string;
  readonly merchant_id: string;
  readonly region: string;
  readonly node_id: string | null;
  readonly kind: string;
  readonly on_hand_delta: bigint;
  readonly allocated_delta: bigint;
  readonly safety_delta: bigint;
  readonly short_delta: bigint;
  readonly sellable_delta: bigint;
  readonly promised_delta: bigint;
  readonly limit_delta: bigint;
  readonly shortfall_delta: bigint;
  readonly supply_version: bigint | null;
  readonly node_version: bigint | null;
  readonly order_id: string | null;
  readonly shipment_id: string | null;
  readonly reason: string | null;
  readonly reference: string | null;
  readonly channel: string | null;
  readonly channel_delta: bigint;
  readonly channel_version: bigint | null;
  readonly actor: string;
  readonly trace_id: string;
  readonly at: Date;
}

export async function createSupply(
  tx: Tx,
  rows: readonly { skuId: string; region: string; merchantId: string }[],
): Promise<void> {
  await tx.query({
    name: 'inventory-create-supply',
    text: `INSERT INTO sku_supply (sku_id, region, merchant_id) SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[]) ORDER BY 1
           ON CONFLICT DO NOTHING`,
    values: [rows.map((r) => r.skuId), rows.map((r) => r.region), rows.map((r) => r.merchantId)],
  });
}

export async function createStock(
  tx: Tx,
  rows: readonly { skuId: string; nodeId: string; merchantId: string; region: string }[],
): Promise<void> {
  await tx.query({
    name: 'inventory-create-stock',
    text: `INSERT INTO node_stock (sku_id, node_id, merchant_id, region) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
           ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    values: [rows.map((r) => r.skuId), rows.map((r) => r.nodeId), rows.map((r) => r.merchantId), rows.map((r) => r.region)],
  });
}

export async function lockSupply(tx: Tx, region: string, skuIds: readonly string[]): Promise<Supply[]> {
  const { rows } = await tx.query<Supply>({
    name: 'inventory-lock-supply',
    text: `SELECT sku_id AS "skuId", region, merchant_id AS "merchantId", sellable, promised, limit_over AS "limitOver", shortfall, version,
                  by_channel AS "byChannel", listed
           FROM sku_supply WHERE region = $1 AND sku_id = ANY($2::uuid[]) ORDER BY sku_id FOR NO KEY UPDATE`,
    values: [region, skuIds],
  });
  return rows;
}

export async function lockChannels(tx: Tx, region: string, skuIds: readonly string[]): Promise<ChannelSupply[]> {
  const { rows } = await tx.query<ChannelSupply>({
    name: 'inventory-lock-channels',
    text: `SELECT sku_id AS "skuId", region, channel, buffer, cap, promised, excess, version
           FROM channel_supply WHERE region = $1 AND sku_id = ANY($2::uuid[]) ORDER BY sku_id, channel FOR NO KEY UPDATE`,
    values: [region, skuIds],
  });
  return rows;
}

export async function lockStock(tx: Tx, skuIds: readonly string[]): Promise<NodeStock[]> {
  const { rows } = await tx.query<NodeStock>({
    name: 'inventory-lock-stock',
    text: `SELECT sku_id AS "skuId", node_id AS "nodeId", merchant_id AS "merchantId", region, on_hand AS "onHand", allocated, safety, short, version,
                  by_lot AS "byLot"
           FROM node_stock WHERE sku_id = ANY($1::uuid[]) ORDER BY sku_id, node_id FOR NO KEY UPDATE`,
    values: [skuIds],
  });
  return rows;
}

/** What a node has of a SKU and where it lies, as somebody reads it. */
export interface Level {
  readonly skuId: string;
  readonly nodeId: string;
  readonly onHand: bigint;
  readonly safety: bigint;
  readonly bin: string | null;
}

export async function readLevels(db: Queryable, skuIds: readonly string[]): Promise<Level[]> {
  const { rows } = await db.query<Level>({
    name: 'inventory-levels',
    text: `SELECT sku_id AS "skuId", node_id AS "nodeId", on_hand AS "onHand", safety, bin FROM node_stock WHERE sku_id = ANY($1::uuid[])`,
    values: [skuIds],
  });
  return rows;
}

/** Where goods lie: no movement, and changed under the lock of its stock row. */
export async function writeBins(tx: Tx, rows: readonly Pick<Level, 'skuId' | 'nodeId' | 'bin'>[]): Promise<void> {
  const values = rows.map(({ skuId, nodeId, bin }) => ({ sku_id: skuId, node_id: nodeId, bin }));
  await updateRows(tx, BINS, ['sku_id', 'node_id'], ['bin'], values);
}

export async function readOpenWork(tx: Tx, skuIds: readonly string[]): Promise<ShortageWork[]> {
  const { rows } = await tx.query<ShortageWork>({
    name: 'inventory-open-work',
    text: `SELECT id, sku_id AS "skuId", node_id AS "nodeId", shortfall, short FROM shortage_work
           WHERE status = 'open' AND sku_id = ANY($1::uuid[]) ORDER BY id`,
    values: [skuIds],
  });
  return rows;
}

export async function writeSupply(tx: Tx, rows: readonly Supply[]): Promise<void> {
  const values = rows.map((r) => ({
    sku_id: r.skuId,
    region: r.region,
    sellable: r.sellable,
    promised: r.promised,
    limit_over: r.limitOver,
    shortfall: r.shortfall,
    version: r.version,
  }));
  await updateRows(tx, SUPPLY, ['sku_id', 'region'], ['sellable', 'promised', 'limit_over', 'shortfall', 'version'], values);
}

export async function writeChannels(tx: Tx, rows: ReadonlySet<ChannelSupply>): Promise<void> {
  const values = [...rows].map((r) => ({
    sku_id: r.skuId,
    region: r.region,
    channel: r.channel,
    promised: r.promised,
    excess: r.excess,
    version: r.version,
  }));
  await updateRows(tx, CHANNELS, ['sku_id', 'region', 'channel'], ['promised', 'excess', 'version'], values);
}

/** Writes rules with their rows, and has the SKUs' locking statement say from now on that there are any. */
export async function writeRules(tx: Tx, rows: readonly ChannelSupply[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({
    name: 'inventory-write-rules',
    text: `WITH ruled AS (
             INSERT INTO channel_supply (sku_id, region, channel, buffer, cap, promised, excess, version)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[])
             ON CONFLICT (sku_id, region, channel) DO UPDATE SET buffer = excluded.buffer, cap = excluded.cap, promised = excluded.promised,
               excess = excluded.excess, version = excluded.version)
           UPDATE sku_supply SET by_channel = true FROM unnest($1::uuid[], $2::text[]) AS k(id, place)
           WHERE sku_id = k.id AND region = k.place AND NOT by_channel`,
    values: [
      rows.map((r) => r.skuId),
      rows.map((r) => r.region),
      rows.map((r) => r.channel),
      rows.map((r) => r.buffer),
      rows.map((r) => r.cap),
      rows.map((r) => r.promised),
      rows.map((r) => r.excess),
      rows.map((r) => r.version),
    ],
  });
}

export async function writeStock(tx: Tx, rows: readonly NodeStock[]): Promise<void> {
  const values = rows.map((r) => ({
    sku_id: r.skuId,
    node_id: r.nodeId,
    on_hand: r.onHand,
    allocated: r.allocated,
    safety: r.safety,
    short: r.short,
    version: r.version,
  }));
  await updateRows(tx, STOCK, ['sku_id', 'node_id'], ['on_hand', 'allocated', 'safety', 'short', 'version'], values);
}

export async function insertMovements(tx: Tx, rows: readonly MovementRow[]): Promise<void> {
  const spec = rows.some((row) => row.channel !== null) ? MOVEMENTS_OF_CHANNELS : MOVEMENTS;
  await insertRows(tx, spec, rows as unknown as Record<string, unknown>[]);
}

/** Opens new shortage work, and writes down what is left of the old: nothing left is resolved. */
export async function writeWork(
  tx: Tx,
  rows: readonly (ShortageWork & { region: string; merchantId: string; reason: string })[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({
    name: 'inventory-write-work',
    text: `INSERT INTO shortage_work (id, sku_id, region, node_id, merchant_id, shortfall, short, status, reason, opened_at, resolved_at)
           SELECT id, sku_id, region, node_id, merchant_id, shortfall, short, CASE WHEN shortfall + short = 0 THEN 'resolved' ELSE 'open' END, reason,
                  $9::timestamptz, CASE WHEN shortfall + short = 0 THEN $9::timestamptz END
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::int8[], $7::int8[], $8::text[])
             AS w(id, sku_id, region, node_id, merchant_id, shortfall, short, reason)
           ON CONFLICT (id) DO UPDATE SET shortfall = excluded.shortfall, short = excluded.short, status = excluded.status, resolved_at = excluded.resolved_at`,
    values: [
      rows.map((r) => r.id),
      rows.map((r) => r.skuId),
      rows.map((r) => r.region),
      rows.map((r) => r.nodeId),
      rows.map((r) => r.merchantId),
      rows.map((r) => r.shortfall),
      rows.map((r) => r.short),
      rows.map((r) => r.reason),
      now,
    ],
  });
}

/** Says which SKUs' supply changed, for whoever tells the channels: rows of their own, so that no writer waits for a reader. */
export async function insertMarks(tx: Tx, rows: readonly Supply[], at: Date): Promise<void> {
  await insertRows(
    tx,
    MARKS,
    rows.map(({ skuId, region }) => ({ id: newId(), sku_id: skuId, region, at })),
  );
}

export interface SupplyMark {
  readonly skuId: string;
  readonly region: string;
  /** When the first of the changes happened. */
  readonly since: Date;
}

/** Takes marks away, one row per SKU. What commits meanwhile is left for the next time. */
export async function takeMarks(tx: Tx, limit: number): Promise<SupplyMark[]> {
  const { rows } = await tx.query<SupplyMark>({
    name: 'inventory-take-marks',
    text: `WITH taken AS (
             DELETE FROM supply_marks WHERE id = ANY(ARRAY(SELECT id FROM supply_marks ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))
             RETURNING sku_id, region, at)
           SELECT sku_id AS "skuId", region, min(at) AS since FROM taken GROUP BY sku_id, region ORDER BY 1, 2`,
    values: [limit],
  });
  return rows;
}

/** Has every change of these SKUs leave a mark from now on; their rows are locked. */
export async function markListed(tx: Tx, region: string, skuIds: readonly string[]): Promise<void> {
  if (skuIds.length === 0) return;
  await tx.query({
    name: 'inventory-mark-listed',
    text: 'UPDATE sku_supply SET listed = true WHERE region = $1 AND sku_id = ANY($2::uuid[]) AND NOT listed',
    values: [region, skuIds],
  });
}

export interface OfferRow extends Supply {
  readonly buffer: bigint | null;
  readonly cap: bigint | null;
  readonly channelPromised: bigint | null;
}

/** Supply with a channel's rule of it, unlocked and of one moment: both change in the same transaction. */
export async function readOffers(tx: Tx, region: string, skuIds: readonly string[], channel: string): Promise<OfferRow[]> {
  const { rows } = await tx.query<OfferRow>({
    name: 'inventory-read-offers',
    text: `SELECT s.sku_id AS "skuId", s.region, s.merchant_id AS "merchantId", s.sellable, s.promised, s.limit_over AS "limitOver", s.shortfall,
                  s.version, s.by_channel AS "byChannel", c.buffer, c.cap, c.promised AS "channelPromised"
           FROM sku_supply s LEFT JOIN channel_supply c ON c.sku_id = s.sku_id AND c.region = s.region AND c.channel = $3
           WHERE s.region = $1 AND s.sku_id = ANY($2::uuid[])`,
    values: [region, skuIds, channel],
  });
  return rows;
}
