import type { EditStatus } from '../domains/edits/rules.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';

/** A change of an order's lines, as whoever looks after the order reads it. */
export interface EditView {
  readonly id: string;
  readonly status: EditStatus;
  readonly currency: string;
  readonly beforeMinor: bigint;
  readonly afterMinor: bigint;
  readonly added: readonly { readonly name: string; readonly quantity: number; readonly totalMinor: number }[];
  /** Units that go. */
  readonly removed: number;
  readonly reason: string | null;
  readonly why: string | null;
  /** Until when its customer may pay; set once they were asked. */
  readonly payUntil: Date | null;
  /** Until when it can be undone; null where it does not wait for that. */
  readonly undoUntil: Date | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly settledAt: Date | null;
}

const EDITS = `SELECT e.id, e.status, e.currency, e.before_minor AS "beforeMinor", e.after_minor AS "afterMinor",
    coalesce((SELECT jsonb_agg(jsonb_build_object('name', a->'name', 'quantity', a->'quantity', 'totalMinor', a->'totalMinor'))
              FROM jsonb_array_elements(e.plan->'added') a), '[]') AS added,
    coalesce((SELECT sum((r->>'to')::int - (r->>'from')::int + 1) FROM jsonb_array_elements(e.plan->'removed') r), 0)::int AS removed,
    e.reason, e.why, e.pay_until AS "payUntil",
    (SELECT (s.state->>'undoUntil')::timestamptz FROM sagas s
     WHERE s.order_id = e.order_id AND s.kind = 'edit-order' AND s.step = 'wait' AND s.status <> 'done' AND s.state->>'editId' = e.id::text) AS "undoUntil",
    e.requested_by AS "requestedBy", e.requested_at AS "requestedAt", e.settled_at AS "settledAt"
  FROM order_edits e WHERE e.order_id = $1 ORDER BY e.id DESC LIMIT 100`;

/** An order's edits, the newest first. */
export async function readEdits(db: Queryable, orderId: string): Promise<EditView[]> {
  return (await db.query<EditView>(prepared('order-edits', EDITS, [orderId]))).rows;
}

const TO_PAY = `SELECT EXISTS (SELECT 1 FROM order_edits WHERE order_id = $1 AND status = 'waiting' AND pay_until > $2) AS waits`;

/** Whether a change of the order waits for its customer to pay the difference. */
export async function waitsForPayment(db: Queryable, orderId: string, now: Date): Promise<boolean> {
  return (await db.query<{ waits: boolean }>(prepared('edit-to-pay', TO_PAY, [orderId, now]))).rows[0]?.waits ?? false;
}

/** A way to send an order, that can be chosen instead. */
export interface DeliveryOption {
  readonly code: string;
  readonly name: string;
}

const DELIVERIES = `SELECT m.code, m.name FROM orders o JOIN shipping_methods m ON m.merchant_id = o.merchant_id
  WHERE o.id = $1 AND m.active AND (m.countries = '{}' OR o.ship_to->>'country' = ANY(m.countries)) ORDER BY m.position, m.code`;

export async function readDeliveries(db: Queryable, orderId: string): Promise<DeliveryOption[]> {
  return (await db.query<DeliveryOption>(prepared('edit-deliveries', DELIVERIES, [orderId]))).rows;
}
