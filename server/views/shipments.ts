import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import type { Hold, OrderStatus, ShipmentStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { readShipments, type ShipmentView } from './order-shipments.ts';
import { COUNT_CAP, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface ShipmentRow {
  readonly id: string;
  readonly number: string;
  readonly status: ShipmentStatus;
  readonly orderNumber: string;
  readonly merchantName: string;
  readonly customerName: string | null;
  readonly nodeCode: string | null;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly valueMinor: bigint;
  readonly currency: string;
  readonly createdAt: Date;
  readonly shippedAt: Date | null;
  readonly deliveredAt: Date | null;
}

export interface ShipmentFilter {
  readonly status?: readonly ShipmentStatus[] | undefined;
  readonly nodeId?: string | undefined;
}

const FROM = `shipments s JOIN orders o ON o.id = s.order_id JOIN merchants m ON m.id = s.merchant_id LEFT JOIN nodes n ON n.id = s.node_id`;

/** Shipments, newest first. */
export async function listShipments(
  db: Queryable,
  scope: Scope,
  request: ShipmentFilter & PageRequest,
): Promise<Page<ShipmentRow>> {
  const where = new Conditions().scope(scope, 's', 'o.customer_id');
  if (request.status?.length) where.add((p) => `s.status = ANY(${p})`, request.status);
  if (request.nodeId) where.add((p) => `s.node_id = ${p}`, request.nodeId);
  return keysetPage(
    db,
    {
      label: 'shipments-list',
      columns: `s.id, s.number, s.status, o.number AS "orderNumber", m.name AS "merchantName", o.customer_name AS "customerName",
        n.code AS "nodeCode", s.carrier, s.tracking_number AS "trackingNumber", s.value_minor AS "valueMinor", s.currency,
        s.created_at AS "createdAt", s.shipped_at AS "shippedAt", s.delivered_at AS "deliveredAt"`,
      from: FROM,
      where,
      by: 's.created_at',
      id: 's.id',
    },
    request,
  );
}

export interface ShipmentPage {
  readonly shipment: ShipmentView;
  readonly order: {
    readonly id: string;
    readonly number: string;
    readonly status: OrderStatus;
    readonly version: bigint;
    readonly customerName: string | null;
    readonly shipTo: Readonly<Record<string, string>> | null;
    readonly merchantName: string;
  };
}

/** One shipment by its number. Throws `not_found`. */
export async function readShipment(pool: pg.Pool, scope: Scope, number: string): Promise<ShipmentPage> {
  return readSnapshot(pool, async (tx) => {
    const where = new Conditions().add((p) => `s.number = ${p}`, number.toUpperCase()).scope(scope, 's', 'o.customer_id');
    const text = `SELECT s.id AS "shipmentId", o.id, o.number, o.status, o.version, o.customer_name AS "customerName", o.ship_to AS "shipTo",
      m.name AS "merchantName" FROM ${FROM} WHERE ${where.where}`;
    const found = await tx.query<ShipmentPage['order'] & { shipmentId: string }>(prepared('shipment', text, where.values));
    const [row] = found.rows;
    if (row === undefined) throw new DomainError('not_found', `There is no shipment ${number}.`);
    const { shipmentId, ...order } = row;
    const shipment = (await readShipments(tx, order.id)).find((one) => one.id === shipmentId);
    if (shipment === undefined) throw new DomainError('not_found', `There is no shipment ${number}.`);
    return { shipment, order };
  });
}

/** An order with units allocated at a node, which somebody can ship now. */
export interface ReadyRow {
  readonly orderId: string;
  readonly number: string;
  readonly nodeId: string;
  readonly nodeCode: string;
  readonly merchantName: string;
  readonly customerName: string | null;
  readonly country: string | null;
  readonly units: bigint;
  readonly lines: bigint;
  readonly placedAt: Date;
  readonly holds: Hold[];
}

export interface QueueFilter {
  readonly nodeId?: string | undefined;
}

/**
 * The warehouse's queue: orders with allocated units, by node, oldest first. Held orders are left out; they wait for a person.
 * Grouping needs all of a node's waiting spans, which are few: a span leaves the partial index when it ships.
 */
export async function readyToShip(db: Queryable, scope: Scope, request: QueueFilter & PageRequest): Promise<Page<ReadyRow>> {
  const spans = new Conditions().plain("s.state = 'allocated' AND s.node_id IS NOT NULL");
  if (request.nodeId) spans.add((p) => `s.node_id = ${p}`, request.nodeId);
  const where = spans.plain("o.holds = '{}'").scope(scope, 'o');
  const from = `(
    SELECT s.order_id, s.node_id, sum(s.to_unit - s.from_unit + 1) AS units, count(DISTINCT s.line_id) AS lines,
           o.number, o.merchant_id, o.customer_name, o.ship_to, o.placed_at, o.holds
    FROM line_spans s JOIN orders o ON o.id = s.order_id WHERE ${where.where}
    GROUP BY s.order_id, s.node_id, o.id
  ) w JOIN nodes n ON n.id = w.node_id JOIN merchants m ON m.id = w.merchant_id`;
  const page = new Conditions();
  for (const value of where.values) page.value(value);
  return keysetPage(
    db,
    {
      label: 'shipments-queue',
      columns: `w.order_id AS "orderId", w.number, w.node_id AS "nodeId", n.code AS "nodeCode", m.name AS "merchantName",
        w.customer_name AS "customerName", w.ship_to->>'country' AS country, w.units, w.lines, w.placed_at AS "placedAt", w.holds`,
      from,
      where: page,
      by: 'w.placed_at',
      id: 'w.order_id',
      descending: false,
    },
    request,
  );
}

export interface NodeQueue {
  readonly nodeId: string;
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  /** Orders waiting there, to `COUNT_CAP`. */
  readonly orders: number;
}

/** Every node of the scope with how many orders wait there. */
export async function nodeQueues(db: Queryable, scope: Scope): Promise<NodeQueue[]> {
  const where = new Conditions().plain('n.active').scope(scope, 'n', null);
  const text = `SELECT n.id AS "nodeId", n.code, n.name, n.kind,
      (SELECT count(*)::int FROM (SELECT DISTINCT s.order_id FROM line_spans s JOIN orders o ON o.id = s.order_id AND o.holds = '{}'
        WHERE s.node_id = n.id AND s.state = 'allocated' LIMIT ${COUNT_CAP}) c) AS orders
    FROM nodes n WHERE ${where.where} ORDER BY n.code, n.id LIMIT 200`;
  const { rows } = await db.query<NodeQueue>(prepared('shipments-nodes', text, where.values));
  return rows;
}
