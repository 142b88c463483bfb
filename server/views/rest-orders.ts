import type pg from 'pg';
import type { FulfilmentStatus, Hold, OrderStatus, PaymentStatus } from '../kernel/vocabulary.ts';
import type { Queryable, Tx } from '../platform/db.ts';
import { createGather } from '../platform/gather.ts';
import { perPool } from '../platform/per-pool.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { type OrderHead, readOrderHead } from './order.ts';
import { addStatuses, narrowing, type StatusFilter } from './order-filters.ts';
import { type LineView, readLines } from './order-lines.ts';
import { type PaymentView, type RefundView, readPayments, readRefunds } from './order-money.ts';
import { readShipments, type ShipmentView } from './order-shipments.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';
import { readTrackedPickup, type TrackedPickup } from './track.ts';
import { readWaiting, type WaitingUnits } from './waiting-order.ts';

export interface RestOrderRow {
  readonly id: string;
  readonly number: string;
  readonly externalId: string | null;
  readonly channel: string;
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfilmentStatus: FulfilmentStatus;
  readonly holds: Hold[];
  readonly currency: string;
  readonly totalMinor: bigint;
  readonly cancelledMinor: bigint;
  readonly cancellationFeeMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly customerId: string | null;
  readonly customerName: string | null;
  readonly email: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tags: string[];
  readonly placedAt: Date;
  readonly updatedAt: Date;
  readonly version: bigint;
}

export interface RestOrderFilter extends Omit<StatusFilter, 'channel'> {
  readonly externalId?: string | undefined;
  readonly email?: string | undefined;
  readonly customerId?: string | undefined;
  readonly tag?: string | undefined;
  /** Inclusive. */
  readonly placedAfter?: Date | undefined;
  /** Exclusive. */
  readonly placedBefore?: Date | undefined;
}

/** A merchant's orders, newest first. */
export async function listRestOrders(
  db: Queryable,
  scope: Scope,
  request: RestOrderFilter & PageRequest,
): Promise<Page<RestOrderRow>> {
  const where = new Conditions().scope(scope, 'o');
  addStatuses(where, request).plain(narrowing(request));
  if (request.externalId !== undefined) where.add((p) => `o.external_id = ${p}`, request.externalId);
  if (request.email !== undefined) where.add((p) => `lower(o.email) = lower(${p})`, request.email);
  if (request.customerId !== undefined) where.add((p) => `o.customer_id = ${p}`, request.customerId);
  if (request.tag !== undefined) where.add((p) => `o.tags <> '{}' AND o.tags @> ARRAY[${p}]::text[]`, request.tag);
  if (request.placedAfter) where.add((p) => `o.placed_at >= ${p}`, request.placedAfter);
  if (request.placedBefore) where.add((p) => `o.placed_at < ${p}`, request.placedBefore);
  return keysetPage(
    db,
    {
      label: 'rest-orders',
      columns: `o.id, o.number, o.external_id AS "externalId", o.channel, o.status, o.payment_status AS "paymentStatus",
        o.fulfilment_status AS "fulfilmentStatus", o.holds, o.currency, o.total_minor AS "totalMinor", o.cancelled_minor AS "cancelledMinor",
        o.cancellation_fee_minor AS "cancellationFeeMinor",
        o.captured_minor AS "capturedMinor", o.refunded_minor AS "refundedMinor", o.customer_id AS "customerId",
        o.customer_name AS "customerName", o.email, o.metadata, o.tags, o.placed_at AS "placedAt", o.updated_at AS "updatedAt", o.version`,
      from: 'orders o',
      where,
      by: 'o.placed_at',
      id: 'o.id',
    },
    request,
  );
}

/** Where a customer has to go before a payment can go on. */
export interface NextAction {
  readonly type: string;
  readonly url: string;
}

export interface RestOrder {
  readonly order: OrderHead;
  readonly lines: readonly LineView[];
  readonly shipments: readonly ShipmentView[];
  readonly pickup: TrackedPickup | null;
  readonly payments: readonly (PaymentView & { readonly nextAction: NextAction | null })[];
  readonly refunds: readonly RefundView[];
  /** What of it comes later. */
  readonly waiting: readonly WaitingUnits[];
}

/** One order with its lines, payments, shipments and refunds, on one snapshot. `ref` is its id or number. Throws `not_found`. */
export async function readRestOrder(pool: pg.Pool, scope: Scope, ref: string): Promise<RestOrder> {
  return readSnapshot(pool, async (tx) => {
    const order = await readOrderHead(tx, scope, ref);
    const lines = await readLines(tx, order.id);
    const payments = await readPayments(tx, order.id);
    const actions = payments.some(({ status }) => status === 'REQUIRES_ACTION') ? await readNextActions(tx, order.id) : [];
    const next = new Map(actions.map((row) => [row.id, row.nextAction]));
    return {
      order,
      lines,
      payments: payments.map((payment) => ({ ...payment, nextAction: next.get(payment.id) ?? null })),
      shipments: await readShipments(tx, order.id),
      pickup: await readTrackedPickup(tx, order.id),
      refunds: await readRefunds(tx, order.id),
      waiting: await readWaiting(tx, order.id),
    };
  });
}

async function readNextActions(
  tx: Tx,
  orderId: string,
): Promise<readonly { readonly id: string; readonly nextAction: NextAction | null }[]> {
  const { rows } = await tx.query<{ id: string; nextAction: NextAction | null }>({
    name: 'rest-next-actions',
    text: `SELECT id, next_action AS "nextAction" FROM payments WHERE order_id = $1 AND status = 'REQUIRES_ACTION'`,
    values: [orderId],
  });
  return rows;
}

/** What became of a placement so far. */
export interface PlacementOutcome {
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly nextAction: NextAction | null;
  readonly failure: { readonly code?: string; readonly message?: string } | null;
  readonly reason: string | null;
}

/** How a placement ended, or what the customer must do first. Undefined while nobody knows. */
export function readOutcome(db: Queryable, orderId: string): Promise<PlacementOutcome | undefined> {
  return outcomes(db).get(orderId);
}

/** Hundreds of checkouts that wait look at once, whenever a batch of orders has moved. */
const outcomes = perPool((db: Queryable) => createGather((keys) => readOutcomes(db, keys)));

async function readOutcomes(db: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, PlacementOutcome>> {
  const { rows } = await db.query<PlacementOutcome & { id: string }>({
    name: 'rest-placement-outcomes',
    text: `SELECT o.id, o.status, o.payment_status AS "paymentStatus", o.cancellation->>'reason' AS reason, p.failure,
                  CASE WHEN p.status = 'REQUIRES_ACTION' THEN p.next_action END AS "nextAction"
           FROM orders o LEFT JOIN LATERAL (SELECT status, next_action, failure FROM payments WHERE order_id = o.id
             ORDER BY created_at DESC, id DESC LIMIT 1) p ON true
           WHERE o.id = ANY($1::uuid[])`,
    values: [orderIds],
  });
  return new Map(
    rows.flatMap(({ id, ...row }) => (row.status !== 'PENDING' || row.nextAction !== null ? [[id, row] as const] : [])),
  );
}

export interface RestNote {
  readonly id: string;
  readonly body: string;
  readonly actor: string;
  readonly at: Date;
}

/** An order's notes, oldest first. Throws nothing: the order was found before. */
export async function readNotes(db: Queryable, orderId: string): Promise<RestNote[]> {
  const text = 'SELECT id, body, actor, at FROM order_notes WHERE order_id = $1 ORDER BY at, id LIMIT 1000';
  const { rows } = await db.query<RestNote>(prepared('rest-notes', text, [orderId]));
  return rows;
}
