import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import type { OrderStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { prepared } from './conditions.ts';

/** Units of an order that come later. Days are ISO dates. */
export interface WaitingUnits {
  readonly lineId: string;
  readonly sku: string | null;
  readonly name: string;
  readonly units: number;
  readonly kind: 'backorder' | 'preorder';
  readonly firstPromisedOn: string;
  readonly promisedOn: string;
  readonly acceptedOn: string | null;
}

const WAITING = `SELECT b.line_id AS "lineId", l.sku_code AS sku, l.name, sum(b.to_unit - b.from_unit + 1)::int AS units, b.kind,
    b.first_promised_on::text AS "firstPromisedOn", b.promised_on::text AS "promisedOn", b.accepted_on::text AS "acceptedOn"
  FROM backorders b JOIN order_lines l ON l.id = b.line_id WHERE b.order_id = $1
  GROUP BY b.line_id, l.position, l.sku_code, l.name, b.kind, b.first_promised_on, b.promised_on, b.accepted_on
  ORDER BY l.position, b.promised_on`;

/** What of an order comes later, and when. */
export async function readWaiting(db: Queryable, orderId: string): Promise<WaitingUnits[]> {
  return (await db.query<WaitingUnits>(prepared('order-waiting', WAITING, [orderId]))).rows;
}

/** Units of a line that wait, as whoever looks after the order reads them. */
export interface WaitingSpan {
  readonly lineId: string;
  readonly fromUnit: number;
  readonly toUnit: number;
  readonly kind: 'backorder' | 'preorder';
  readonly firstPromisedOn: string;
  readonly promisedOn: string;
  /** The day that the customer agreed to. */
  readonly acceptedOn: string | null;
  /** What announces them; null where the day follows from the policy. */
  readonly purchaseNumber: string | null;
  /** When a mail last told the customer of other days. */
  readonly toldAt: Date | null;
}

const SPANS = `SELECT b.line_id AS "lineId", b.from_unit AS "fromUnit", b.to_unit AS "toUnit", b.kind, b.first_promised_on::text AS "firstPromisedOn",
    b.promised_on::text AS "promisedOn", b.accepted_on::text AS "acceptedOn", po.number AS "purchaseNumber",
    (SELECT max(n.sent_at) FROM notifications n WHERE n.order_id = $1 AND n.kind = 'date_moved') AS "toldAt"
  FROM backorders b LEFT JOIN purchase_order_lines pl ON pl.id = b.inbound_id LEFT JOIN purchase_orders po ON po.id = pl.purchase_order_id
  WHERE b.order_id = $1 ORDER BY b.line_id, b.from_unit`;

/** The waiting units of an order with what they come with. */
export async function readWaitingSpans(db: Queryable, orderId: string): Promise<WaitingSpan[]> {
  return (await db.query<WaitingSpan>(prepared('order-waiting-spans', SPANS, [orderId]))).rows;
}

/** What whoever was told of a later day, or asked to pay again, sees and can do about it. */
export interface WaitingOrder {
  readonly number: string;
  readonly merchantName: string;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly waiting: WaitingUnits[];
  /** What the bank does not hold any more, or what an edit costs more, and until when it can be paid; null where nothing is to be paid. */
  readonly payment: {
    /** It is for a change of the order, which stays as it is until then. */
    readonly edit?: boolean;
    readonly amountMinor: bigint;
    readonly until: Date;
    readonly trying: boolean;
    readonly failure: string | null;
    readonly challengeUrl: string | null;
  } | null;
}

const HEAD = `SELECT o.number, m.name AS "merchantName", o.status, o.currency FROM orders o JOIN merchants m ON m.id = o.merchant_id WHERE o.id = $1`;

const PAYMENT = `SELECT (s.state->>'until')::timestamptz AS until,
    o.total_minor - o.cancelled_minor + o.cancellation_fee_minor - o.captured_minor
      - coalesce((SELECT sum(p.authorized_minor - p.captured_minor) FROM payments p WHERE p.order_id = o.id AND p.hold_id IS NOT NULL), 0)::bigint AS "amountMinor",
    (s.state->>'offer' IS NOT NULL OR EXISTS (
       SELECT 1 FROM payment_operations t WHERE t.order_id = o.id AND t.kind = 'authorize' AND t.status IN ('in_flight', 'unknown'))) AS trying,
    (SELECT p.failure->>'message' FROM payments p WHERE p.order_id = o.id AND p.method = 'card' ORDER BY p.id DESC LIMIT 1) AS failure,
    (SELECT p.next_action->>'url' FROM payments p WHERE p.order_id = o.id AND p.status = 'REQUIRES_ACTION' ORDER BY p.id DESC LIMIT 1) AS "challengeUrl"
  FROM sagas s JOIN orders o ON o.id = s.order_id
  WHERE s.order_id = $1 AND s.kind = 'renew-payment' AND s.status <> 'done' AND s.state->>'until' IS NOT NULL`;

/** What an edit costs beyond what is held, while its customer may pay it. */
const EDIT_PAYMENT = `SELECT e.pay_until AS until, true AS edit,
    o.receivable_minor + e.added_minor - e.removed_minor
      - coalesce((SELECT sum(p.authorized_minor - p.captured_minor) FROM payments p WHERE p.order_id = o.id AND p.hold_id IS NOT NULL), 0)::bigint AS "amountMinor",
    (coalesce(s.state->>'offer', '') <> '' OR EXISTS (
       SELECT 1 FROM payment_operations t WHERE t.order_id = o.id AND t.subject_id = e.id AND t.status IN ('in_flight', 'unknown'))) AS trying,
    (SELECT p.failure->>'message' FROM payments p WHERE p.order_id = o.id AND p.method = 'card' ORDER BY p.id DESC LIMIT 1) AS failure,
    (SELECT p.next_action->>'url' FROM payments p WHERE p.order_id = o.id AND p.status = 'REQUIRES_ACTION' ORDER BY p.id DESC LIMIT 1) AS "challengeUrl"
  FROM order_edits e JOIN orders o ON o.id = e.order_id
    LEFT JOIN sagas s ON s.order_id = e.order_id AND s.kind = 'edit-order' AND s.status <> 'done' AND s.state->>'editId' = e.id::text
  WHERE e.order_id = $1 AND e.status = 'waiting' AND e.pay_until IS NOT NULL`;

/** Throws `not_found`. */
export async function readWaitingOrder(pool: pg.Pool, orderId: string): Promise<WaitingOrder> {
  return readSnapshot(pool, async (tx) => {
    const head = await tx.query<Pick<WaitingOrder, 'number' | 'merchantName' | 'status' | 'currency'>>(
      prepared('waiting-order', HEAD, [orderId]),
    );
    const [order] = head.rows;
    if (!order) throw new DomainError('not_found', 'This link does not lead to an order.');
    const asked = await tx.query<NonNullable<WaitingOrder['payment']>>(prepared('waiting-payment', PAYMENT, [orderId]));
    const edit = asked.rows[0]
      ? null
      : (await tx.query<NonNullable<WaitingOrder['payment']>>(prepared('waiting-edit', EDIT_PAYMENT, [orderId]))).rows[0];
    return { ...order, waiting: await readWaiting(tx, orderId), payment: asked.rows[0] ?? edit ?? null };
  });
}
