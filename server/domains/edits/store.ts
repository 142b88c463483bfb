import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { AddedLine, Edit, EditPlan } from './rules.ts';

const EDITS: TableSpec = {
  table: 'order_edits',
  columns: {
    id: 'uuid',
    home: 'text',
    merchant_id: 'uuid',
    order_id: 'uuid',
    channel: 'text',
    status: 'text',
    plan: 'jsonb',
    held: 'jsonb',
    currency: 'text',
    before_minor: 'int8',
    after_minor: 'int8',
    added_minor: 'int8',
    removed_minor: 'int8',
    reason: 'text',
    why: 'text',
    pay_until: 'timestamptz',
    requested_by: 'text',
    requested_at: 'timestamptz',
    settled_at: 'timestamptz',
    version: 'int8',
  },
};
const CHANGING = ['status', 'plan', 'held', 'why', 'pay_until', 'settled_at', 'version'];

const AMOUNTS = ['netMinor', 'discountMinor', 'taxMinor', 'totalMinor'] as const;
type Amounts = Record<(typeof AMOUNTS)[number], number>;
/** The plan as it is kept: JSON knows no bigint. */
interface StoredPlan extends Omit<EditPlan, 'added'> {
  readonly added: readonly (Omit<AddedLine, keyof Amounts> & Amounts)[];
}

const asPlan = ({ added, ...rest }: StoredPlan): EditPlan => ({
  ...rest,
  added: added.map((line) => ({
    ...line,
    netMinor: BigInt(line.netMinor),
    discountMinor: BigInt(line.discountMinor),
    taxMinor: BigInt(line.taxMinor),
    totalMinor: BigInt(line.totalMinor),
  })),
});
const asStored = ({ added, ...rest }: EditPlan): StoredPlan => ({
  ...rest,
  added: added.map((line) => ({
    ...line,
    netMinor: Number(line.netMinor),
    discountMinor: Number(line.discountMinor),
    taxMinor: Number(line.taxMinor),
    totalMinor: Number(line.totalMinor),
  })),
});

export async function readEdits(tx: Tx, orderIds: readonly string[]): Promise<Edit[]> {
  const { rows } = await tx.query<Omit<Edit, 'plan'> & { plan: StoredPlan }>({
    name: 'edits-of-orders',
    text: `SELECT id, home, merchant_id AS "merchantId", order_id AS "orderId", channel, status, plan, held, currency, before_minor AS "beforeMinor",
                  after_minor AS "afterMinor", added_minor AS "addedMinor", removed_minor AS "removedMinor", reason, why,
                  pay_until AS "payUntil", requested_by AS "requestedBy", requested_at AS "requestedAt", settled_at AS "settledAt", version
           FROM order_edits WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  return rows.map((row) => ({ ...row, plan: asPlan(row.plan) }));
}

const columnsOf = (edit: Edit): Record<string, unknown> => ({
  id: edit.id,
  home: edit.home,
  merchant_id: edit.merchantId,
  order_id: edit.orderId,
  channel: edit.channel,
  status: edit.status,
  plan: asStored(edit.plan),
  held: edit.held,
  currency: edit.currency,
  before_minor: edit.beforeMinor,
  after_minor: edit.afterMinor,
  added_minor: edit.addedMinor,
  removed_minor: edit.removedMinor,
  reason: edit.reason,
  why: edit.why,
  pay_until: edit.payUntil,
  requested_by: edit.requestedBy,
  requested_at: edit.requestedAt,
  settled_at: edit.settledAt,
  version: edit.version,
});

export const insertEdits = (tx: Tx, edits: readonly Edit[]): Promise<unknown> => insertRows(tx, EDITS, edits.map(columnsOf));
export const updateEdits = (tx: Tx, edits: readonly Edit[]): Promise<unknown> =>
  updateRows(tx, EDITS, ['id'], CHANGING, edits.map(columnsOf));

/** Units that are promised for edits which wait, by SKU and channel. */
export async function readHeld(
  db: Queryable,
  skuIds: readonly string[],
): Promise<{ readonly skuId: string; readonly channel: string; readonly units: bigint }[]> {
  const { rows } = await db.query<{ skuId: string; channel: string; units: bigint }>({
    name: 'edits-held',
    text: `SELECT u->>'skuId' AS "skuId", e.channel, sum((u->>'units')::bigint)::int8 AS units
           FROM order_edits e CROSS JOIN LATERAL jsonb_array_elements(e.held) u
           WHERE e.status = 'waiting' AND u->>'skuId' = ANY($1::text[]) GROUP BY 1, 2`,
    values: [skuIds],
  });
  return rows;
}
