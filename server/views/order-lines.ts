import { type UnitMoney, valueOfUnits } from '../kernel/units.ts';
import type { SpanState } from '../kernel/vocabulary.ts';
import type { Tx } from '../platform/db.ts';
import { prepared } from './conditions.ts';

export interface SpanView {
  readonly fromUnit: number;
  readonly toUnit: number;
  readonly state: SpanState;
  readonly nodeId: string | null;
  readonly nodeCode: string | null;
  readonly shipmentId: string | null;
  readonly shipmentNumber: string | null;
  readonly refundId: string | null;
  readonly refundNumber: string | null;
  /** The return that they are in, or were settled by. */
  readonly returnId: string | null;
  /** What these units cost the customer: the sum of their frozen shares of net, discount and tax. */
  readonly totalMinor: bigint;
}

export interface LineView {
  readonly id: string;
  readonly position: number;
  readonly kind: 'item' | 'shipping' | 'fee';
  readonly skuId: string | null;
  readonly skuCode: string | null;
  readonly name: string;
  readonly stocked: boolean;
  readonly quantity: number;
  /** Decimal string in major units, up to six digits after the point. */
  readonly unitPrice: string;
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
  readonly taxRate: string;
  readonly moneyStep: number;
  /** What this line stands in for at no charge. */
  readonly replacesLineId: string | null;
  readonly replacesShipmentId: string | null;
  readonly replacesShipmentNumber: string | null;
  readonly spans: SpanView[];
}

/** A line, and one of its spans beside it; the rest of a span is null where a line has none. */
type LineRow = Omit<LineView, 'spans'> & Omit<SpanView, 'totalMinor' | 'fromUnit'> & { readonly fromUnit: number | null };

const LINES = `
  SELECT l.id, l.position, l.kind, l.sku_id AS "skuId", l.sku_code AS "skuCode", l.name, l.stocked, l.quantity,
         trim_scale(l.unit_price)::text AS "unitPrice", l.net_minor AS "netMinor", l.discount_minor AS "discountMinor",
         l.tax_minor AS "taxMinor", l.total_minor AS "totalMinor", trim_scale(l.tax_rate)::text AS "taxRate", l.money_step AS "moneyStep",
         l.replaces_line_id AS "replacesLineId", l.replaces_shipment_id AS "replacesShipmentId",
         (SELECT number FROM shipments h WHERE h.id = l.replaces_shipment_id) AS "replacesShipmentNumber",
         s.from_unit AS "fromUnit", s.to_unit AS "toUnit", s.state, s.node_id AS "nodeId", n.code AS "nodeCode",
         s.shipment_id AS "shipmentId", sh.number AS "shipmentNumber", s.refund_id AS "refundId", r.number AS "refundNumber", s.return_id AS "returnId"
  FROM order_lines l
  LEFT JOIN line_spans s ON s.line_id = l.id
  LEFT JOIN nodes n ON n.id = s.node_id
  LEFT JOIN shipments sh ON sh.id = s.shipment_id
  LEFT JOIN refunds r ON r.id = s.refund_id
  WHERE l.order_id = $1 ORDER BY l.position, l.id, s.from_unit`;

/** What units from…to of a line cost, by the frozen unit share of each component (DESIGN 2). */
export function unitsTotalMinor(line: UnitMoney, fromUnit: number, toUnit: number): bigint {
  return valueOfUnits(line, fromUnit, toUnit).totalMinor;
}

/** The order's lines by position, each with the spans that partition its units and what those units are worth. */
export async function readLines(tx: Tx, orderId: string): Promise<LineView[]> {
  const { rows } = await tx.query<LineRow>(prepared('order-lines', LINES, [orderId]));
  const lines: LineView[] = [];
  for (const row of rows) {
    const { fromUnit, toUnit, state, nodeId, nodeCode, shipmentId, shipmentNumber, refundId, refundNumber, returnId, ...line } =
      row;
    let at = lines.at(-1);
    if (at?.id !== line.id) {
      at = { ...line, spans: [] };
      lines.push(at);
    }
    if (fromUnit === null) continue;
    const totalMinor = unitsTotalMinor(line, fromUnit, toUnit);
    const [shipment, refund] = [
      { shipmentId, shipmentNumber },
      { refundId, refundNumber, returnId },
    ];
    at.spans.push({ fromUnit, toUnit, state, nodeId, nodeCode, ...shipment, ...refund, totalMinor });
  }
  return lines;
}

/** Whether units of an order were sold beyond stock and wait: only then there are days to read. */
export const waits = (lines: readonly LineView[]): boolean =>
  lines.some((line) => line.spans.some((span) => span.state === 'backordered'));
