import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { FulfilmentStatus, Hold, OrderStatus, PaymentStatus } from '../kernel/vocabulary.ts';
import type { Tx } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import type { Actor } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { type LineView, readLines, waits } from './order-lines.ts';
import { type PaymentView, type RefundView, readPayments, readRefunds } from './order-money.ts';
import { readShipments, type ShipmentView } from './order-shipments.ts';
import { type NoteView, readSagas, readStory, type SagaView, type TimelineEntry, type UndoableView } from './order-story.ts';
import { type PartnerRequestRow, readPartnerRequests } from './partner-requests.ts';
import { type PickupView, readPickup } from './pickups.ts';
import type { Scope } from './scope.ts';
import { readWaitingSpans, type WaitingSpan } from './waiting-order.ts';

/** A postal address as it was placed. Every part may be missing. */
export interface AddressView {
  readonly name?: string;
  readonly company?: string;
  readonly line1?: string;
  readonly line2?: string;
  readonly city?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly country?: string;
  readonly phone?: string;
}

export interface OrderHead {
  readonly id: string;
  readonly number: string;
  readonly home: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly customerId: string | null;
  readonly externalId: string | null;
  readonly channel: string;
  readonly currency: string;
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfilmentStatus: FulfilmentStatus;
  readonly holds: Hold[];
  readonly tags: string[];
  readonly totalMinor: bigint;
  readonly cancelledMinor: bigint;
  /** What is kept of what was cancelled. */
  readonly cancellationFeeMinor: bigint;
  readonly authorizedMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly goodwillMinor: bigint;
  readonly receivableMinor: bigint;
  readonly customerName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly shipTo: AddressView | null;
  readonly billTo: AddressView | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cancellation: { readonly reason?: string; readonly actor?: string; readonly at?: string } | null;
  readonly quoteId: string | null;
  readonly shippingMethod: string | null;
  /** Days in the calendar, such as 2026-11-30. */
  readonly promisedFrom: string | null;
  readonly promisedBy: string | null;
  /** Nothing of it leaves before all of it can. */
  readonly shipTogether: boolean;
  /** What the policies said when it was placed, where they said anything. */
  readonly terms: {
    readonly capture: { readonly when: string } | null;
    readonly workFrom: { readonly at: string } | null;
  } | null;
  readonly placedAt: Date;
  readonly confirmedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly version: bigint;
}

export interface CustomerSummary {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly guest: boolean;
  readonly tags: string[];
  readonly since: Date;
  /** Orders within the reader's scope, counted to 100 at most. */
  readonly orders: number;
}

export interface PendingApproval {
  readonly id: string;
  readonly action: string;
  readonly summary: string;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly requestedBy: Actor;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly version: bigint;
}

export interface OrderPage {
  readonly order: OrderHead;
  readonly lines: LineView[];
  /** The days of what was sold beyond stock. */
  readonly waiting: WaitingSpan[];
  readonly shipments: ShipmentView[];
  /** Where its customer fetches it; null where it is sent. */
  readonly pickup: Omit<PickupView, 'code'> | null;
  /** What partners were asked to send of it. */
  readonly requests: PartnerRequestRow[];
  readonly payments: PaymentView[];
  readonly refunds: (Omit<RefundView, 'requestedBy'> & { readonly requestedBy: Actor })[];
  readonly approvals: PendingApproval[];
  readonly sagas: SagaView[];
  readonly undoable: (Omit<UndoableView, 'actor'> & { readonly actor: Actor })[];
  readonly notes: NoteView[];
  readonly timeline: TimelineEntry[];
  readonly customer: CustomerSummary | null;
}

const HEAD_COLUMNS = `
         o.id, o.number, o.home, o.merchant_id AS "merchantId", m.name AS "merchantName", o.customer_id AS "customerId",
         o.external_id AS "externalId", o.channel, o.currency, o.status, o.payment_status AS "paymentStatus",
         o.fulfilment_status AS "fulfilmentStatus", o.holds, o.tags, o.total_minor AS "totalMinor", o.cancelled_minor AS "cancelledMinor",
         o.cancellation_fee_minor AS "cancellationFeeMinor", o.terms,
         o.authorized_minor AS "authorizedMinor", o.captured_minor AS "capturedMinor", o.refunded_minor AS "refundedMinor",
         o.goodwill_minor AS "goodwillMinor", o.receivable_minor AS "receivableMinor", o.customer_name AS "customerName", o.email, o.phone,
         o.ship_to AS "shipTo", o.bill_to AS "billTo", o.metadata, o.cancellation, o.placed_at AS "placedAt",
         o.quote_id AS "quoteId", o.shipping_method AS "shippingMethod", o.promised_from::text AS "promisedFrom", o.promised_by::text AS "promisedBy", o.ship_together AS "shipTogether",
         o.confirmed_at AS "confirmedAt", o.finished_at AS "finishedAt", o.expires_at AS "expiresAt", o.version`;
const FROM = 'FROM orders o JOIN merchants m ON m.id = o.merchant_id';

/** What not every order has: it is asked for only where there is some. */
interface Present {
  readonly hasShipments: boolean;
  readonly hasRefunds: boolean;
  readonly hasApprovals: boolean;
  readonly hasNotes: boolean;
  readonly hasPickup: boolean;
  readonly hasRequests: boolean;
}

const PRESENT = `
         EXISTS (SELECT FROM shipments x WHERE x.order_id = o.id) AS "hasShipments",
         EXISTS (SELECT FROM refunds x WHERE x.order_id = o.id) AS "hasRefunds",
         EXISTS (SELECT FROM approvals x WHERE x.subject_id = o.id AND x.status = 'pending') AS "hasApprovals",
         EXISTS (SELECT FROM order_notes x WHERE x.order_id = o.id) AS "hasNotes",
         EXISTS (SELECT FROM pickups x WHERE x.order_id = o.id) AS "hasPickup",
         EXISTS (SELECT FROM fulfilment_requests x WHERE x.order_id = o.id) AS "hasRequests"`;

const APPROVALS = `
  SELECT id, action, summary, amount_minor AS "amountMinor", currency, requested_by AS "requestedBy", requested_at AS "requestedAt",
         expires_at AS "expiresAt", version
  FROM approvals WHERE subject_id = $1 AND status = 'pending' ORDER BY requested_at, id`;

async function readCustomer(tx: Tx, scope: Scope, customerId: string): Promise<CustomerSummary | null> {
  const where = new Conditions();
  const id = where.value(customerId);
  where.plain(`o.customer_id = ${id}`).scope(scope, 'o');
  const text = `
    SELECT c.id, c.name, c.email, c.phone, c.guest, c.tags, c.created_at AS since,
           (SELECT count(*)::int FROM (SELECT 1 FROM orders o WHERE ${where.where} LIMIT 100) n) AS orders
    FROM customers c WHERE c.id = ${id}`;
  const { rows } = await tx.query<CustomerSummary>(prepared('order-customer', text, where.values));
  return rows[0] ?? null;
}

/** The order's own row by its id or the number people use. Throws `not_found` for what is not there or not the reader's. */
export function readOrderHead(tx: Tx, scope: Scope, number: string): Promise<OrderHead> {
  return readHead<OrderHead>(tx, scope, number, `SELECT ${HEAD_COLUMNS} ${FROM}`);
}

async function readHead<T extends OrderHead>(tx: Tx, scope: Scope, number: string, select: string): Promise<T> {
  const where = isId(number)
    ? new Conditions().add((p) => `o.id = ${p}`, number)
    : new Conditions().add((p) => `o.number = ${p}`, number.toUpperCase());
  where.scope(scope, 'o');
  const { rows } = await tx.query<T>(prepared('order-head', `${select} WHERE ${where.where}`, where.values));
  const [order] = rows;
  if (order === undefined) throw new DomainError('not_found', `There is no order ${number}.`);
  return order;
}

/** The code is the customer's to show. */
function withoutCode({ code: _, ...pickup }: PickupView): Omit<PickupView, 'code'> {
  return pickup;
}

type ApprovalRow = Omit<PendingApproval, 'requestedBy'> & { readonly requestedBy: string };

async function readApprovals(tx: Tx, orderId: string): Promise<ApprovalRow[]> {
  return (await tx.query<ApprovalRow>(prepared('order-approvals', APPROVALS, [orderId]))).rows;
}

/** Everything the order page shows, on one snapshot and one connection. */
export async function readOrder(pool: pg.Pool, scope: Scope, number: string): Promise<OrderPage> {
  return readSnapshot(pool, async (tx) => {
    const head = await readHead<OrderHead & Present>(tx, scope, number, `SELECT ${HEAD_COLUMNS}, ${PRESENT} ${FROM}`);
    const { hasShipments, hasRefunds, hasApprovals, hasNotes, hasPickup, hasRequests, ...order } = head;
    const lines = await readLines(tx, order.id);
    const waiting = waits(lines) ? await readWaitingSpans(tx, order.id) : [];
    const shipments = hasShipments ? await readShipments(tx, order.id) : [];
    const found = hasPickup ? await readPickup(tx, order.id) : null;
    const requests = hasRequests ? await readPartnerRequests(tx, order.id) : [];
    const payments = await readPayments(tx, order.id);
    const refunds = hasRefunds ? await readRefunds(tx, order.id) : [];
    const approvals = hasApprovals ? await readApprovals(tx, order.id) : [];
    const { sagas, undoable } = await readSagas(tx, order.id);
    const others = [...[...refunds, ...approvals].map((row) => row.requestedBy), ...undoable.map((row) => row.actor)];
    const { timeline, notes, name } = await readStory(tx, order.id, hasNotes, others);
    const customer = order.customerId === null ? null : await readCustomer(tx, scope, order.customerId);
    return {
      order,
      lines,
      waiting,
      shipments,
      pickup: found && withoutCode(found),
      requests,
      payments,
      refunds: refunds.map((refund) => ({ ...refund, requestedBy: name(refund.requestedBy) })),
      approvals: approvals.map((row) => ({ ...row, requestedBy: name(row.requestedBy) })),
      sagas,
      undoable: undoable.map((row) => ({ ...row, actor: name(row.actor) })),
      notes,
      timeline,
      customer,
    };
  });
}
