import type { PurchaseStatus } from '../domains/purchasing/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface PurchaseOrderRow {
  readonly id: string;
  readonly number: string;
  readonly status: PurchaseStatus;
  readonly supplier: string;
  readonly merchantName: string;
  readonly nodeCode: string;
  readonly expectedOn: string | null;
  readonly ordered: bigint;
  readonly received: bigint;
  /** Still to come. */
  readonly open: bigint;
  readonly createdAt: Date;
}

export interface PurchaseOrderFilter {
  readonly status?: readonly PurchaseStatus[] | undefined;
  readonly nodeId?: string | undefined;
  readonly skuId?: string | undefined;
  /** The beginning of a number, or words of the supplier. */
  readonly q?: string | undefined;
  /** Units that should have come by this day. */
  readonly lateOn?: string | undefined;
}

/** Purchase orders, newest first. */
export async function listPurchaseOrders(
  db: Queryable,
  scope: Scope,
  request: PurchaseOrderFilter & PageRequest,
): Promise<Page<PurchaseOrderRow>> {
  const where = new Conditions().scope(scope, 'o', null);
  if (request.status?.length) where.add((p) => `o.status = ANY(${p})`, request.status);
  if (request.nodeId) where.add((p) => `o.node_id = ${p}`, request.nodeId);
  if (request.skuId)
    where.add(
      (p) => `EXISTS (SELECT 1 FROM purchase_order_lines e WHERE e.purchase_order_id = o.id AND e.sku_id = ${p})`,
      request.skuId,
    );
  if (request.q?.trim()) {
    const text = request.q.trim().replaceAll(/[\\%_]/g, '\\$&');
    where.add((p) => `(o.number ILIKE ${p} || '%' OR o.supplier ILIKE '%' || ${p} || '%')`, text);
  }
  if (request.lateOn)
    where.add(
      (p) => `EXISTS (SELECT 1 FROM purchase_order_lines e WHERE e.purchase_order_id = o.id AND e.open_units > 0
                      AND coalesce(e.expected_on, o.expected_on) < ${p}::date)`,
      request.lateOn,
    );
  return keysetPage(
    db,
    {
      label: 'purchase-orders',
      columns: `o.id, o.number, o.status, o.supplier, m.name AS "merchantName", n.code AS "nodeCode", o.expected_on::text AS "expectedOn",
        coalesce(l.ordered, 0) AS ordered, coalesce(l.received, 0) AS received, coalesce(l.open, 0) AS open, o.created_at AS "createdAt"`,
      from: `purchase_orders o JOIN merchants m ON m.id = o.merchant_id JOIN nodes n ON n.id = o.node_id
        LEFT JOIN LATERAL (SELECT sum(ordered)::bigint AS ordered, sum(received)::bigint AS received, sum(open_units)::bigint AS open
          FROM purchase_order_lines WHERE purchase_order_id = o.id) l ON true`,
      where,
      // The key is a UUIDv7: it is the order of time.
      by: 'o.id',
      id: 'o.id',
      cast: 'uuid',
      check: isId,
    },
    request,
  );
}

export interface PurchaseLineView {
  readonly id: string;
  readonly position: number;
  readonly skuId: string;
  readonly skuCode: string;
  readonly skuName: string;
  readonly barcode: string | null;
  /** Whether its units arrive by lot. */
  readonly byLot: boolean;
  readonly ordered: bigint;
  readonly overAllowed: bigint;
  readonly received: bigint;
  readonly damaged: bigint;
  readonly cancelled: bigint;
  readonly open: bigint;
  readonly unitCost: string | null;
  readonly expectedOn: string | null;
}

export interface ReceiptView {
  readonly id: string;
  readonly at: Date;
  readonly actor: Actor;
  readonly note: string | null;
  readonly lines: readonly {
    readonly skuCode: string;
    readonly received: bigint;
    readonly damaged: bigint;
    readonly lotCode: string | null;
    readonly expiresOn: string | null;
  }[];
}

export interface PurchaseOrderPage {
  readonly id: string;
  readonly number: string;
  readonly status: PurchaseStatus;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly nodeId: string;
  readonly nodeCode: string;
  readonly nodeName: string;
  readonly supplier: string;
  readonly currency: string;
  readonly expectedOn: string | null;
  readonly note: string | null;
  readonly version: bigint;
  readonly createdBy: Actor;
  readonly createdAt: Date;
  readonly orderedAt: Date | null;
  readonly endedAt: Date | null;
  readonly lines: readonly PurchaseLineView[];
  readonly receipts: readonly ReceiptView[];
}

const LINES = `SELECT l.id, l.position, l.sku_id AS "skuId", k.code AS "skuCode", k.name AS "skuName", k.barcode, k.by_lot AS "byLot", l.ordered,
    l.over_allowed AS "overAllowed", l.received, l.damaged, l.cancelled, l.open_units AS open, trim_scale(l.unit_cost)::text AS "unitCost",
    l.expected_on::text AS "expectedOn"
  FROM purchase_order_lines l JOIN skus k ON k.id = l.sku_id WHERE l.purchase_order_id = $1 ORDER BY l.position`;

const RECEIPTS = `SELECT r.id, r.at, r.actor, r.note, k.code AS "skuCode", t.received, t.damaged, t.lot_code AS "lotCode",
    t.expires_on::text AS "expiresOn"
  FROM purchase_receipts r JOIN purchase_receipt_lines t ON t.receipt_id = r.id JOIN purchase_order_lines l ON l.id = t.line_id
  JOIN skus k ON k.id = l.sku_id WHERE r.purchase_order_id = $1 ORDER BY r.id DESC, t.position`;

type ReceivedLine = ReceiptView['lines'][number] & { id: string; at: Date; actor: string; note: string | null };

/** One purchase order by its id or number. Throws `not_found`. */
export async function readPurchaseOrder(db: Queryable, scope: Scope, ref: string): Promise<PurchaseOrderPage> {
  const where = isId(ref)
    ? new Conditions().add((p) => `o.id = ${p}`, ref)
    : new Conditions().add((p) => `o.number = ${p}`, ref.toUpperCase());
  where.scope(scope, 'o', null);
  const text = `SELECT o.id, o.number, o.status, o.merchant_id AS "merchantId", m.name AS "merchantName", o.node_id AS "nodeId", n.code AS "nodeCode",
      n.name AS "nodeName", o.supplier, o.currency, o.expected_on::text AS "expectedOn", o.note, o.version, o.created_by AS "createdBy",
      o.created_at AS "createdAt", o.ordered_at AS "orderedAt", o.ended_at AS "endedAt"
    FROM purchase_orders o JOIN merchants m ON m.id = o.merchant_id JOIN nodes n ON n.id = o.node_id WHERE ${where.where}`;
  const found = await db.query<Omit<PurchaseOrderPage, 'createdBy' | 'lines' | 'receipts'> & { createdBy: string }>(
    prepared('purchase-order', text, where.values),
  );
  const [head] = found.rows;
  if (!head) throw new DomainError('not_found', `There is no purchase order ${ref}.`);
  const lines = await db.query<PurchaseLineView>(prepared('purchase-order-lines', LINES, [head.id]));
  const received = await db.query<ReceivedLine>(prepared('purchase-order-receipts', RECEIPTS, [head.id]));
  const name = await resolveActors(db, [head.createdBy, ...received.rows.map((row) => row.actor)]);
  const receipts = [...Map.groupBy(received.rows, (row) => row.id).values()].map((own): ReceiptView => {
    const { id, at, actor, note } = own[0] as ReceivedLine;
    const each = own.map(({ skuCode, received: good, damaged, lotCode, expiresOn }) => {
      return { skuCode, received: good, damaged, lotCode, expiresOn };
    });
    return { id, at, actor: name(actor), note, lines: each };
  });
  return { ...head, createdBy: name(head.createdBy), lines: lines.rows, receipts };
}
