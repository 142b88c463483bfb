import type pg from 'pg';
import { mayCancel } from '../domains/orders/rules.ts';
import type { CancelAnswer } from '../kernel/cancel-policy.ts';
import type { Span } from '../kernel/units.ts';
import type { OrderStatus, RefundStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import type { PageRequest } from './keyset.ts';
import { type AddressView, readOrderHead } from './order.ts';
import { type LineView, readLines, waits } from './order-lines.ts';
import { type PaymentView, type RefundLegView, readPayments, readRefunds } from './order-money.ts';
import { readShipments } from './order-shipments.ts';
import { sharesOf, type Tender, type TenderShare } from './order-tenders.ts';
import { listOrders } from './orders.ts';
import type { Page } from './pages.ts';
import { readCancelTerms } from './policies.ts';
import type { Scope } from './scope.ts';
import { parcelsOf, type TrackedLine, type TrackedParcel, trackedLine } from './track.ts';
import { readWaiting, type WaitingUnits } from './waiting-order.ts';

export interface MyOrderRow {
  readonly number: string;
  readonly merchantName: string;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly totalMinor: bigint;
  readonly units: bigint;
  readonly placedAt: Date;
}

/** A customer's own orders, newest first. */
export async function listMyOrders(db: Queryable, scope: Scope, request: PageRequest): Promise<Page<MyOrderRow>> {
  const page = await listOrders(db, scope, { after: request.after, limit: request.limit });
  return {
    ...page,
    items: page.items.map(({ number, merchantName, status, currency, totalMinor, units, placedAt }) => ({
      number,
      merchantName,
      status,
      currency,
      totalMinor,
      units,
      placedAt,
    })),
  };
}

/** An order as its customer sees it: no notes, holds, attempts, tags or sagas, which are the staff's. */
export interface MyOrder {
  readonly id: string;
  readonly version: bigint;
  readonly number: string;
  readonly merchantName: string;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly placedAt: Date;
  readonly totalMinor: bigint;
  readonly cancelledMinor: bigint;
  readonly refundedMinor: bigint;
  readonly promisedFrom: string | null;
  readonly promisedBy: string | null;
  readonly cancellationFeeMinor: bigint;
  /** Whether they may cancel it now, until when and what it costs, or why not. */
  readonly cancel: CancelAnswer;
  readonly shipTo: AddressView | null;
  readonly lines: (TrackedLine & {
    readonly kind: 'item' | 'shipping' | 'fee';
    readonly totalMinor: bigint;
    readonly later: Later[];
  })[];
  readonly parcels: TrackedParcel[];
  readonly tenders: TenderShare[];
  readonly refunds: {
    readonly number: string;
    readonly status: RefundStatus;
    readonly amountMinor: bigint;
    readonly currency: string;
    readonly createdAt: Date;
    /** Where it goes. */
    readonly legs: (Tender & { readonly amountMinor: bigint })[];
  }[];
}

/** Units of a line that come later: by when, whether that was moved, and whether the customer agreed to it. */
type Later = Pick<WaitingUnits, 'units' | 'firstPromisedOn' | 'promisedOn' | 'acceptedOn'>;

function laterOf(waiting: readonly WaitingUnits[], lineId: string): Later[] {
  return waiting
    .filter((one) => one.lineId === lineId)
    .map(({ units, firstPromisedOn, promisedOn, acceptedOn }) => ({ units, firstPromisedOn, promisedOn, acceptedOn }));
}

/** A line's spans as the rules want them. */
function spansOf(line: LineView): Span[] {
  return line.spans.map(({ fromUnit, toUnit, state, nodeId, shipmentId, refundId }) => {
    return { lineId: line.id, from: fromUnit, to: toUnit, state, nodeId, shipmentId, refundId };
  });
}

/** What a part of a refund goes to: the tender it was paid with, unless it became credit. */
function destinationOf(leg: RefundLegView, payments: readonly PaymentView[]): Tender {
  const payment = payments.find(({ id }) => id === leg.paymentId);
  if (leg.destination || !payment) return { method: leg.destination ?? 'card', brand: null, last4: null };
  return { method: payment.method, brand: payment.brand, last4: payment.last4 };
}

/** One of the customer's own orders by its number. Throws `not_found` for anybody else's. */
export async function readMyOrder(pool: pg.Pool, scope: Scope, number: string, now: Date): Promise<MyOrder> {
  return readSnapshot(pool, async (tx) => {
    const order = await readOrderHead(tx, scope, number);
    const lines = await readLines(tx, order.id);
    const waiting = waits(lines) ? await readWaiting(tx, order.id) : [];
    const shipments = await readShipments(tx, order.id);
    const payments = await readPayments(tx, order.id);
    const refunds = await readRefunds(tx, order.id);
    return {
      id: order.id,
      version: order.version,
      number: order.number,
      merchantName: order.merchantName,
      status: order.status,
      currency: order.currency,
      placedAt: order.placedAt,
      totalMinor: order.totalMinor,
      cancelledMinor: order.cancelledMinor,
      refundedMinor: order.refundedMinor,
      promisedFrom: order.promisedFrom,
      promisedBy: order.promisedBy,
      cancellationFeeMinor: order.cancellationFeeMinor,
      cancel: mayCancel(
        { ...order, confirmed: order.confirmedAt !== null, spans: lines.flatMap(spansOf) },
        { actor: 'customer', terms: await readCancelTerms(tx, order.merchantId, now), now },
      ),
      shipTo: order.shipTo,
      lines: lines.map((line) => ({
        ...trackedLine(line),
        ...{ kind: line.kind, totalMinor: line.totalMinor, later: laterOf(waiting, line.id) },
      })),
      parcels: parcelsOf(shipments),
      tenders: sharesOf(payments),
      // A refund that was turned down is between the staff; the customer sees money that comes.
      refunds: refunds
        .filter((refund) => refund.status === 'pending' || refund.status === 'succeeded')
        .map((refund) => ({
          number: refund.number,
          status: refund.status,
          amountMinor: refund.amountMinor,
          currency: refund.currency,
          createdAt: refund.createdAt,
          legs: refund.legs
            .filter((leg) => leg.status !== 'failed')
            .map((leg) => ({ ...destinationOf(leg, payments), amountMinor: leg.amountMinor })),
        })),
    };
  });
}
