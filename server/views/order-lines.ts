import { shareOfUnits } from '../kernel/money.ts';
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
  /** What this line stands in for at no charge. */
  readonly replacesLineId: string | null;
  readonly replacesShipmentId: string | null;
  readonly replacesShipmentNumber: string | null;
  readonly spans: SpanView[];
}

type SpanRow = Omit<SpanView, 'totalMinor'> & { readonly lineId: string };

const LINES = `
  SELECT id, position, kind, sku_id AS "skuId", sku_code AS "skuCode", name, stocked, quantity, trim_scale(unit_price)::text AS "unitPrice",
         net_minor AS "netMinor", discount_minor AS "discountMinor", tax_minor AS "taxMinor", total_minor AS "totalMinor",
         trim_scale(tax_rate)::text AS "taxRate", replaces_line_id AS "replacesLineId", replaces_shipment_id AS "replacesShipmentId",
         (SELECT number FROM shipments h WHERE h.id = replaces_shipment_id) AS "replacesShipmentNumber"
  FROM order_lines WHERE order_id = $1 ORDER BY position, id`;

const SPANS = `
  SELECT s.line_id AS "lineId", s.from_unit AS "fromUnit", s.to_unit AS "toUnit", s.state, s.node_id AS "nodeId", n.code AS "nodeCode",
         s.shipment_id AS "shipmentId", sh.number AS "shipmentNumber", s.refund_id AS "refundId", r.number AS "refundNumber"
  FROM line_spans s
  LEFT JOIN nodes n ON n.id = s.node_id
  LEFT JOIN shipments sh ON sh.id = s.shipment_id
  LEFT JOIN refunds r ON r.id = s.refund_id
  WHERE s.order_id = $1 ORDER BY s.line_id, s.from_unit`;

/** What units from…to of a line cost, by the frozen unit share of each component (DESIGN 2). */
export function unitsTotalMinor(
  line: Pick<LineView, 'quantity' | 'netMinor' | 'discountMinor' | 'taxMinor'>,
  fromUnit: number,
  toUnit: number,
): bigint {
  const share = (total: bigint) => shareOfUnits(total, line.quantity, fromUnit, toUnit);
  return share(line.netMinor) - share(line.discountMinor) + share(line.taxMinor);
}

/** The order's lines by position, each with the spans that partition its units and what those units are worth. */
export async function readLines(tx: Tx, orderId: string): Promise<LineView[]> {
  const lines = await tx.query<Omit<LineView, 'spans'>>(prepared('order-lines', LINES, [orderId]));
  const spans = await tx.query<SpanRow>(prepared('order-spans', SPANS, [orderId]));
  const byLine = Map.groupBy(spans.rows, (span) => span.lineId);
  return lines.rows.map((line) => ({
    ...line,
    spans: (byLine.get(line.id) ?? []).map(({ lineId: _, ...span }) => ({
      ...span,
      totalMinor: unitsTotalMinor(line, span.fromUnit, span.toUnit),
    })),
  }));
}
