import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Node, Shipment, ShipmentLine } from './rules.ts';

const SHIPMENTS: TableSpec = {
  table: 'shipments',
  columns: {
    id: 'uuid',
    number: 'text',
    order_id: 'uuid',
    merchant_id: 'uuid',
    node_id: 'uuid',
    status: 'text',
    carrier: 'text',
    service: 'text',
    carrier_ref: 'text',
    tracking_number: 'text',
    label_url: 'text',
    value_minor: 'int8',
    currency: 'text',
    version: 'int8',
    created_at: 'timestamptz',
    shipped_at: 'timestamptz',
    delivered_at: 'timestamptz',
    updated_at: 'timestamptz',
    boxes: 'int4',
    status_at: 'timestamptz',
    label_no: 'int4',
    manifest_id: 'uuid',
    handed_over_at: 'timestamptz',
    settled_at: 'timestamptz',
  },
};
const LINES: TableSpec = {
  table: 'shipment_lines',
  columns: { shipment_id: 'uuid', line_id: 'uuid', from_unit: 'int4', to_unit: 'int4', order_id: 'uuid' },
};
const UPDATES: TableSpec = {
  table: 'shipment_updates',
  columns: {
    id: 'uuid',
    shipment_id: 'uuid',
    order_id: 'uuid',
    status: 'text',
    detail: 'text',
    occurred_at: 'timestamptz',
    received_at: 'timestamptz',
    box_id: 'uuid',
    proof: 'jsonb',
  },
};

export interface ShipmentUpdate {
  readonly id: string;
  readonly shipment_id: string;
  readonly order_id: string;
  readonly status: string;
  readonly detail: string | null;
  readonly occurred_at: Date;
  readonly received_at: Date;
  readonly box_id: string | null;
  readonly proof: Readonly<Record<string, string>> | null;
}

/** Shipments are children of their order: read under the order's lock. */
export async function readShipments(tx: Tx, orderIds: readonly string[]): Promise<Shipment[]> {
  const { rows } = await tx.query<Shipment>({
    name: 'fulfilment-shipments',
    text: `SELECT id, number, order_id AS "orderId", merchant_id AS "merchantId", node_id AS "nodeId", value_minor AS "valueMinor", currency, status, carrier,
                  service, carrier_ref AS "carrierRef", tracking_number AS "trackingNumber", label_url AS "labelUrl", shipped_at AS "shippedAt",
                  delivered_at AS "deliveredAt", version, created_at AS "createdAt", boxes, status_at AS "statusAt", label_no AS "labelNo",
                  manifest_id AS "manifestId", handed_over_at AS "handedOverAt", settled_at AS "settledAt"
           FROM shipments WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}

/** Active nodes of the merchants, in order of preference. Configuration: read without a lock. */
export async function readNodes(tx: Tx, merchantIds: readonly string[]): Promise<Node[]> {
  const { rows } = await tx.query<Node>({
    name: 'fulfilment-nodes',
    text: `SELECT id, merchant_id AS "merchantId", code, name, kind, priority, address, routing_stamp AS "routingStamp", hand_over AS "handOver" FROM nodes
           WHERE merchant_id = ANY($1::uuid[]) AND active ORDER BY priority, id`,
    values: [merchantIds],
  });
  return rows;
}

export async function insertShipments(tx: Tx, shipments: readonly Shipment[], now: Date): Promise<void> {
  await insertRows(
    tx,
    SHIPMENTS,
    shipments.map((shipment) => columns(shipment, now)),
  );
}

export async function updateShipments(tx: Tx, shipments: readonly Shipment[], now: Date): Promise<void> {
  const changing = [
    'status',
    'carrier',
    'service',
    'carrier_ref',
    'tracking_number',
    'label_url',
    'shipped_at',
    'delivered_at',
    'version',
    'updated_at',
    'status_at',
    'label_no',
    'manifest_id',
    'handed_over_at',
    'settled_at',
  ];
  await updateRows(
    tx,
    SHIPMENTS,
    ['id'],
    changing,
    shipments.map((shipment) => columns(shipment, now)),
  );
}

function columns(s: Shipment, now: Date): Record<string, unknown> {
  return {
    id: s.id,
    number: s.number,
    order_id: s.orderId,
    merchant_id: s.merchantId,
    node_id: s.nodeId,
    status: s.status,
    carrier: s.carrier,
    service: s.service,
    carrier_ref: s.carrierRef,
    tracking_number: s.trackingNumber,
    label_url: s.labelUrl,
    value_minor: s.valueMinor,
    currency: s.currency,
    version: s.version,
    created_at: s.createdAt,
    shipped_at: s.shippedAt,
    delivered_at: s.deliveredAt,
    updated_at: now,
    boxes: s.boxes,
    status_at: s.statusAt,
    label_no: s.labelNo,
    manifest_id: s.manifestId,
    handed_over_at: s.handedOverAt,
    settled_at: s.settledAt,
  };
}

export async function insertShipmentLines(tx: Tx, lines: readonly ShipmentLine[]): Promise<void> {
  const rows = lines.map((l) => ({
    shipment_id: l.shipmentId,
    line_id: l.lineId,
    from_unit: l.from,
    to_unit: l.to,
    order_id: l.orderId,
  }));
  await insertRows(tx, LINES, rows);
}

export async function insertUpdates(tx: Tx, updates: readonly ShipmentUpdate[]): Promise<void> {
  await insertRows(tx, UPDATES, updates as unknown as Record<string, unknown>[]);
}

export interface NewNode {
  readonly id: string;
  readonly merchantId: string;
  readonly home: string;
  readonly code: string;
  readonly name: string;
  readonly kind: string;
}

export async function insertNodes(tx: Tx, nodes: readonly NewNode[], now: Date): Promise<void> {
  await insertRows(
    tx,
    NODES,
    nodes.map((node) => ({ ...node, merchant_id: node.merchantId, created_at: now })),
  );
}

const NODES: TableSpec = {
  table: 'nodes',
  columns: { id: 'uuid', merchant_id: 'uuid', home: 'text', code: 'text', name: 'text', kind: 'text', created_at: 'timestamptz' },
};

/** The orders that shipments belong to, unlocked: where a report has to lock first. */
export async function ordersOfShipments(db: Queryable, shipmentIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'fulfilment-orders-of',
    text: 'SELECT DISTINCT order_id AS id FROM shipments WHERE id = ANY($1::uuid[])',
    values: [shipmentIds],
  });
  return rows.map((row) => row.id);
}

/** Locks every node of the merchants, active or not. */
export async function lockNodes(tx: Tx, merchantIds: readonly string[]): Promise<(Node & { readonly active: boolean })[]> {
  const { rows } = await tx.query<Node & { active: boolean }>({
    name: 'fulfilment-lock-nodes',
    text: `SELECT id, merchant_id AS "merchantId", code, name, kind, priority, address, routing_stamp AS "routingStamp", hand_over AS "handOver", active FROM nodes
           WHERE merchant_id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [merchantIds],
  });
  return rows;
}

/** Says that what routing knows of these nodes' merchants has changed, and in which order nodes are preferred. */
export async function writeRouting(tx: Tx, nodes: readonly Pick<Node, 'id' | 'priority' | 'routingStamp'>[]): Promise<void> {
  await updateRows(
    tx,
    { table: 'nodes', columns: { id: 'uuid', priority: 'int4', routing_stamp: 'uuid' } },
    ['id'],
    ['priority', 'routing_stamp'],
    nodes.map((node) => ({ id: node.id, priority: node.priority, routing_stamp: node.routingStamp })),
  );
}
