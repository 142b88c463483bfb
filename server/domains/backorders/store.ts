import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';
import type { Backorder, Policy, Promised, Waiter } from './rules.ts';

const POLICIES: TableSpec = {
  table: 'backorder_policies',
  columns: {
    sku_id: 'uuid',
    region: 'text',
    version: 'int4',
    merchant_id: 'uuid',
    kind: 'text',
    limit_units: 'int8',
    lead_days: 'int4',
    release_on: 'date',
    stop_on: 'date',
    stop_without_inbound: 'bool',
    stop_at_waiting: 'int8',
    stopped: 'text',
    pay_days: 'int4',
    note: 'text',
    actor: 'text',
    at: 'timestamptz',
  },
};
const BACKORDERS: TableSpec = {
  table: 'backorders',
  columns: {
    line_id: 'uuid',
    from_unit: 'int4',
    to_unit: 'int4',
    order_id: 'uuid',
    sku_id: 'uuid',
    region: 'text',
    merchant_id: 'uuid',
    kind: 'text',
    policy_version: 'int4',
    since: 'timestamptz',
    first_promised_on: 'date',
    promised_on: 'date',
    accepted_on: 'date',
    inbound_id: 'uuid',
    pay_days: 'int4',
  },
};

/** The policies that count. Read after the supply of their SKUs is locked, under which they are written. */
export async function readPolicies(db: Queryable, region: string, skuIds: readonly string[]): Promise<Policy[]> {
  const { rows } = await db.query<Policy>({
    name: 'backorder-policies',
    text: `SELECT DISTINCT ON (sku_id) sku_id AS "skuId", region, merchant_id AS "merchantId", version, kind, limit_units AS "limitUnits",
             lead_days AS "leadDays", release_on::text AS "releaseOn", stop_on::text AS "stopOn",
             stop_without_inbound AS "stopWithoutInbound", stop_at_waiting AS "stopAtWaiting", stopped, pay_days AS "payDays", note
           FROM backorder_policies WHERE region = $1 AND sku_id = ANY($2::uuid[]) ORDER BY sku_id, region, version DESC`,
    values: [region, skuIds],
  });
  return rows;
}

export interface NewPolicy {
  readonly policy: Policy;
  readonly actor: string;
  readonly at: Date;
}

export async function insertPolicies(tx: Tx, rows: readonly NewPolicy[]): Promise<void> {
  await insertRows(
    tx,
    POLICIES,
    rows.map(({ policy, actor, at }) => ({
      sku_id: policy.skuId,
      region: policy.region,
      version: policy.version,
      merchant_id: policy.merchantId,
      kind: policy.kind,
      limit_units: policy.limitUnits,
      lead_days: policy.leadDays,
      release_on: policy.releaseOn,
      stop_on: policy.stopOn,
      stop_without_inbound: policy.stopWithoutInbound,
      stop_at_waiting: policy.stopAtWaiting,
      stopped: policy.stopped,
      pay_days: policy.payDays,
      note: policy.note,
      actor,
      at,
    })),
  );
}

const COLUMNS = `line_id AS "lineId", from_unit AS "from", to_unit AS "to", order_id AS "orderId", sku_id AS "skuId", region,
  merchant_id AS "merchantId", kind, policy_version AS "policyVersion", since, first_promised_on::text AS "firstPromisedOn",
  promised_on::text AS "promisedOn", accepted_on::text AS "acceptedOn", inbound_id AS "inboundId", pay_days AS "payDays"`;

/** Rows of orders that are locked. */
export async function readOfOrders(db: Queryable, orderIds: readonly string[]): Promise<Backorder[]> {
  const { rows } = await db.query<Backorder>({
    name: 'backorders-of-orders',
    text: `SELECT ${COLUMNS} FROM backorders WHERE order_id = ANY($1::uuid[]) ORDER BY line_id, from_unit`,
    values: [orderIds],
  });
  return rows;
}

/** A SKU's whole queue, who waits longest first. */
export async function readOfSku(db: Queryable, region: string, skuId: string): Promise<Backorder[]> {
  const { rows } = await db.query<Backorder>({
    name: 'backorders-of-sku',
    text: `SELECT ${COLUMNS} FROM backorders WHERE sku_id = $2 AND region = $1 ORDER BY since, order_id, line_id, from_unit`,
    values: [region, skuId],
  });
  return rows;
}

/** What a SKU has promised, without a lock. */
export async function readPromised(db: Queryable, region: string, skuId: string): Promise<Promised | undefined> {
  const { rows } = await db.query<Promised>({
    name: 'backorders-supply',
    text: `SELECT sellable, promised, limit_over AS "limitOver", shortfall FROM sku_supply WHERE sku_id = $2 AND region = $1`,
    values: [region, skuId],
  });
  return rows[0];
}

/** How many units of each SKU wait. */
export async function sumWaiting(db: Queryable, region: string, skuIds: readonly string[]): Promise<Map<string, bigint>> {
  const { rows } = await db.query<{ skuId: string; units: bigint }>({
    name: 'backorders-sum',
    text: `SELECT sku_id AS "skuId", sum(to_unit - from_unit + 1)::bigint AS units FROM backorders
           WHERE region = $1 AND sku_id = ANY($2::uuid[]) GROUP BY sku_id`,
    values: [region, skuIds],
  });
  return new Map(rows.map((row) => [row.skuId, row.units]));
}

/** Who waits for units of these SKUs longest, as far as `atHand` units go: nobody behind them gets any. */
export async function readFront(
  db: Queryable,
  region: string,
  atHand: readonly { readonly skuId: string; readonly units: bigint }[],
): Promise<(Waiter & { readonly skuId: string })[]> {
  const { rows } = await db.query<Waiter & { skuId: string }>({
    name: 'backorders-front',
    text: `SELECT h.sku_id AS "skuId", w.order_id AS "orderId", w.since, w.units FROM unnest($2::uuid[], $3::int8[]) AS h(sku_id, units)
           CROSS JOIN LATERAL (
             SELECT order_id, min(since) AS since, sum(to_unit - from_unit + 1)::bigint AS units FROM (
               SELECT order_id, since, from_unit, to_unit FROM backorders b WHERE b.sku_id = h.sku_id AND b.region = $1
               ORDER BY since, order_id LIMIT h.units) front
             GROUP BY order_id) w`,
    values: [region, atHand.map((one) => one.skuId), atHand.map((one) => one.units)],
  });
  return rows;
}

/** Replaces the rows of lines whose waiting units changed. */
export async function replaceRows(tx: Tx, lineIds: readonly string[], rows: readonly Backorder[]): Promise<void> {
  if (lineIds.length > 0)
    await tx.query({
      name: 'backorders-remove',
      text: 'DELETE FROM backorders WHERE line_id = ANY($1::uuid[])',
      values: [lineIds],
    });
  await insertRows(
    tx,
    BACKORDERS,
    rows.map((row) => ({
      line_id: row.lineId,
      from_unit: row.from,
      to_unit: row.to,
      order_id: row.orderId,
      sku_id: row.skuId,
      region: row.region,
      merchant_id: row.merchantId,
      kind: row.kind,
      policy_version: row.policyVersion,
      since: row.since,
      first_promised_on: row.firstPromisedOn,
      promised_on: row.promisedOn,
      accepted_on: row.acceptedOn,
      inbound_id: row.inboundId,
      pay_days: row.payDays,
    })),
  );
}
