import type { UnitRange } from '../../kernel/units.ts';
import type { ReturnCondition } from '../../kernel/vocabulary.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Box, Node } from './rules.ts';

const BOXES: TableSpec = {
  table: 'shipment_boxes',
  columns: {
    id: 'uuid',
    shipment_id: 'uuid',
    order_id: 'uuid',
    number: 'int4',
    status: 'text',
    status_at: 'timestamptz',
    weight_grams: 'int4',
    length_mm: 'int4',
    width_mm: 'int4',
    height_mm: 'int4',
    label_no: 'int4',
    carrier_ref: 'text',
    tracking_number: 'text',
    label_url: 'text',
    manifest_id: 'uuid',
    handed_over_at: 'timestamptz',
    delivered_at: 'timestamptz',
    settled_at: 'timestamptz',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
};
const BOX_LINES: TableSpec = {
  table: 'shipment_box_lines',
  columns: {
    box_id: 'uuid',
    line_id: 'uuid',
    from_unit: 'int4',
    to_unit: 'int4',
    shipment_id: 'uuid',
    order_id: 'uuid',
  },
};
const RETURNS: TableSpec = {
  table: 'shipment_returns',
  columns: {
    id: 'uuid',
    shipment_id: 'uuid',
    box_id: 'uuid',
    order_id: 'uuid',
    line_id: 'uuid',
    from_unit: 'int4',
    to_unit: 'int4',
    node_id: 'uuid',
    condition: 'text',
    note: 'text',
    received_by: 'text',
    received_at: 'timestamptz',
  },
};

/** Units that came back to their sender, as they were received. */
export interface ReceivedBack {
  readonly id: string;
  readonly shipment_id: string;
  readonly box_id: string | null;
  readonly order_id: string;
  readonly line_id: string;
  readonly from_unit: number;
  readonly to_unit: number;
  readonly node_id: string;
  readonly condition: ReturnCondition;
  readonly note: string | null;
  readonly received_by: string;
  readonly received_at: Date;
}

/** The boxes of shipments, with what lies in each. Children of their order: read under its lock. */
export async function readBoxes(tx: Tx, orderIds: readonly string[]): Promise<Box[]> {
  const { rows } = await tx.query<Box>({
    name: 'fulfilment-boxes',
    text: `SELECT b.id, b.shipment_id AS "shipmentId", b.order_id AS "orderId", b.number, b.status, b.status_at AS "statusAt", b.weight_grams AS "weightGrams",
                  b.length_mm AS "lengthMm", b.width_mm AS "widthMm", b.height_mm AS "heightMm", b.label_no AS "labelNo", b.carrier_ref AS "carrierRef",
                  b.tracking_number AS "trackingNumber", b.label_url AS "labelUrl", b.manifest_id AS "manifestId", b.handed_over_at AS "handedOverAt",
                  b.delivered_at AS "deliveredAt", b.settled_at AS "settledAt",
                  (SELECT json_agg(json_build_object('lineId', l.line_id, 'from', l.from_unit, 'to', l.to_unit) ORDER BY l.line_id, l.from_unit)
                   FROM shipment_box_lines l WHERE l.box_id = b.id) AS units
           FROM shipment_boxes b WHERE b.order_id = ANY($1::uuid[]) ORDER BY b.shipment_id, b.number`,
    values: [orderIds],
  });
  return rows;
}

export async function insertBoxes(tx: Tx, boxes: readonly Box[], now: Date): Promise<void> {
  await insertRows(
    tx,
    BOXES,
    boxes.map((box) => ({ ...columns(box, now), created_at: now })),
  );
  await insertRows(
    tx,
    BOX_LINES,
    boxes.flatMap((box) =>
      box.units.map(({ lineId, from, to }: UnitRange) => ({
        box_id: box.id,
        line_id: lineId,
        from_unit: from,
        to_unit: to,
        shipment_id: box.shipmentId,
        order_id: box.orderId,
      })),
    ),
  );
}

export async function updateBoxes(tx: Tx, boxes: readonly Box[], now: Date): Promise<void> {
  const changing = [
    'status',
    'status_at',
    'weight_grams',
    'label_no',
    'carrier_ref',
    'tracking_number',
    'label_url',
    'manifest_id',
    'handed_over_at',
    'delivered_at',
    'settled_at',
    'updated_at',
  ];
  await updateRows(
    tx,
    BOXES,
    ['id'],
    changing,
    boxes.map((box) => columns(box, now)),
  );
}

export async function insertReturns(tx: Tx, rows: readonly ReceivedBack[]): Promise<void> {
  await insertRows(tx, RETURNS, rows as unknown as Record<string, unknown>[]);
}

function columns(b: Box, now: Date): Record<string, unknown> {
  return {
    id: b.id,
    shipment_id: b.shipmentId,
    order_id: b.orderId,
    number: b.number,
    status: b.status,
    status_at: b.statusAt,
    weight_grams: b.weightGrams,
    length_mm: b.lengthMm,
    width_mm: b.widthMm,
    height_mm: b.heightMm,
    label_no: b.labelNo,
    carrier_ref: b.carrierRef,
    tracking_number: b.trackingNumber,
    label_url: b.labelUrl,
    manifest_id: b.manifestId,
    handed_over_at: b.handedOverAt,
    delivered_at: b.deliveredAt,
    settled_at: b.settledAt,
    updated_at: now,
  };
}

interface WaitingParcel {
  readonly shipmentId: string;
  readonly orderId: string;
}

/** Shipments at a node with a labelled parcel that is on no manifest, unlocked: the oldest first. */
export async function findLabelled(db: Queryable, nodeId: string, carrier: string, limit: number): Promise<WaitingParcel[]> {
  const { rows } = await db.query<WaitingParcel>({
    name: 'fulfilment-labelled',
    text: `SELECT s.id AS "shipmentId", s.order_id AS "orderId" FROM shipments s
           WHERE s.node_id = $1 AND s.carrier = $2 AND s.status = 'LABELLED' AND s.boxes = 0 AND s.manifest_id IS NULL
           UNION ALL
           SELECT s.id, s.order_id FROM shipments s JOIN shipment_boxes b ON b.shipment_id = s.id
           WHERE s.node_id = $1 AND s.carrier = $2 AND s.boxes > 0 AND s.handed_over_at IS NULL AND s.status <> 'CANCELLED'
             AND b.status = 'LABELLED' AND b.manifest_id IS NULL
           ORDER BY 1 LIMIT $3`,
    values: [nodeId, carrier, limit],
  });
  return rows;
}

/** How parcels leave a node. */
export async function updateHandOver(tx: Tx, nodeId: string, handOver: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'fulfilment-hand-over',
    text: 'UPDATE nodes SET hand_over = $2 WHERE id = $1 AND hand_over <> $2',
    values: [nodeId, handOver],
  });
  return rowCount === 1;
}

/** Whether a node among them belongs to none of the shipments' merchants, unlocked. */
export async function foreignNodes(db: Queryable, orderIds: readonly string[], nodeIds: readonly string[]): Promise<boolean> {
  const { rows } = await db.query<{ foreign: boolean }>({
    name: 'fulfilment-foreign-nodes',
    text: `SELECT EXISTS (SELECT FROM unnest($2::uuid[]) AS n (id)
             WHERE NOT EXISTS (SELECT FROM nodes JOIN shipments s ON s.merchant_id = nodes.merchant_id
                               WHERE nodes.id = n.id AND s.order_id = ANY($1::uuid[]))) AS foreign`,
    values: [orderIds, nodeIds],
  });
  return rows[0]?.foreign ?? true;
}

export async function findHandOvers(
  db: Queryable,
  nodeIds: readonly string[],
): Promise<Map<string, Pick<Node, 'merchantId' | 'handOver'>>> {
  const { rows } = await db.query<Pick<Node, 'id' | 'merchantId' | 'handOver'>>({
    name: 'fulfilment-hand-overs',
    text: 'SELECT id, merchant_id AS "merchantId", hand_over AS "handOver" FROM nodes WHERE id = ANY($1::uuid[])',
    values: [nodeIds],
  });
  return new Map(rows.map((row) => [row.id, row]));
}
